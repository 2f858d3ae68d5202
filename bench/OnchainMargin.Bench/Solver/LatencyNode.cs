using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using OnchainMargin.Bench.Ethereum;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Bench.Solver;

/// <summary>
/// A node that answers a keeper's questions at once and notes when a signed transaction comes in. Beside a real node it keeps to the prices, which the bench's book is made for: blocks, nonce, fees
/// and transactions are the real node's, estimates of gas not, since it has no contracts to try them on.
/// </summary>
internal sealed class LatencyNode : IDisposable
{
    private const int WordBytes = 32;

    private readonly StubNode _http;
    private readonly StubSocket _socket = new();
    private readonly HttpClient _client = new();
    private readonly Uri? _real;
    private byte[] _live = [];

    public LatencyNode(Uri? real = null)
    {
        _real = real;
        _http = new StubNode(Answer);
    }

    public Uri Endpoint => _http.Endpoint;

    /// <summary>Where blocks are told.</summary>
    public Uri Socket => _real is null ? _socket.Endpoint : new UriBuilder(_real) { Scheme = "ws" }.Uri;

    /// <summary>When transactions came, beside a real node when it had taken them, by the clock of <see cref="Stopwatch"/>.</summary>
    public ConcurrentQueue<long> Arrivals { get; } = new();

    /// <summary>When live prices were asked for.</summary>
    public long LiveAskedAt { get; private set; }

    /// <summary>How many of the key's transactions are in blocks; a real node knows that by itself.</summary>
    public int Mined { get; set; }

    /// <summary>Gives the prices that the next question finds.</summary>
    public void Set(CheckpointInputs live)
    {
        byte[] head = Padded(live.Head);
        byte[] records = Padded(live.AllRecords);
        byte[] words = [.. Word(2 * WordBytes), .. Word((3 * WordBytes) + head.Length), .. Word(live.Head.Length), .. head, .. Word(live.AllRecords.Length), .. records];
        _live = Encoding.ASCII.GetBytes($"\"{HexData.Encode(words)}\"");
    }

    /// <summary>Has a block told of: by itself, or mined by the real node.</summary>
    public Task TellAsync(ulong number) => _real is null ? _socket.TellAsync(number) : Task.Run(() => Ask("evm_mine", "[]"));

    /// <summary>The real node's answer.</summary>
    public byte[] Ask(string method, string parameters)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _real)
        {
            Content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage reply = _client.Send(request);
        using JsonDocument document = JsonDocument.Parse(reply.Content.ReadAsStream());
        return document.RootElement.TryGetProperty("result", out JsonElement result)
            ? Encoding.UTF8.GetBytes(result.GetRawText())
            : throw new InvalidOperationException($"The node refused {method}: {document.RootElement.GetRawText()}");
    }

    public void Dispose()
    {
        _http.Dispose();
        _socket.Dispose();
        _client.Dispose();
    }

    private byte[] Answer(string method, string parameters)
    {
        switch (method)
        {
            case "eth_sendRawTransaction" when _real is not null:
                byte[] hash = Ask(method, parameters);
                Arrivals.Enqueue(Stopwatch.GetTimestamp());
                return hash;
            case "eth_feeHistory" or "eth_getBlockByNumber" or "eth_getTransactionCount" when _real is not null:
                return Ask(method, parameters);
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
            case "eth_getBlockByNumber":
                return Encoding.ASCII.GetBytes($$"""{"number":"0x1","hash":"{{BenchBook.HashOf(1)}}","parentHash":"{{BenchBook.HashOf(2)}}","timestamp":"0x1","gasLimit":"0x3938700","gasUsed":"0x0","baseFeePerGas":"0x3b9aca00"}""");
            case "eth_getTransactionCount":
                return Encoding.ASCII.GetBytes($"\"0x{Mined:x}\"");
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
