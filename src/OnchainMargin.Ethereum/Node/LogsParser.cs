using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Reads the array of logs in an answer straight from its bytes; an answer of a thousand logs makes three objects a log and nothing else.</summary>
internal static class LogsParser
{
    private const int MostTopics = 4;

    public static List<LogEntry> Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            Require(reader.Read() && reader.TokenType == JsonTokenType.StartArray, "the logs");
            var logs = new List<LogEntry>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                logs.Add(ReadLog(ref reader));
            }

            return logs;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new EthereumFormatException($"The node answered eth_getLogs with {json.Length} bytes that are not an array of logs ({exception.Message}); check that the address is an Ethereum node's.", exception);
        }
    }

    private static LogEntry ReadLog(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.StartObject, "a log");
        Address? address = null;
        Hash32[]? topics = null;
        byte[]? data = null;
        Hash32 blockHash = default;
        Hash32 transactionHash = default;
        ulong blockNumber = 0;
        ulong blockTime = 0;
        ulong transactionIndex = 0;
        ulong logIndex = 0;
        bool removed = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = reader.ValueSpan;
            _ = reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            if (name.SequenceEqual("address"u8))
            {
                address = ReadAddress(ref reader);
            }
            else if (name.SequenceEqual("topics"u8))
            {
                topics = ReadTopics(ref reader);
            }
            else if (name.SequenceEqual("data"u8))
            {
                data = ReadData(ref reader);
            }
            else if (name.SequenceEqual("blockHash"u8))
            {
                blockHash = ReadHash(ref reader);
            }
            else if (name.SequenceEqual("transactionHash"u8))
            {
                transactionHash = ReadHash(ref reader);
            }
            else if (name.SequenceEqual("blockNumber"u8))
            {
                blockNumber = Quantity(ref reader);
            }
            else if (name.SequenceEqual("blockTimestamp"u8))
            {
                blockTime = Quantity(ref reader);
            }
            else if (name.SequenceEqual("transactionIndex"u8))
            {
                transactionIndex = Quantity(ref reader);
            }
            else if (name.SequenceEqual("logIndex"u8))
            {
                logIndex = Quantity(ref reader);
            }
            else if (name.SequenceEqual("removed"u8))
            {
                removed = reader.TokenType == JsonTokenType.True;
            }
            else
            {
                reader.Skip();
            }
        }

        Require(address is not null && topics is not null && data is not null, "a log with address, topics and data");
        Require(transactionIndex <= uint.MaxValue && logIndex <= uint.MaxValue, "a log's indices");
        return new LogEntry
        {
            Address = address.GetValueOrDefault(),
            Topics = topics!,
            Data = data!,
            BlockNumber = blockNumber,
            BlockHash = blockHash,
            BlockTimestampSeconds = blockTime,
            TransactionHash = transactionHash,
            TransactionIndex = (uint)transactionIndex,
            LogIndex = (uint)logIndex,
            Removed = removed,
        };
    }

    private static Hash32[] ReadTopics(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.StartArray, "a log's topics");
        Span<Hash32> topics = stackalloc Hash32[MostTopics];
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Require(count < MostTopics, "at most four topics");
            topics[count++] = ReadHash(ref reader);
        }

        return topics[..count].ToArray();
    }

    private static byte[] ReadData(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> digits = Digits(ref reader);
        Require((digits.Length & 1) == 0, "a log's data");
        var data = new byte[digits.Length / 2];
        Require(Convert.FromHexString(digits, data, out _, out _) == OperationStatus.Done, "a log's data");
        return data;
    }

    private static Address ReadAddress(ref Utf8JsonReader reader)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        ReadOnlySpan<byte> digits = Digits(ref reader);
        Require(digits.Length == 2 * Address.Size && Convert.FromHexString(digits, bytes, out _, out _) == OperationStatus.Done, "an address");
        return new Address(bytes);
    }

    private static Hash32 ReadHash(ref Utf8JsonReader reader)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        ReadOnlySpan<byte> digits = Digits(ref reader);
        Require(digits.Length == 2 * Hash32.Size && Convert.FromHexString(digits, bytes, out _, out _) == OperationStatus.Done, "32 bytes");
        return new Hash32(bytes);
    }

    private static ulong Quantity(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> digits = Digits(ref reader);
        Require(Utf8Parser.TryParse(digits, out ulong value, out int read, 'x') && read == digits.Length, "a quantity");
        return value;
    }

    private static ReadOnlySpan<byte> Digits(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.String && reader.ValueSpan is [(byte)'0', (byte)'x', ..], "a hexadecimal text");
        return reader.ValueSpan[2..];
    }

    private static void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition, string what)
    {
        if (!condition)
        {
            throw new EthereumFormatException($"The node answered eth_getLogs with something else where {what} belongs; check that the address is an Ethereum node's.");
        }
    }
}
