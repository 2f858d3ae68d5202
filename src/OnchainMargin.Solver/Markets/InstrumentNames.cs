using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Solver.Markets;

/// <summary>Instruments by name, as Deribit writes them: <c>BTC-PERP</c>, <c>BTC-27MAR26</c>, <c>BTC-27MAR26-90000-C</c>; a token of the vault against cash is <c>WETH-SPOT</c>. Expiry is at 08:00 UTC; a dated name of another hour carries it: <c>BTC-27MAR26T1200</c>.</summary>
public sealed class InstrumentNames(DeploymentRecord deployment)
{
    private const string PerpetualSuffix = "PERP";
    private const string SpotSuffix = "-SPOT";
    private const string DayFormat = "dMMMyy";
    private const int StrikeScale = 10_000;

    private static readonly TimeSpan ExpiryHour = TimeSpan.FromHours(8);

    /// <summary>The name of an underlying; its number after a # when the deployment does not list it.</summary>
    public string Underlying(ushort number) =>
        deployment.Underlyings.FirstOrDefault(listed => listed.Number == number)?.Name ?? string.Create(CultureInfo.InvariantCulture, $"#{number}");

    /// <summary>The symbol of a token; its number after a # when the deployment does not list it.</summary>
    public string Token(ushort number) =>
        deployment.Tokens.FirstOrDefault(listed => listed.Index == number)?.Symbol ?? string.Create(CultureInfo.InvariantCulture, $"#{number}");

    /// <summary>The name of an instrument; of a token against cash (CLR-025) the token's symbol: <c>WETH-SPOT</c>.</summary>
    public string Format(Instrument instrument) => SpotOrders.IsSpot(instrument)
        ? $"{Token(SpotOrders.TokenOf(instrument))}{SpotSuffix}"
        : Format(instrument, Underlying(instrument.Underlying));

    /// <summary>The name of an instrument whose underlying has this name.</summary>
    public static string Format(Instrument instrument, string underlying) => instrument.Kind switch
    {
        InstrumentKind.Perpetual => $"{underlying}-{PerpetualSuffix}",
        InstrumentKind.Future => $"{underlying}-{Day(instrument.Expiry)}",
        InstrumentKind.Call => $"{underlying}-{Day(instrument.Expiry)}-{Strike(instrument.StrikeE4)}-C",
        _ => $"{underlying}-{Day(instrument.Expiry)}-{Strike(instrument.StrikeE4)}-P",
    };

    /// <summary>Reads a name; null when it is none of this deployment.</summary>
    public Instrument? Parse(string name) => SpotToken(name) is { } symbol
        ? deployment.Tokens.FirstOrDefault(listed => listed.Index != 0 && string.Equals(listed.Symbol, symbol, StringComparison.OrdinalIgnoreCase)) is { } token ? SpotOrders.Of(token.Index) : null
        : Parse(name, text => deployment.Underlyings.FirstOrDefault(listed => string.Equals(listed.Name, text, StringComparison.OrdinalIgnoreCase))?.Number);

    /// <summary>The symbol of the token that a name swaps against cash; null when it names something else.</summary>
    public static string? SpotToken(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith(SpotSuffix, StringComparison.OrdinalIgnoreCase) ? name[..^SpotSuffix.Length] : null;
    }

    /// <summary>Reads a name of a position; null when it is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="underlyingOf">The number of an underlying; null when there is none of that name.</param>
    public static Instrument? Parse(string name, Func<string, ushort?> underlyingOf)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(underlyingOf);
        string[] parts = name.Split('-');
        if (underlyingOf(parts[0]) is not { } underlying)
        {
            return null;
        }

        if (parts.Length == 2 && string.Equals(parts[1], PerpetualSuffix, StringComparison.OrdinalIgnoreCase))
        {
            return Instrument.Perpetual(underlying);
        }

        if (parts.Length is not (2 or 4) || ParseDay(parts[1]) is not { } expiry)
        {
            return null;
        }

        if (parts.Length == 2)
        {
            return Instrument.Future(underlying, expiry);
        }

        if (!decimal.TryParse(parts[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal strike) || strike > 200_000_000 || strike * StrikeScale != Math.Truncate(strike * StrikeScale))
        {
            return null;
        }

        long strikeE4 = (long)(strike * StrikeScale);
        Instrument? option = parts[3] is "C" or "c" ? Instrument.Call(underlying, expiry, strikeE4) : parts[3] is "P" or "p" ? Instrument.Put(underlying, expiry, strikeE4) : null;
        return option is { IsValid: true } ? option : null;
    }

    private static string Day(uint expiry)
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(expiry);
        string day = time.ToString(DayFormat, CultureInfo.InvariantCulture).ToUpperInvariant();
        return time.TimeOfDay == ExpiryHour ? day : $"{day}T{time.ToString("HHmmss", CultureInfo.InvariantCulture)}";
    }

    private static uint? ParseDay(string text)
    {
        string[] parts = text.ToUpperInvariant().Split('T', 2, StringSplitOptions.None);
        // October has a T of its own.
        string day = parts[0].EndsWith("OC", StringComparison.Ordinal) && parts.Length == 2 ? $"{parts[0]}T{parts[1].Split('T')[0]}" : parts[0];
        string hour = text.Length > day.Length ? text[(day.Length + 1)..] : "";
        if (!DateTime.TryParseExact(day, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime date))
        {
            return null;
        }

        TimeSpan time = ExpiryHour;
        if (hour.Length > 0 && !TimeSpan.TryParseExact(hour, "hhmmss", CultureInfo.InvariantCulture, out time))
        {
            return null;
        }

        return (uint)new DateTimeOffset(date + time, TimeSpan.Zero).ToUnixTimeSeconds();
    }

    private static string Strike(long strikeE4) => ((decimal)strikeE4 / StrikeScale).ToString("0.####", CultureInfo.InvariantCulture);
}
