using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Tests.Generated;

namespace OnchainMargin.Ethereum.Tests.Rpc;

/// <summary>Answers that are JSON-RPC but not what an Ethereum node says.</summary>
public sealed class NodeAnswerTests
{
    private const string Log = """{"address":"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed","topics":["0x0000000000000000000000000000000000000000000000000000000000000001"],"data":"0x01","blockNumber":"0x2","blockHash":null,"transactionHash":"0x0000000000000000000000000000000000000000000000000000000000000003","transactionIndex":"0x4","logIndex":"0x5","removed":true,"extra":{"a":[1]}}""";

    [Fact]
    public async Task GetLogs_OfALog_ReadsEveryField()
    {
        LogEntry log = Assert.Single(await Node($"[{Log}]").GetLogsAsync(new LogFilter()));

        Assert.Equal(Address.Parse("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), log.Address);
        Assert.Equal([UInt256.One.ToHash32()], log.Topics);
        Assert.Equal([1], log.Data);
        Assert.Equal((2UL, 4U, 5U, true), (log.BlockNumber, log.TransactionIndex, log.LogIndex, log.Removed));
        Assert.Equal(Hash32.Zero, log.BlockHash);
        Assert.Empty(await Node("[]").GetLogsAsync(new LogFilter()));
    }

    [Theory]
    [InlineData("beaed\"", "beae\"")]
    [InlineData("\"0x01\"", "\"0x0\"")]
    [InlineData("\"0x01\"", "\"01\"")]
    [InlineData("\"0x01\"", "5")]
    [InlineData("\"0x2\"", "\"0x10000000000000000\"")]
    [InlineData("\"0x2\"", "\"2\"")]
    [InlineData("\"0x5\"", "\"0x100000000\"")]
    [InlineData("\"topics\":[", "\"topics\":[5,")]
    [InlineData("\"topics\":[", "\"topicz\":[")]
    [InlineData("\"topics\":[", "\"topics\":[\"0x0000000000000000000000000000000000000000000000000000000000000001\",\"0x0000000000000000000000000000000000000000000000000000000000000001\",\"0x0000000000000000000000000000000000000000000000000000000000000001\",\"0x0000000000000000000000000000000000000000000000000000000000000001\",")]
    public async Task GetLogs_OfADamagedLog_IsRefused(string part, string replacement)
    {
        string damaged = Log.Replace(part, replacement, StringComparison.Ordinal);

        Assert.False(string.Equals(Log, damaged, StringComparison.Ordinal));
        await Assert.ThrowsAsync<EthereumFormatException>(() => Node($"[{damaged}]").GetLogsAsync(new LogFilter()));
    }

    [Theory]
    [InlineData("\"latest\"")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"0x\"")]
    [InlineData("\"0x10000000000000000\"")]
    public async Task GetBlockNumber_OfNoQuantity_IsRefused(string answer) =>
        await Assert.ThrowsAsync<EthereumFormatException>(() => Node(answer).GetBlockNumberAsync());

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"0x1\"")]
    [InlineData("""{"number":"0x1","hash":"0x12"}""")]
    public async Task GetBlockAndReceipt_OfAnotherForm_AreRefused(string answer)
    {
        await Assert.ThrowsAsync<EthereumFormatException>(() => Node(answer).GetBlockAsync(BlockTag.Latest));
        await Assert.ThrowsAsync<EthereumFormatException>(() => Node(answer).GetReceiptAsync(Hash32.Zero));
    }

    [Fact]
    public async Task GetBlockAndReceipt_OfNothing_AreNull()
    {
        Assert.Null(await Node("null").GetBlockAsync(BlockTag.Hash(Hash32.Zero)));
        Assert.Null(await Node("null").GetReceiptAsync(Hash32.Zero));
    }

    [Fact]
    public async Task Call_OfAnAddressWithoutCode_SaysSo()
    {
        EthereumFormatException failure = await Assert.ThrowsAsync<EthereumFormatException>(() => Node("\"0x\"").CallAsync(Address.Zero, new EchoLab.CountCall()));

        Assert.Contains("count()", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EstimateFees_OfAHistory_TakesTheMedianTipAndTwiceTheBaseFee()
    {
        Assert.Equal(new FeeEstimate(205U, 5U), await FeesAsync(History, "null"));
        Assert.Null(await FeesAsync("""{"oldestBlock":"0x1","baseFeePerGas":[]}""", Block("0x64")));
        Assert.Null(await FeesAsync("{}", "null"));
    }

    /// <summary>A history of long ago, or of a liar, is no reason to offer less than the newest block asked.</summary>
    [Theory]
    [InlineData("0x65", 207U)]
    [InlineData("0x63", 205U)]
    public async Task EstimateFees_NewestBlockAsksForMoreThanTheHistory_IsOfThat(string baseFee, uint expected) =>
        Assert.Equal(new FeeEstimate(expected, 5U), await FeesAsync(History, Block(baseFee)));

    private const string History = """{"oldestBlock":"0x1","baseFeePerGas":["0x1","0x2","0x64"],"reward":[["0x9"],["0x3"],["0x5"]]}""";

    private static string Block(string baseFee) =>
        $$"""{"number":"0x3","hash":"{{Hash32.Zero}}","parentHash":"{{Hash32.Zero}}","timestamp":"0x1","baseFeePerGas":"{{baseFee}}","gasLimit":"0x1","gasUsed":"0x1"}""";

    private static Task<FeeEstimate?> FeesAsync(string history, string block) =>
        new Sending.ScriptedNode().On("eth_feeHistory", _ => history).On("eth_getBlockByNumber", _ => block).Node.EstimateFeesAsync();

    private static EthereumNode Node(string result) => new(new HttpRpcClient(
        new HttpRpcOptions { Endpoint = new Uri("http://127.0.0.1:1"), RetryCount = 0 },
        new ScriptedHandler(ScriptedHandler.Body($$"""{"id":1,"result":{{result}}}"""))));
}
