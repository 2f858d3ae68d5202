using System.Globalization;
using System.Numerics;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>Decimal texts of the engine's integers.</summary>
internal static class MoneyText
{
    private const int Decimals = 8;
    private const ulong One = 100_000_000;

    /// <summary>The shortest decimal text of an E8 number.</summary>
    public static string E8(Int128 value)
    {
        if (value <= long.MinValue || value > long.MaxValue)
        {
            return FixedPointText.Format((BigInteger)value, Decimals);
        }

        ulong magnitude = (ulong)Int128.Abs(value);
        (ulong whole, ulong fraction) = Math.DivRem(magnitude, One);
        string sign = value < 0 ? "-" : string.Empty;
        return fraction == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}")
            : string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}.{fraction:D8}").TrimEnd('0');
    }

    /// <summary>A loss in 24ths as money, rounded up.</summary>
    public static string Loss(Int128 loss24E8) => E8(Up(loss24E8));

    /// <summary>A gain in 24ths as money, rounded down.</summary>
    public static string Gain(Int128 gain24E8) => E8(-Up(-gain24E8));

    /// <summary>An E16 number.</summary>
    public static string E16(BigInteger value) => FixedPointText.Format(value, 2 * Decimals);

    /// <summary>A ratio of two amounts, rounded down to eight decimals; empty when the second is 0.</summary>
    public static string Ratio(Int128 a, Int128 b)
    {
        if (b == 0)
        {
            return string.Empty;
        }

        BigInteger q = BigInteger.DivRem((BigInteger)a * One, b, out BigInteger rest);
        return FixedPointText.Format(rest.Sign < 0 ? q - 1 : q, Decimals);
    }

    /// <summary>A move of quarters of the range: <c>-0.75</c>.</summary>
    public static string Quarters(int quarters) => FixedPointText.Format(quarters * 25, 2);

    /// <summary>A weight in 24ths, eight decimals.</summary>
    public static string Weight(int weight24) => E8(((weight24 * (Int128)One) + (Scenarios.FullWeight / 2)) / Scenarios.FullWeight);

    private static Int128 Up(Int128 value) => value > 0 ? (value + Scenarios.FullWeight - 1) / Scenarios.FullWeight : value / Scenarios.FullWeight;
}
