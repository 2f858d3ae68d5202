using System.Globalization;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Data;

/// <summary>
/// Option chains in Deribit's naming, compressed or not: <c>snapshot_utc, instrument_name, underlying_price, index_price, bid_price, ask_price, mark_iv</c>, prices in coin (in dollars for
/// names with _USDC), empty or 0 for none; <c>timestamp</c>, <c>futures_price</c>, <c>implied_volatility</c> and <c>mark_iv_pct</c> are understood too. Expiry is at 08:00 UTC.
/// </summary>
public static class ChainFile
{
    private const long SameSnapshotSeconds = 900;
    private const int ExpiryHour = 8;

    /// <summary>Reads all snapshots of a file in order of time. Rows of one taking lie within 15 minutes of each other.</summary>
    /// <exception cref="DataFileException">It cannot be read.</exception>
    public static IReadOnlyList<ChainSnapshot> Read(string path)
    {
        var file = CsvFile.Read(path);
        int time = file.Column("snapshot_utc", "timestamp"), name = file.Column("instrument_name"), forward = file.Column("underlying_price", "futures_price"), index = file.Column("index_price");
        int bid = file.Column("bid_price"), ask = file.Column("ask_price"), vol = file.Find("mark_iv", "implied_volatility"), percent = file.Find("mark_iv_pct");
        var quotes = new List<OptionQuote>(file.Rows.Count);
        for (var i = 0; i < file.Rows.Count; i++)
        {
            var row = file.Rows[i];
            var parts = row[name].Split('-');
            if (parts.Length != 4 || parts[3] is not ("C" or "P")
                || !DateTime.TryParseExact(parts[1], "dMMMyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day)
                || !double.TryParse(parts[2].Replace('d', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var strike))
            {
                throw new DataFileException($"Line {i + 2} of '{path}' names '{row[name]}', which is no option: write it like BTC-28JAN26-82000-C.");
            }

            if (!DateTimeOffset.TryParse(row[time], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                throw new DataFileException($"Line {i + 2} of '{path}' has the time '{row[time]}': write it like 2026-01-28T04:00:47Z.");
            }

            var f = file.Number(i, forward);
            var unit = parts[0].Contains("_USD", StringComparison.Ordinal) ? 1 : f;
            quotes.Add(new OptionQuote(
                parts[0].Split('_')[0],
                new DateTimeOffset(day.AddHours(ExpiryHour), TimeSpan.Zero).ToUnixTimeSeconds(),
                strike,
                parts[3] is "C",
                at.ToUnixTimeSeconds(),
                f,
                file.Number(i, index),
                Price(file.Number(i, bid, mayBeEmpty: true), unit),
                Price(file.Number(i, ask, mayBeEmpty: true), unit),
                vol >= 0 ? file.Number(i, vol, mayBeEmpty: true) : percent >= 0 ? file.Number(i, percent, mayBeEmpty: true) / 100 : double.NaN));
        }

        return Split(quotes);
    }

    private static List<ChainSnapshot> Split(List<OptionQuote> quotes)
    {
        quotes.Sort((a, b) => a.Time.CompareTo(b.Time));
        var snapshots = new List<ChainSnapshot>();
        for (var i = 0; i < quotes.Count;)
        {
            var end = i;
            while (end < quotes.Count && quotes[end].Time - quotes[i].Time <= SameSnapshotSeconds)
            {
                end++;
            }

            snapshots.Add(new ChainSnapshot(quotes[i].Time, quotes.GetRange(i, end - i)));
            i = end;
        }

        return snapshots;
    }

    private static double Price(double quoted, double unit) => quoted > 0 ? quoted * unit : double.NaN;
}
