using OnchainMargin.Margin;

namespace OnchainMargin.Solver.Markets;

/// <summary>How far the price of one underlying may move, the others standing still, before an account can be liquidated: at the surfaces that are better for it, as liquidations are (CLR-040).</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="SpotE8">Its price now.</param>
/// <param name="BelowE8">The highest price below at which equity is under the maintenance margin; null when there is none down to a fiftieth.</param>
/// <param name="AboveE8">The lowest price above at which it is; null when there is none up to four times.</param>
internal sealed record LiquidationPrices(ushort Underlying, long SpotE8, long? BelowE8, long? AboveE8)
{
    private const long StepE8 = 2_000_000;
    private const long LowestE8 = 2_000_000;
    private const long HighestE8 = 400_000_000;
    private const long PrecisionE8 = 1_000;

    /// <summary>Searches both ways in steps of two percent, then halves the step that crosses until it is a hundred-thousandth.</summary>
    public static LiquidationPrices Of(Holding holding, ushort underlying, Checkpoint checkpoint)
    {
        long spot = checkpoint.Underlyings.First(record => record.Underlying == underlying).SpotE8;
        bool IsUnderWater(long factorE8) =>
            holding.Figures(new CheckpointView(Shock.OfPrice(underlying, factorE8).Apply(checkpoint)), SurfaceChoice.Better) is { } figures && figures.EquityE8 < figures.MaintenanceE8;

        if (IsUnderWater(Shock.One))
        {
            return new LiquidationPrices(underlying, spot, spot, spot);
        }

        return new LiquidationPrices(underlying, spot, Price(spot, Search(-StepE8, LowestE8, IsUnderWater)), Price(spot, Search(StepE8, HighestE8, IsUnderWater)));
    }

    private static long? Search(long step, long last, Func<long, bool> isUnderWater)
    {
        long good = Shock.One;
        for (long next = Shock.One + step; step < 0 ? next >= last : next <= last; next += step)
        {
            if (!isUnderWater(next))
            {
                good = next;
                continue;
            }

            long bad = next;
            while (Math.Abs(bad - good) > PrecisionE8)
            {
                long middle = (good + bad) / 2;
                (good, bad) = isUnderWater(middle) ? (good, middle) : (middle, bad);
            }

            return bad;
        }

        return null;
    }

    private static long? Price(long spotE8, long? factorE8) => factorE8 is { } factor ? (long)((Int128)spotE8 * factor / Shock.One) : null;
}
