using System.Diagnostics;
using System.Net;
using System.Text;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Ethereum.Tests.Rpc;

public sealed class HttpRpcClientTests
{
    private const string Secret = "secret-api-key";

    private static readonly HttpRpcOptions Options = new()
    {
        Endpoint = new Uri($"http://{Secret}:{Secret}@127.0.0.1:8545/{Secret}?key={Secret}"),
        RetryCount = 2,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaximumReplyBytes = 4096,
        Timeout = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public async Task Send_OfARequest_WritesTheEnvelopeAndGivesTheResult()
    {
        var handler = new ScriptedHandler(ScriptedHandler.Body("""{"jsonrpc":"2.0","result":{"a":[1,"x"]},"id":1}"""));
        using var client = new HttpRpcClient(Options, handler);

        ReadOnlyMemory<byte> result = await client.SendAsync(RpcRequest.Create("eth_call", static writer => writer.WriteStringValue("x\"")));

        Assert.Equal("""{"a":[1,"x"]}""", Encoding.UTF8.GetString(result.Span));
        Assert.Equal("""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":["x\u0022"]}""", Assert.Single(handler.Requests));
    }

    [Fact]
    public async Task Send_WhileSomebodyListens_IsOneActivityHoweverOftenItIsSent()
    {
        using var parent = new Activity("test").Start();
        var heard = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => string.Equals(source.Name, EthereumTelemetry.Name, StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> call) => call.Parent.TraceId == parent.TraceId ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = activity => heard.Add(activity.OperationName),
        };
        ActivitySource.AddActivityListener(listener);
        var handler = new ScriptedHandler(ScriptedHandler.Body("{"), ScriptedHandler.Body("{\"jsonrpc\":\"2.0\",\"result\":1,\"id\":1}"));
        using var client = new HttpRpcClient(Options, handler);

        await client.SendAsync(new RpcRequest("eth_blockNumber"));

        Assert.Equal(2, handler.Requests.Count);
        Assert.Equal(["eth_blockNumber"], heard);
    }

    private const string Refusal = """{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"the key is over its quota"}}""";

    public static TheoryData<string> BrokenAnswers => new(
        "",
        "{",
        "[]",
        "null",
        "5",
        "<html>busy</html>",
        "{}",
        """{"jsonrpc":"2.0","id":1}""",
        """{"jsonrpc":"2.0","id":1,"result":"0x1" """,
        """{"jsonrpc":"2.0","id":1,"result":"0x1"}}""",
        """{"jsonrpc":"2.0","id":7,"result":"0x1"}""",
        """{"jsonrpc":"2.0","id":"1","result":"0x1"}""",
        """{"jsonrpc":"2.0","method":"eth_subscription","params":{}}""",
        new string('[', 4000),
        """{"id":1,"result":""" + new string('[', 3000));

    [Theory]
    [MemberData(nameof(BrokenAnswers))]
    public async Task Send_ThatIsAnsweredWithGarbage_IsRefusedByNameAndTriedAgain(string answer)
    {
        var handler = new ScriptedHandler(ScriptedHandler.Body(answer));
        using var client = new HttpRpcClient(Options, handler);

        EthereumFormatException failure = await Assert.ThrowsAsync<EthereumFormatException>(() => client.SendAsync(new RpcRequest("eth_blockNumber")));

        Assert.Equal(3, handler.Requests.Count);
        Assert.Contains("http://127.0.0.1:8545", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_OfARead_SurvivesTwoFailures()
    {
        var handler = new ScriptedHandler(ScriptedHandler.Fails(), ScriptedHandler.Body("busy", HttpStatusCode.ServiceUnavailable), ScriptedHandler.Body("""{"id":1,"result":"0x5"}"""));
        using var client = new HttpRpcClient(Options, handler);

        Assert.Equal(5UL, await new EthereumNode(client).GetBlockNumberAsync());
        Assert.Equal(3, handler.Requests.Count);
        Assert.Equal(handler.Requests[0], handler.Requests[2]);
    }

    [Theory]
    [InlineData("eth_sendRawTransaction")]
    [InlineData("eth_sendTransaction")]
    [InlineData("evm_mine")]
    [InlineData("eth_newFilter")]
    [InlineData("personal_sign")]
    public async Task Send_OfWhatMayChangeState_IsSentOnce(string method)
    {
        var handler = new ScriptedHandler(ScriptedHandler.Fails());
        using var client = new HttpRpcClient(Options, handler);

        RpcTransportException failure = await Assert.ThrowsAsync<RpcTransportException>(() => client.SendAsync(new RpcRequest(method)));
        await Assert.ThrowsAsync<RpcTransportException>(() => client.SendBatchAsync([new RpcRequest("eth_call"), new RpcRequest(method)]));

        Assert.Equal(2, handler.Requests.Count);
        Assert.DoesNotContain(Secret, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ThatTheNodeRefuses_IsNotTriedAgain()
    {
        var handler = new ScriptedHandler(ScriptedHandler.Body("""{"id":1,"error":{"code":-32000,"message":"no","data":{"data":"0x1234"}}}"""));
        using var client = new HttpRpcClient(Options, handler);

        RpcErrorException failure = await Assert.ThrowsAsync<RpcErrorException>(() => client.SendAsync(new RpcRequest("eth_call")));

        Assert.Single(handler.Requests);
        Assert.Equal(-32000, failure.Error.Code);
        Assert.Equal([0x12, 0x34], failure.Error.Data);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, 1, "no")]
    [InlineData(HttpStatusCode.TooManyRequests, 3, "no")]
    [InlineData(HttpStatusCode.BadGateway, 3, "no")]
    [InlineData(HttpStatusCode.Unauthorized, 1, Refusal)]
    [InlineData(HttpStatusCode.PaymentRequired, 1, Refusal)]
    [InlineData(HttpStatusCode.Forbidden, 1, Refusal)]
    [InlineData(HttpStatusCode.TooManyRequests, 3, Refusal)]
    public async Task Send_ToAServerInTrouble_IsTriedAgainWhereThatCanHelp(HttpStatusCode status, int tries, string body)
    {
        var handler = new ScriptedHandler(ScriptedHandler.Body(body, status));
        using var client = new HttpRpcClient(Options, handler);

        await Assert.ThrowsAsync<RpcTransportException>(() => client.SendAsync(new RpcRequest("eth_call")));

        Assert.Equal(tries, handler.Requests.Count);
    }

    [Fact]
    public async Task Send_ThatIsAnsweredTooLong_StopsReading()
    {
        var handler = new ScriptedHandler(ScriptedHandler.Body(new string('x', 5000)));
        using var client = new HttpRpcClient(Options, handler);

        RpcTransportException failure = await Assert.ThrowsAsync<RpcTransportException>(() => client.SendAsync(new RpcRequest("eth_call")));

        Assert.Single(handler.Requests);
        Assert.Contains("4096", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ThatIsCancelled_Ends()
    {
        using var cancel = new CancellationTokenSource();
        var handler = new ScriptedHandler(_ =>
        {
            cancel.Cancel();
            throw new OperationCanceledException(cancel.Token);
        });
        using var client = new HttpRpcClient(Options, handler);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(new RpcRequest("eth_call"), cancel.Token));

        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task SendBatch_AnsweredInAnyOrder_GivesTheRequestsOrder()
    {
        var handler = new ScriptedHandler(ScriptedHandler.Body("""[{"id":3,"result":"c"},{"id":1,"result":"a"},{"id":2,"error":{"code":3,"message":"b"}}]"""));
        using var client = new HttpRpcClient(Options, handler);

        IReadOnlyList<RpcReply> replies = await client.SendBatchAsync([new RpcRequest("a"), new RpcRequest("b"), new RpcRequest("c")]);

        Assert.Equal("\"a\"", Encoding.UTF8.GetString(replies[0].RequireResult().Span));
        Assert.Equal("b", Assert.Throws<RpcErrorException>(() => replies[1].RequireResult()).Error.Message);
        Assert.Equal("\"c\"", Encoding.UTF8.GetString(replies[2].RequireResult().Span));
        Assert.Empty(await client.SendBatchAsync([]));
    }

    [Theory]
    [InlineData("""[{"id":1,"result":"a"}]""")]
    [InlineData("""[{"id":1,"result":"a"},{"id":1,"result":"a"}]""")]
    [InlineData("""[{"id":1,"result":"a"},{"id":9,"result":"a"}]""")]
    [InlineData("""[{"id":1,"result":"a"},5]""")]
    [InlineData("""[]""")]
    public async Task SendBatch_AnsweredInPart_IsRefused(string answer)
    {
        using var client = new HttpRpcClient(Options with { RetryCount = 0 }, new ScriptedHandler(ScriptedHandler.Body(answer)));

        await Assert.ThrowsAsync<EthereumFormatException>(() => client.SendBatchAsync([new RpcRequest("eth_call"), new RpcRequest("eth_call")]));
    }

    [Fact]
    public async Task SendBatch_ThatIsRefusedWhole_GivesTheErrorToEach()
    {
        using var client = new HttpRpcClient(Options, new ScriptedHandler(ScriptedHandler.Body("""{"id":null,"error":{"code":-32600,"message":"batch too large"}}""")));

        IReadOnlyList<RpcReply> replies = await client.SendBatchAsync([new RpcRequest("eth_call"), new RpcRequest("eth_call")]);

        Assert.All(replies, static reply => Assert.Equal(-32600, reply.Error!.Code));
    }

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("/relative")]
    public void Client_ForNoHttpAddress_IsRefused(string address) =>
        Assert.Throws<EthereumFormatException>(() => new HttpRpcClient(new Uri(address, UriKind.RelativeOrAbsolute)));

    [Fact]
    public async Task Send_WithAMethodThatIsNone_IsRefused()
    {
        using var client = new HttpRpcClient(Options, new ScriptedHandler(ScriptedHandler.Body("")));

        await Assert.ThrowsAsync<EthereumFormatException>(() => client.SendAsync(new RpcRequest("eth\",\"params\":[]")));
    }
}
