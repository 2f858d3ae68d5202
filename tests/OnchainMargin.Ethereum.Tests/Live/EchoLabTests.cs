using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Tests.Generated;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Live;

/// <summary>Generated code against the compiler's own: whatever we encode, Solidity decodes, and the other way round.</summary>
[Collection(HardhatGroup.Name)]
public sealed class EchoLabTests(HardhatNode hardhat)
{
    private static readonly EchoLab.Order[] Orders =
    [
        new(new Address(Enumerable.Repeat((byte)7, 20).ToArray()), 5, -9, (UInt128)1 << 90, true, Keccak256.HashUtf8("a")),
        new(Address.Zero, ulong.MaxValue, long.MinValue, 0, false, Hash32.Zero),
    ];

    private static readonly EchoLab.Bundle Bundle = new(
        "Größe €", Orders, [[1, 2, 3], [], new byte[65]], [-8388608, 0, 8388607], [[UInt256.MaxValue, UInt256.Zero], [UInt256.One, 2U]]);

    [HardhatFact]
    public async Task Deploy_WithArguments_StoresThem()
    {
        Address contract = await DeployAsync();

        Assert.Equal((UInt256)41U, await hardhat.Node.CallAsync(contract, new EchoLab.CountCall()));
        Assert.Equal(hardhat.Key.Address, await hardhat.Node.CallAsync(contract, new EchoLab.OwnerCall()));
    }

    [HardhatFact]
    public async Task Echo_OfNestedDynamicStruct_ComesBackWithTheSameHash()
    {
        Address contract = await DeployAsync();

        EchoLab.EchoResult result = await hardhat.Node.CallAsync(contract, new EchoLab.EchoCall(Bundle));

        Assert.Equal(Keccak256.Hash(Bundle.Encode()), result.Item2);
        Assert.Equal(Bundle.Encode(), result.Item1.Encode());
        Assert.Equal(Bundle.Name, result.Item1.Name);
        Assert.Equal(Orders, result.Item1.Orders);
        Assert.Equal(Bundle.Ticks, result.Item1.Ticks);
    }

    [HardhatFact]
    public async Task EchoValues_AtTheEdgesOfTheirTypes_ComeBack()
    {
        Address contract = await DeployAsync();
        var call = new EchoLab.EchoValuesCall(255, short.MinValue, (1UL << 40) - 1, Int128.MinValue, UInt256.MaxValue, Int256.MinValue, Hash32.LeftAligned([1, 2, 3, 4]), [true, false]);

        EchoLab.EchoValuesResult result = await hardhat.Node.CallAsync(contract, call);

        Assert.Equal(call.A, result.Item1);
        Assert.Equal(call.B, result.Item2);
        Assert.Equal(call.C, result.Item3);
        Assert.Equal(call.D, result.Item4);
        Assert.Equal(call.E, result.Item5);
        Assert.Equal(call.F, result.Item6);
        Assert.Equal(call.G, result.Item7);
        Assert.Equal(call.H, result.Item8);
        Assert.Throws<EthereumFormatException>(() => (call with { C = 1UL << 40 }).Encode());
    }

    [HardhatFact]
    public async Task Add_ByTransaction_EmitsTheEventInReceiptAndInLogs()
    {
        Address contract = await DeployAsync();
        using TransactionSender sender = Sender();

        TransactionReceipt receipt = await sender.SendAsync(TransactionRequest.Call(contract, new EchoLab.AddCall(2U, "two"), 5U));

        LogEntry log = Assert.Single(receipt.Logs);
        Assert.True(EchoLab.CountedEvent.TryDecode(log, out EchoLab.CountedEvent counted));
        Assert.Equal(new EchoLab.CountedEvent(hardhat.Key.Address, 43U, "two", -2), counted);
        IReadOnlyList<LogEntry> logs = await hardhat.Node.GetLogsAsync(new LogFilter { Addresses = [contract], Topics = [[EchoLab.CountedEvent.Topic]], FromBlock = BlockTag.Number(receipt.BlockNumber) });
        Assert.Equivalent(log, Assert.Single(logs) with { BlockTimestampSeconds = log.BlockTimestampSeconds }, strict: true);
        Assert.Equal((UInt256)5U, await hardhat.Node.GetBalanceAsync(contract));
        Assert.Equal(new EchoLab.CountedEvent(hardhat.Key.Address, 43U, "two", -2), EchoLab.DecodeEvent(log));
    }

    [HardhatFact]
    public async Task Publish_OfAnIndexedText_GivesItsHashAndTheStruct()
    {
        Address contract = await DeployAsync();
        using TransactionSender sender = Sender();

        TransactionReceipt receipt = await sender.SendAsync(TransactionRequest.Call(contract, new EchoLab.PublishCall(Keccak256.Empty, "label", Bundle)));

        Assert.True(EchoLab.BundledEvent.TryDecode(receipt.Logs[0], out EchoLab.BundledEvent bundled));
        Assert.Equal(Keccak256.Empty, bundled.Key);
        Assert.Equal(Keccak256.HashUtf8("label"), bundled.Label);
        Assert.Equal(Bundle.Encode(), bundled.Bundle.Encode());
        Assert.True(EchoLab.QuietEvent.TryDecode(receipt.Logs[1], out EchoLab.QuietEvent quiet));
        Assert.Equal((UInt256)7U, quiet.Value);
    }

    [HardhatFact]
    public async Task Call_ThatFails_SaysWhyInTheContractsWords()
    {
        Address contract = await DeployAsync();

        RevertReason custom = (await Assert.ThrowsAsync<RevertException>(() => hardhat.Node.CallAsync(Request(contract, new EchoLab.FailCustomCall(3U))))).Reason;
        RevertReason refused = (await Assert.ThrowsAsync<RevertException>(() => hardhat.Node.CallAsync(Request(contract, new EchoLab.FailRefusedCall())))).Reason;
        RevertReason text = (await Assert.ThrowsAsync<RevertException>(() => hardhat.Node.CallAsync(Request(contract, new EchoLab.FailTextCall(3U))))).Reason;
        RevertReason panic = (await Assert.ThrowsAsync<RevertException>(() => hardhat.Node.CallAsync(Request(contract, new EchoLab.FailPanicCall(0U))))).Reason;
        RevertReason bare = (await Assert.ThrowsAsync<RevertException>(() => hardhat.Node.CallAsync(Request(contract, new EchoLab.FailBareCall())))).Reason;

        Assert.Equal(new EchoLab.TooSmallError(3U, -5, "not enough"), Assert.IsType<CustomErrorReason>(custom).Error);
        Assert.Equal(default(EchoLab.RefusedError), Assert.IsType<CustomErrorReason>(refused).Error);
        Assert.Equal("value must exceed ten", Assert.IsType<MessageReason>(text).Message);
        Assert.Equal((UInt256)0x12U, Assert.IsType<PanicReason>(panic).Code);
        Assert.Empty(Assert.IsType<UnknownReason>(bare).Data);
    }

    [HardhatFact]
    public async Task Send_ThatWouldRevert_IsRefusedBeforeItCostsAnything()
    {
        Address contract = await DeployAsync();
        using TransactionSender sender = Sender();
        ulong before = await hardhat.Node.GetTransactionCountAsync(hardhat.Key.Address);

        RevertException failure = await Assert.ThrowsAsync<RevertException>(() => sender.SendAsync(TransactionRequest.Call(contract, new EchoLab.FailCustomCall(1U))));

        Assert.IsType<CustomErrorReason>(failure.Reason);
        Assert.Equal(before, await hardhat.Node.GetTransactionCountAsync(hardhat.Key.Address));
    }

    [HardhatFact]
    public async Task Send_ThatIsMinedAndReverts_SaysWhyAndGoesOnWithTheNextNonce()
    {
        Address contract = await DeployAsync();
        using TransactionSender sender = Sender();
        TransactionRequest failing = TransactionRequest.Call(contract, new EchoLab.FailCustomCall(1U)) with { GasLimit = 200_000 };

        RevertException failure = await Assert.ThrowsAsync<RevertException>(() => sender.SendAsync(failing));
        TransactionReceipt next = await sender.SendAsync(TransactionRequest.Call(contract, new EchoLab.AddCall(1U, "")));

        Assert.Equal(new EchoLab.TooSmallError(1U, -5, "not enough"), Assert.IsType<CustomErrorReason>(failure.Reason).Error);
        Assert.True(next.IsSuccess);
    }

    [HardhatFact]
    public async Task CallMany_InOneBatch_GivesTheResultsInOrder()
    {
        Address contract = await DeployAsync();

        UInt256[] results = await hardhat.Node.CallManyAsync(contract, [.. Enumerable.Range(0, 40).Select(i => new EchoLab.OverUint256Call((UInt256)i))]);

        Assert.Equal(Enumerable.Range(0, 40).Select(static i => (UInt256)i), results);
    }

    [HardhatFact]
    public async Task Scan_OverManyBlocks_GivesEveryLogOnce()
    {
        Address contract = await DeployAsync();
        using TransactionSender sender = Sender();
        ulong first = await hardhat.Node.GetBlockNumberAsync();
        for (uint i = 0; i < 7; i++)
        {
            _ = await sender.SendAsync(TransactionRequest.Call(contract, new EchoLab.AddCall(i, "")));
        }

        ulong last = await hardhat.Node.GetBlockNumberAsync();
        var numbers = new List<UInt256>();
        ulong expected = first;
        await foreach (LogRange range in new LogScanner(hardhat.Node, new LogScanOptions { FirstRangeBlocks = 1, LargestRangeBlocks = 3 }).ScanAsync(new LogFilter { Addresses = [contract] }, first, last))
        {
            Assert.Equal(expected, range.FromBlock);
            expected = range.ToBlock + 1;
            numbers.AddRange(range.Logs.Select(static log => EchoLab.CountedEvent.TryDecode(log, out EchoLab.CountedEvent counted) ? counted.Number : default));
        }

        Assert.Equal([41U, 42U, 44U, 47U, 51U, 56U, 62U], numbers.Select(static number => (uint)number));
        Assert.Equal(last + 1, expected);
    }

    private TransactionSender Sender() => new(hardhat.Node, hardhat.Key, new TransactionSenderOptions { PollInterval = TimeSpan.FromMilliseconds(20) });

    private static CallRequest Request(Address contract, IContractCall call) => new(contract, call.Encode());

    private Task<Address> DeployAsync() => EchoLabDeployment.DeployAsync(hardhat);
}
