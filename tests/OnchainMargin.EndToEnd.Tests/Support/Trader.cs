using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>Somebody with a key, a client and an account.</summary>
public sealed class Trader(PrivateKey key, ProtocolClient client, TransactionSender sender, ulong account) : IDisposable
{
    private TransactionSender _sender = sender;

    public PrivateKey Key { get; } = key;

    public ProtocolClient Client { get; private set; } = client;

    public ulong Account { get; } = account;

    /// <summary>After the chain went back: a sender that asks for its nonce again.</summary>
    public async Task ReconnectAsync(Deployed deployed)
    {
        _sender.Dispose();
        _sender = Deployed.Sender(deployed.Chain, Key);
        Client = await ProtocolClient.ConnectAsync(deployed.Chain.Node, deployed.Record, _sender);
    }

    public void Dispose()
    {
        _sender.Dispose();
        Key.Dispose();
    }
}
