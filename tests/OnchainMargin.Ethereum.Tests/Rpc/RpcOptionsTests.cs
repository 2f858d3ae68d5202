using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Ethereum.Tests.Rpc;

public sealed class RpcOptionsTests
{
    private static readonly HttpRpcOptions Http = new() { Endpoint = new Uri("http://127.0.0.1:1") };
    private static readonly WebSocketRpcOptions Socket = new() { Endpoint = new Uri("ws://127.0.0.1:1") };

    public static TheoryData<Action, string> Refused => new()
    {
        { (Http with { MaximumReplyBytes = 1 }).Validate, "MaximumReplyBytes is 1; give 1024 or more." },
        { (Http with { RetryCount = 21 }).Validate, "RetryCount is 21; give 0 to 20." },
        { (Http with { Timeout = TimeSpan.Zero }).Validate, "Timeout is 00:00:00; give 00:00:00.0010000 or more." },
        { (Http with { RetryDelay = TimeSpan.FromSeconds(-1) }).Validate, "RetryDelay is -00:00:01; give 00:00:00 or more." },
        { (Socket with { MaximumMessageBytes = 1 }).Validate, "MaximumMessageBytes is 1; give 1024 or more." },
        { (Socket with { RetryCount = -1 }).Validate, "RetryCount is -1; give 0 to 20." },
        { (Socket with { SubscriptionCapacity = 0 }).Validate, "SubscriptionCapacity is 0; give 1 or more." },
        { (Socket with { LongestReconnectDelay = TimeSpan.Zero }).Validate, "LongestReconnectDelay is 00:00:00; give 00:00:00.2000000 or more." },
        { (Socket with { KeepAliveInterval = TimeSpan.Zero }).Validate, "KeepAliveInterval is 00:00:00; give 00:00:00.0010000 or more." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Validate_OutOfRange_NamesTheOptionItsValueAndWhatItMayBe(Action validate, string sentence) =>
        Assert.Equal("The node's option " + sentence, Assert.Throws<EthereumFormatException>(validate).Message);

    [Fact]
    public void Validate_AddressOfAnotherScheme_IsToldByItsHostAlone()
    {
        var socket = new Uri("wss://me:secret@node.example:8546/v3/secret?key=secret");
        var http = new Uri("https://me:secret@node.example/v3/secret");
        Assert.Equal("The node's address (wss://node.example:8546) is not an http or https address; write it like http://127.0.0.1:8545.", Assert.Throws<EthereumFormatException>((Http with { Endpoint = socket }).Validate).Message);
        Assert.Equal("The node's address (https://node.example) is not a ws or wss address; write it like ws://127.0.0.1:8545.", Assert.Throws<EthereumFormatException>((Socket with { Endpoint = http }).Validate).Message);
        Assert.Equal("The node's address is not an http or https address; write it like http://127.0.0.1:8545.", Assert.Throws<EthereumFormatException>((Http with { Endpoint = new Uri("v3/secret", UriKind.Relative) }).Validate).Message);
    }

    [Fact]
    public void Validate_Standard_Passes()
    {
        Http.Validate();
        Socket.Validate();
    }
}
