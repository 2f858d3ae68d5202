using System.Runtime.InteropServices;

namespace OnchainMargin.Cli.Demo;

/// <summary>What the two underlyings cost at one moment of the replay.</summary>
/// <param name="Time">The moment, as it was.</param>
/// <param name="BtcE8">Bitcoin in dollars.</param>
/// <param name="EthE8">Ether in dollars.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PricePoint(DateTimeOffset Time, long BtcE8, long EthE8);
