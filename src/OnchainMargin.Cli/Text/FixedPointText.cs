using System.Globalization;
using System.Numerics;

namespace OnchainMargin.Cli.Text;

/// <summary>Decimal text to and from integers of a fixed number of decimals, exactly.</summary>
internal static class FixedPointText
{
    /// <summary>Decimals of prices, sizes and money.</summary>
    public const int E8 = 8;

    private const int MostDigits = 60;

    /// <summary>Reads a decimal number such as <c>-1.25</c>.</summary>
    /// <param name="text">The text as given.</param>
    /// <param name="decimals">The number of decimals of the result.</param>
    /// <param name="what">What the number is, for the error: <c>size</c>.</param>
    /// <exception cref="CliException">The text is no decimal number, or has more decimals than fit.</exception>
    public static BigInteger Parse(string text, int decimals, string what)
    {
        ArgumentNullException.ThrowIfNull(text);
        var digits = text.AsSpan().Trim();
        var negative = digits.StartsWith("-");
        if (negative)
        {
            digits = digits[1..];
        }

        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (digits.Length > MostDigits)
        {
            throw new CliException($"The {what} has {digits.Length} digits: give at most {MostDigits}.");
        }

        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
        {
            throw new CliException($"The {what} '{text}' is not a decimal number: write it like 1250.75.");
        }

        var kept = fraction.TrimEnd('0');
        if (kept.Length > decimals)
        {
            throw new CliException($"The {what} '{text}' has {kept.Length} decimals: give at most {decimals}.");
        }

        var value = BigInteger.Parse($"{whole}{kept}", CultureInfo.InvariantCulture) * BigInteger.Pow(10, decimals - kept.Length);
        return negative ? -value : value;
    }

    /// <summary>Reads a decimal number of 8 decimals into 64 bits.</summary>
    /// <exception cref="CliException">It is no such number, or does not fit.</exception>
    public static long ParseE8(string text, string what)
    {
        var value = Parse(text, E8, what);
        return value >= long.MinValue && value <= long.MaxValue
            ? (long)value
            : throw new CliException($"The {what} '{text}' is too large: give at most {Format(long.MaxValue, E8)}.");
    }

    /// <summary>Writes the shortest decimal text of a value.</summary>
    public static string Format(BigInteger value, int decimals)
    {
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var fraction = digits[^decimals..].TrimEnd('0');
        var text = fraction.Length == 0 ? digits[..^decimals] : $"{digits[..^decimals]}.{fraction}";
        return value.Sign < 0 ? $"-{text}" : text;
    }

    /// <summary>Writes a value rounded toward zero to a number of decimals, thousands apart: for people.</summary>
    public static string Short(BigInteger value, int decimals, int shown)
    {
        var scaled = BigInteger.Divide(BigInteger.Abs(value), BigInteger.Pow(10, decimals - shown));
        var (whole, fraction) = BigInteger.DivRem(scaled, BigInteger.Pow(10, shown));
        var text = whole.ToString("N0", CultureInfo.InvariantCulture);
        var tail = shown == 0 ? string.Empty : $".{fraction.ToString(CultureInfo.InvariantCulture).PadLeft(shown, '0')}";
        return value.Sign < 0 && !scaled.IsZero ? $"-{text}{tail}" : $"{text}{tail}";
    }
}
