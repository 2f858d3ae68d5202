using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Tests.Generated;
using OnchainMargin.Ethereum.Tests.Rpc;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Live;

[Collection(HardhatGroup.Name)]
public sealed class WebSocketTests(HardhatNode hardhat)
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);

    [HardhatFact]
    public async Task Send_OfManyRequestsAtOnce_GivesEachItsOwnReply()
    {
        await using var client = new WebSocketRpcClient(hardhat.WebSocket);
        var node = new EthereumNode(client);
        Address contract = await EchoLabDeployment.DeployAsync(hardhat);

        UInt256[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => node.CallAsync(contract, new EchoLab.OverUint256Call((UInt256)i))));
        UInt256[] batch = await node.CallManyAsync(contract, [.. Enumerable.Range(0, 50).Select(i => new EchoLab.OverUint256Call((UInt256)i))]);

        Assert.Equal(Enumerable.Range(0, 50).Select(static i => (UInt256)i), results);
        Assert.Equal(results, batch);
        await Assert.ThrowsAsync<RevertException>(() => node.CallAsync(new CallRequest(contract, new EchoLab.FailBareCall().Encode())));
    }

    [HardhatFact]
    public async Task Subscribe_ToLogsAndHeads_BringsThem()
    {
        Address contract = await EchoLabDeployment.DeployAsync(hardhat);
        await using var client = new WebSocketRpcClient(hardhat.WebSocket);
        await using IRpcSubscription logs = await client.SubscribeLogsAsync(new LogFilter { Addresses = [contract] });
        await using IRpcSubscription heads = await client.SubscribeHeadsAsync();
        using var limit = new CancellationTokenSource(Ample);
        await using IAsyncEnumerator<LogEntry?> logReader = logs.ReadLogsAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        await using IAsyncEnumerator<BlockHeader?> headReader = heads.ReadHeadsAsync(limit.Token).GetAsyncEnumerator(limit.Token);

        TransactionReceipt receipt = await AddAsync(contract, 3);

        Assert.True(await logReader.MoveNextAsync());
        Assert.True(EchoLab.CountedEvent.TryDecode(logReader.Current!, out EchoLab.CountedEvent counted));
        Assert.Equal((UInt256)44U, counted.Number);
        Assert.Equal(receipt.TransactionHash, logReader.Current!.TransactionHash);
        do
        {
            Assert.True(await headReader.MoveNextAsync());
        }
        while (headReader.Current!.Number < receipt.BlockNumber);
        Assert.Equal(receipt.BlockHash, headReader.Current.Hash);
    }

    [HardhatFact]
    public async Task Subscription_WhoseConnectionIsCut_IsMadeAgainAndTellsOfTheGap()
    {
        Address contract = await EchoLabDeployment.DeployAsync(hardhat);
        using var proxy = new CuttableProxy(hardhat.Http.Port);
        await using var client = new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = new Uri($"ws://127.0.0.1:{proxy.Port}"), ReconnectDelay = TimeSpan.FromMilliseconds(20) });
        await using IRpcSubscription logs = await client.SubscribeLogsAsync(new LogFilter { Addresses = [contract] });
        using var limit = new CancellationTokenSource(Ample);
        await using IAsyncEnumerator<LogEntry?> reader = logs.ReadLogsAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        await AddAsync(contract, 1);
        Assert.True(await reader.MoveNextAsync());
        Assert.NotNull(reader.Current);

        for (int cut = 1; cut <= 2; cut++)
        {
            int accepted = proxy.Accepted;
            proxy.Cut();
            Assert.True(await reader.MoveNextAsync());
            Assert.Null(reader.Current);
            await AddAsync(contract, 1);
            Assert.True(await reader.MoveNextAsync());
            Assert.NotNull(reader.Current);
            // At least one more: on a busy machine a first attempt may time out and be made again.
            Assert.True(proxy.Accepted > accepted);
        }

        Assert.Equal(31337UL, await new EthereumNode(client).GetChainIdAsync(limit.Token));
    }

    [HardhatFact]
    public async Task Send_OfAReadAfterACut_ConnectsAgain()
    {
        using var proxy = new CuttableProxy(hardhat.Http.Port);
        await using var client = new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = new Uri($"ws://127.0.0.1:{proxy.Port}"), RetryDelay = TimeSpan.FromMilliseconds(20) });
        var node = new EthereumNode(client);
        Assert.Equal(31337UL, await node.GetChainIdAsync());

        proxy.Cut();

        Assert.Equal(31337UL, await node.GetChainIdAsync());
        Assert.True(proxy.Accepted >= 2);
    }

    [HardhatFact]
    public async Task Subscription_WhoseReaderIsSlow_DropsAndTellsOfTheGap()
    {
        Address contract = await EchoLabDeployment.DeployAsync(hardhat);
        await using var client = new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = hardhat.WebSocket, SubscriptionCapacity = 2 });
        await using IRpcSubscription logs = await client.SubscribeLogsAsync(new LogFilter { Addresses = [contract] });
        for (int i = 0; i < 6; i++)
        {
            await AddAsync(contract, 1);
        }

        // A request over the same connection after them: when it is answered, the notifications before it have come in.
        _ = await new EthereumNode(client).GetBlockNumberAsync();
        using var limit = new CancellationTokenSource(Ample);
        var read = new List<LogEntry?>();
        await foreach (LogEntry? log in logs.ReadLogsAsync(limit.Token))
        {
            read.Add(log);
            if (log is null)
            {
                break;
            }
        }

        Assert.Equal(3, read.Count);
        Assert.Equal(2, read.Count(static log => log is not null));
    }

    [HardhatFact]
    public async Task Subscribe_ToWhatTheNodeDoesNotHave_IsRefused()
    {
        await using var client = new WebSocketRpcClient(hardhat.WebSocket);

        await Assert.ThrowsAsync<RpcErrorException>(() => client.SubscribeAsync(static writer => writer.WriteStringValue("nonsense")));
    }

    [Fact]
    public async Task Send_ToNobody_SaysSo()
    {
        await using var client = new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = new Uri("ws://127.0.0.1:1/secret"), RetryCount = 1, RetryDelay = TimeSpan.FromMilliseconds(1) });

        RpcTransportException failure = await Assert.ThrowsAsync<RpcTransportException>(() => client.SendAsync(new RpcRequest("eth_chainId")));

        Assert.Contains("ws://127.0.0.1:1", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Throws<EthereumFormatException>(() => new WebSocketRpcClient(new Uri("http://127.0.0.1:1")));
    }

    private async Task<TransactionReceipt> AddAsync(Address contract, uint by)
    {
        using var sender = new TransactionSender(hardhat.Node, hardhat.Key, new TransactionSenderOptions { PollInterval = TimeSpan.FromMilliseconds(20) });
        return await sender.SendAsync(TransactionRequest.Call(contract, new EchoLab.AddCall(by, "")));
    }
}
