using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>Somebody with a key, a client and an account.</summary>
public sealed class Trader(PrivateKey key, ProtocolClient client, TransactionSender sender, ulong account) : IDisposable
{
    public PrivateKey Key { get; } = key;

    public ProtocolClient Client { get; } = client;

    public ulong Account { get; } = account;

    public void Dispose()
    {
        sender.Dispose();
        Key.Dispose();
    }
}
