using System.Globalization;
using System.Text;
using OnchainMargin.Bench.Ethereum;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Bench.Solver;

/// <summary>A node that holds a chain of blocks full of account events. Its answers are one prepared page with the numbers of the blocks written over, so that what is measured is the reader, not the node.</summary>
internal sealed class LogNode : IDisposable
{
    public const int EventsPerBlock = 100;
    public const int BlocksPerPage = 100;

    private const string BlockDigits = "\"blockNumber\":\"0x";
    private const string HashDigits = "\"blockHash\":\"0x";
    private const int NumberDigits = 8;

    private readonly StubNode _node;
    private readonly byte[] _page;
    private readonly List<int> _numbers = [];
    private readonly List<int> _hashes = [];
    private readonly ulong _head;

    public LogNode(BenchBook book, int events)
    {
        _head = (ulong)(events / EventsPerBlock);
        LogEntry[] samples = [.. Enumerable.Range(1, 50).Select(i => book.Logs((ulong)i, 1, 0).Last())];
        var text = new StringBuilder("[");
        for (int i = 0; i < EventsPerBlock * BlocksPerPage; i++)
        {
            LogEntry log = samples[i % samples.Length];
            text.Append(i == 0 ? "" : ",").Append("{\"address\":\"").Append(log.Address.ToLowerHex()).Append("\",\"topics\":[\"").AppendJoin("\",\"", log.Topics).Append("\"],\"data\":\"").Append(HexData.Encode(log.Data))
                .Append("\",").Append(BlockDigits);
            _numbers.Add(text.Length);
            text.Append('0', NumberDigits).Append("\",").Append(HashDigits);
            _hashes.Add(text.Length);
            text.Append(BenchBook.HashOf(0).ToString().AsSpan(2)).Append("\",\"transactionHash\":\"").Append(log.TransactionHash).Append(CultureInfo.InvariantCulture, $"\",\"transactionIndex\":\"0x{i % EventsPerBlock:x}\",\"logIndex\":\"0x{i % EventsPerBlock:x}\",\"removed\":false}}");
        }

        _page = Encoding.ASCII.GetBytes(text.Append(']').ToString());
        _node = new StubNode(Answer);
    }

    public Uri Endpoint => _node.Endpoint;

    public void Dispose() => _node.Dispose();

    private byte[] Answer(string method, string parameters) => method switch
    {
        "eth_getBlockByNumber" => Encoding.ASCII.GetBytes(Header(parameters.Contains("latest", StringComparison.Ordinal) ? _head : Quantity(parameters, parameters.IndexOf("0x", StringComparison.Ordinal)))),
        "eth_getLogs" => Page(Quantity(parameters, parameters.IndexOf("0x", parameters.IndexOf("fromBlock", StringComparison.Ordinal), StringComparison.Ordinal))),
        _ => "\"0x1\""u8.ToArray(),
    };

    private byte[] Page(ulong from)
    {
        var page = (byte[])_page.Clone();
        for (int i = 0; i < _numbers.Count; i++)
        {
            ulong block = from + (ulong)(i / EventsPerBlock);
            Encoding.ASCII.GetBytes(block.ToString("x8", CultureInfo.InvariantCulture), page.AsSpan(_numbers[i]));
            Encoding.ASCII.GetBytes(block.ToString("x16", CultureInfo.InvariantCulture), page.AsSpan(_hashes[i]));
        }

        return page;
    }

    private static string Header(ulong number) =>
        $$"""{"number":"0x{{number:x}}","hash":"{{BenchBook.HashOf(number)}}","parentHash":"{{BenchBook.HashOf(number - 1)}}","timestamp":"0x{{1_700_000_000 + number:x}}","gasLimit":"0x1","gasUsed":"0x1"}""";

    private static ulong Quantity(string text, int at) => ulong.Parse(text.AsSpan(at + 2, text.AsSpan(at + 2).IndexOf('"')), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
