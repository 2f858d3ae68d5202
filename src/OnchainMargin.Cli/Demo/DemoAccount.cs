using OnchainMargin.Ethereum.Keys;

namespace OnchainMargin.Cli.Demo;

/// <summary>An account of the demo that is open.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Trader">Whose it is.</param>
/// <param name="Key">The owner's key.</param>
internal sealed record DemoAccount(ulong Number, DemoTrader Trader, PrivateKey Key);
