using System.Globalization;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Cli.Margin;

/// <summary>Names of a book: underlyings from 1 in order of name, groups from 1 in order of name, tokens from 1 in order of name with the settlement token at 0.</summary>
internal sealed class BookNames(string[] underlyings, string[] groups, string settlementToken, string[] tokens)
{
    private const int StrikeDecimals = 4;
    private const int ExpiryHour = 8;

    private readonly Dictionary<string, ushort> _numbers = underlyings.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => (ushort)(p.i + 1), StringComparer.Ordinal);

    /// <summary>Names of all underlyings.</summary>
    public IReadOnlyList<string> Underlyings => underlyings;

    /// <summary>An underlying's name.</summary>
    public string Underlying(int number) => underlyings[number - 1];

    /// <summary>An underlying's number, or 0.</summary>
    public ushort UnderlyingNumber(string name) => _numbers.GetValueOrDefault(name);

    /// <summary>A group's name.</summary>
    public string Group(int number) => groups[number - 1];

    /// <summary>A group's number.</summary>
    public byte GroupNumber(string name) => (byte)(Array.IndexOf(groups, name) + 1);

    /// <summary>A token's name.</summary>
    public string Token(int number) => number == 0 ? settlementToken : tokens[number - 1];

    /// <summary>A token's number, or −1.</summary>
    public int TokenNumber(string name) => string.Equals(name, settlementToken, StringComparison.Ordinal) ? 0 : Array.IndexOf(tokens, name) is >= 0 and var place ? place + 1 : -1;

    /// <summary>A day as a book writes it.</summary>
    public static string Day(uint expiry) => DateTimeOffset.FromUnixTimeSeconds(expiry).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The expiry of a day, 08:00 UTC, or null when the text is no day.</summary>
    public static uint? ParseDay(string text, string format = "yyyy-MM-dd") =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime day)
        && new DateTimeOffset(day.AddHours(ExpiryHour), TimeSpan.Zero).ToUnixTimeSeconds() is > 0 and <= uint.MaxValue and var seconds
            ? (uint)seconds
            : null;

    /// <summary>Reads an instrument: <c>ETH-PERP</c>, <c>ETH-27MAR20</c>, <c>ETH-27MAR20-200-C</c>.</summary>
    /// <exception cref="CliException">It is none, or of an underlying that the book lacks.</exception>
    public Instrument ParseInstrument(string text, string where)
    {
        string[] parts = text.Split('-');
        ushort number = UnderlyingNumber(parts[0]);
        if (number == 0)
        {
            throw new CliException($"The instrument of {where} '{text}' names no underlying of the book: add '{parts[0]}' to underlyings, or use one of {string.Join(", ", underlyings)}.");
        }

        if (InstrumentNames.Parse(text, _ => number) is { } found)
        {
            return found;
        }

        throw new CliException(parts is [_, var day, _, "C" or "P" or "c" or "p"] && ParseDay(day, "dMMMyy") is not null
            ? $"The strike in the instrument of {where} '{text}' is out of range: give 0.0001 to {FixedPointText.Format((1L << 40) - 1, StrikeDecimals)}, with at most four decimals."
            : $"The instrument of {where} '{text}' is not understood: write {parts[0]}-PERP, {parts[0]}-27MAR20 or {parts[0]}-27MAR20-200-C.");
    }

    /// <summary>Writes an instrument.</summary>
    public string Format(Instrument instrument) => InstrumentNames.Format(instrument, Underlying(instrument.Underlying));
}
