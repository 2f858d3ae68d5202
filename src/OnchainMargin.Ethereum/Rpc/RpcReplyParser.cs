using System.Text;
using System.Text.Json;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Takes a node's answer apart without copying: a result is a slice of the answer. What is JSON but for a text that is no Unicode is no answer either.</summary>
internal static class RpcReplyParser
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>Reads one object.</summary>
    public static RpcMessage ReadObject(ReadOnlyMemory<byte> answer, string subject)
    {
        try
        {
            var reader = new Utf8JsonReader(answer.Span, Options);
            _ = reader.Read();
            RpcMessage message = ReadObject(ref reader, answer, subject);
            RequireEnd(ref reader, answer, subject);
            return message;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Garbled(answer, subject, exception);
        }
    }

    /// <summary>Reads an array of objects, or the one error object with which a node refuses a whole batch.</summary>
    public static List<RpcMessage> ReadBatch(ReadOnlyMemory<byte> answer, string subject)
    {
        try
        {
            var reader = new Utf8JsonReader(answer.Span, Options);
            _ = reader.Read();
            var messages = new List<RpcMessage>();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    messages.Add(ReadObject(ref reader, answer, subject));
                }
            }
            else
            {
                messages.Add(ReadObject(ref reader, answer, subject));
            }

            RequireEnd(ref reader, answer, subject);
            return messages;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Garbled(answer, subject, exception);
        }
    }

    public static EthereumFormatException Garbled(ReadOnlyMemory<byte> answer, string subject, Exception? exception = null) =>
        new($"{subject} answered {answer.Length} bytes that are not a JSON-RPC reply ('{HexData.Quote(Encoding.UTF8.GetString(answer.Span[..Math.Min(200, answer.Length)]))}'); check that the address is a node's.", exception);

    private static RpcMessage ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> answer, string subject)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Garbled(answer, subject);
        }

        long? id = null;
        ReadOnlyMemory<byte> result = default;
        ReadOnlyMemory<byte> parameters = default;
        RpcError? error = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                _ = reader.Read();
                id = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                result = Value(ref reader, answer);
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                parameters = Value(ref reader, answer);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                error = RpcErrorParser.Read(Value(ref reader, answer));
            }
            else
            {
                reader.Skip();
            }
        }

        return result.IsEmpty && error is null && parameters.IsEmpty
            ? throw Garbled(answer, subject)
            : new RpcMessage(id, result, error, parameters);
    }

    private static ReadOnlyMemory<byte> Value(ref Utf8JsonReader reader, ReadOnlyMemory<byte> answer)
    {
        _ = reader.Read();
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return answer[start..(int)reader.BytesConsumed];
    }

    private static void RequireEnd(ref Utf8JsonReader reader, ReadOnlyMemory<byte> answer, string subject)
    {
        if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray) || reader.Read())
        {
            throw Garbled(answer, subject);
        }
    }
}
