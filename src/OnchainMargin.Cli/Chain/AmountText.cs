using System.Numerics;
using OnchainMargin.Cli.Text;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Chain;

/// <summary>Amounts of tokens as the user writes them.</summary>
internal static class AmountText
{
    /// <summary>Reads a positive amount into base units of a token.</summary>
    /// <exception cref="CliException">It is none, or does not fit.</exception>
    public static UInt128 ParseRaw(string text, int decimals, string what)
    {
        BigInteger value = FixedPointText.Parse(text, decimals, what);
        return value.Sign > 0 && value <= (BigInteger)UInt128.MaxValue
            ? (UInt128)value
            : throw new CliException($"The {what} '{text}' is not positive or too large: give more than 0 and at most {FixedPointText.Format((BigInteger)UInt128.MaxValue, decimals)}.");
    }

    /// <summary>An amount of a token with its symbol.</summary>
    public static string Format(UInt128 amountRaw, DeployedToken token) => $"{FixedPointText.Format((BigInteger)amountRaw, token.Decimals)} {token.Symbol}";

    /// <summary>Reads a fee as a fraction of the notional.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static uint ParseFeeRateE8(string text, string what)
    {
        long rate = FixedPointText.ParseE8(text, what);
        return rate is >= 0 and <= 100_000_000 ? (uint)rate : throw new CliException($"The {what} '{text}' is out of range: give a fraction from 0 to 1, like 0.001.");
    }

    /// <summary>Reads an amount of 8 decimals that may be 0.</summary>
    /// <exception cref="CliException">It is none, is below 0, or does not fit.</exception>
    public static long ParseUnsignedE8(string text, string what)
    {
        long value = FixedPointText.ParseE8(text, what);
        return value >= 0 ? value : throw new CliException($"The {what} '{text}' is below 0: give 0 or more.");
    }

    /// <summary>Reads a positive price or size of 8 decimals.</summary>
    /// <exception cref="CliException">It is none, or does not fit.</exception>
    public static long ParsePositiveE8(string text, string what)
    {
        long value = FixedPointText.ParseE8(text, what);
        return value > 0 ? value : throw new CliException($"The {what} '{text}' is not positive: give more than 0.");
    }
}
