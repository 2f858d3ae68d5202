using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using OnchainMargin.Bench.Ethereum;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Bench.Solver;

/// <summary>A node that answers a keeper's questions at once and notes when a signed transaction comes in.</summary>
internal sealed class LatencyNode : IDisposable
{
    private const int WordBytes = 32;

    private readonly StubNode _http;
    private byte[] _live = [];

    public LatencyNode() => _http = new StubNode(Answer);

    public StubSocket Socket { get; } = new();

    public Uri Endpoint => _http.Endpoint;

    /// <summary>When transactions came, by the clock of <see cref="Stopwatch"/>.</summary>
    public ConcurrentQueue<long> Arrivals { get; } = new();

    /// <summary>When live prices were asked for.</summary>
    public long LiveAskedAt { get; private set; }

    /// <summary>Gives the prices that the next question finds.</summary>
    public void Set(CheckpointInputs live)
    {
        byte[] head = Padded(live.Head);
        byte[] records = Padded(live.AllRecords);
        byte[] words = [.. Word(2 * WordBytes), .. Word((3 * WordBytes) + head.Length), .. Word(live.Head.Length), .. head, .. Word(live.AllRecords.Length), .. records];
        _live = Encoding.ASCII.GetBytes($"\"{HexData.Encode(words)}\"");
    }

    public void Dispose()
    {
        _http.Dispose();
        Socket.Dispose();
    }

    private byte[] Answer(string method, string parameters)
    {
        switch (method)
        {
            case "eth_sendRawTransaction":
                Arrivals.Enqueue(Stopwatch.GetTimestamp());
                return Encoding.ASCII.GetBytes($"\"{BenchBook.HashOf(1)}\"");
            case "eth_call":
                LiveAskedAt = Stopwatch.GetTimestamp();
                return _live;
            case "eth_getCode":
                return "\"0x01\""u8.ToArray();
            case "eth_chainId":
                return "\"0x7a69\""u8.ToArray();
            case "eth_feeHistory":
                return """{"baseFeePerGas":["0x3b9aca00","0x3b9aca00"],"reward":[["0x1"]]}"""u8.ToArray();
            case "eth_getTransactionCount":
                return "\"0x0\""u8.ToArray();
            default:
                return "\"0x7a120\""u8.ToArray();
        }
    }

    private static byte[] Padded(byte[] bytes)
    {
        var padded = new byte[(bytes.Length + WordBytes - 1) / WordBytes * WordBytes];
        bytes.CopyTo(padded, 0);
        return padded;
    }

    private static byte[] Word(int value)
    {
        var word = new byte[WordBytes];
        BinaryPrimitives.WriteInt32BigEndian(word.AsSpan(WordBytes - 4), value);
        return word;
    }
}
