using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Reads the book that another node sends (<see cref="AttestedBookView"/>), an attestation at a time: whoever sends without end, or one text without end, takes no more memory than the book that was asked for.</summary>
internal sealed class AttestedBookReader
{
    /// <summary>The nine words of an attestation in hexadecimal digits, in quotes, with room for the names of the fields and for space between.</summary>
    private const int LargestItemBytes = 1024;

    private const int BufferBytes = 1 << 16;

    private readonly ulong _checkpoint;
    private readonly long _mostAccounts;
    private readonly List<RiskRegistry.RiskAttestation> _attestations = [];
    private JsonReaderState _state;
    private string? _field;

    private AttestedBookReader(ulong checkpoint, long mostAccounts) => (_checkpoint, _mostAccounts) = (checkpoint, mostAccounts);

    /// <summary>Reads a book.</summary>
    /// <param name="stream">What was sent.</param>
    /// <param name="checkpoint">The checkpoint whose book it is to be.</param>
    /// <param name="mostAccounts">The most accounts that it can have.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="JsonException">Thrown when it is no such book.</exception>
    public static async Task<AttestedBook> ReadAsync(Stream stream, ulong checkpoint, long mostAccounts, CancellationToken cancellationToken)
    {
        var reader = new AttestedBookReader(checkpoint, mostAccounts);
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes));
        try
        {
            await reader.TakeAllAsync(pipe, cancellationToken).ConfigureAwait(false);
            return new AttestedBook(checkpoint, reader._attestations);
        }
        catch (Exception error) when (error is ArgumentException or EthereumException or FormatException or InvalidOperationException or OverflowException)
        {
            // A text that is no UTF-8 is found only where it is read.
            throw new JsonException($"it sent no book ({error.Message.TrimEnd('.')})", error);
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task TakeAllAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        for (long left = (_mostAccounts + 2) * LargestItemBytes; ;)
        {
            ReadResult read = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            SequencePosition taken = Take(read.Buffer, read.IsCompleted);
            left -= read.Buffer.Slice(0, taken).Length;
            if (left < 0 || read.Buffer.Slice(taken).Length > LargestItemBytes)
            {
                throw new JsonException("it sent more than a book can be");
            }

            pipe.AdvanceTo(taken, read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Takes what is whole of what has come.</summary>
    /// <returns>How far.</returns>
    private SequencePosition Take(ReadOnlySequence<byte> come, bool isLast)
    {
        var json = new Utf8JsonReader(come, isLast, _state);
        while (json.Read())
        {
            switch (json.TokenType, json.CurrentDepth)
            {
                case (JsonTokenType.PropertyName, 1):
                    _field = json.GetString();
                    break;
                case (JsonTokenType.Number, 1) when _field is "checkpoint" && json.TryGetUInt64(out ulong checkpoint) && checkpoint == _checkpoint:
                case (JsonTokenType.StartArray or JsonTokenType.EndArray, 1) when _field is "attestations":
                case (JsonTokenType.StartObject or JsonTokenType.EndObject, 0):
                    break;
                case (JsonTokenType.String, 2) when _attestations.Count < _mostAccounts:
                    _attestations.Add(RiskRegistry.RiskAttestation.Decode(HexData.Decode(json.GetString()!)));
                    break;
                default:
                    throw new JsonException($"it sent no book of checkpoint {_checkpoint} with at most {_mostAccounts} accounts");
            }
        }

        _state = json.CurrentState;
        return json.Position;
    }
}
