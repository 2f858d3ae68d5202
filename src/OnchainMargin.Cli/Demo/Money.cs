using System.Numerics;
using OnchainMargin.Cli.Text;

namespace OnchainMargin.Cli.Demo;

/// <summary>Numbers as the demo shows them.</summary>
internal static class Money
{
    /// <summary>Dollars and cents.</summary>
    public static string Cents(Int128 valueE8) => FixedPointText.Short((BigInteger)valueE8, FixedPointText.E8, 2);

    /// <summary>Whole dollars.</summary>
    public static string Dollars(Int128 valueE8) => FixedPointText.Short((BigInteger)valueE8, FixedPointText.E8, 0);

    /// <summary>Equity over maintenance margin.</summary>
    public static string Ratio(Int128? bps) => bps is { } ratio ? FixedPointText.Short((BigInteger)ratio, 4, 2) : "-";
}
