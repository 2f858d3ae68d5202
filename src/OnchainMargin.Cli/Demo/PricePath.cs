using System.Text.Json;
using OnchainMargin.Cli.Text;

namespace OnchainMargin.Cli.Demo;

/// <summary>The committed prices of the crash, and the straight line between two of them.</summary>
internal static class PricePath
{
    private const string Resource = "OnchainMargin.Cli.Demo.crash-2026.json";

    /// <summary>The snapshots of the table, in order of time.</summary>
    public static IReadOnlyList<PricePoint> Snapshots()
    {
        using var stream = typeof(PricePath).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not part of this build.");
        using var table = JsonDocument.Parse(stream);
        return [.. table.RootElement.GetProperty("prices").EnumerateArray().Select(Read)];
    }

    /// <summary>The snapshots with <paramref name="steps"/> steps of equal time from each to the next.</summary>
    public static IEnumerable<PricePoint> Steps(IReadOnlyList<PricePoint> snapshots, int steps)
    {
        for (var i = 0; i + 1 < snapshots.Count; i++)
        {
            for (var step = 0; step < steps; step++)
            {
                yield return Between(snapshots[i], snapshots[i + 1], step, steps);
            }
        }

        yield return snapshots[^1];
    }

    private static PricePoint Between(PricePoint from, PricePoint to, int step, int steps) => new(
        from.Time + ((to.Time - from.Time) * step / steps),
        from.BtcE8 + ((to.BtcE8 - from.BtcE8) * step / steps),
        from.EthE8 + ((to.EthE8 - from.EthE8) * step / steps));

    private static PricePoint Read(JsonElement row) => new(
        row.GetProperty("time").GetDateTimeOffset(),
        FixedPointText.ParseE8(row.GetProperty("BTC").GetString()!, "price of BTC"),
        FixedPointText.ParseE8(row.GetProperty("ETH").GetString()!, "price of ETH"));
}
