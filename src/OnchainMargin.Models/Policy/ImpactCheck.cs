using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Models.Policy;

/// <summary>Whom a step would hurt, before anybody signs it: every account under the engine, with and without the step.</summary>
public static class ImpactCheck
{
    private const double E8 = 1e8;
    private const int Digits = 3;

    /// <summary>A checkpoint as it would be under proposed parameters: range, volatility shock, the short minimum that follows the range, depth, basis and vega charges.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="underlying">The underlying's number.</param>
    /// <param name="proposed">The parameters; the haircut is a token's, and <see cref="ApplyHaircut"/> applies it.</param>
    public static Checkpoint Apply(Checkpoint checkpoint, ushort underlying, PolicyParameters proposed)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var rangeE8 = (uint)Math.Round(proposed.Range * E8);
        return checkpoint with
        {
            Underlyings =
            [
                .. checkpoint.Underlyings.Select(u => u.Underlying != underlying ? u : u with
                {
                    DepthE8 = (long)Math.Round(proposed.Depth * E8),
                    Parameters = u.Parameters with
                    {
                        PriceRangeE8 = rangeE8,
                        VolRangeE8 = (uint)Math.Round(proposed.Vol * E8),
                        ShortOptionMinimumE8 = RiskParameters.ShortMinimumOf(rangeE8),
                        BasisChargeE8 = (uint)Math.Round(proposed.Basis * E8),
                        VegaChargeE8 = (uint)Math.Round(proposed.Vega * E8),
                    },
                }),
            ],
        };
    }

    /// <summary>A checkpoint as it would be under a token's proposed base haircut. A haircut that has grown with the vault's holdings goes on standing as far above its base; one at its largest, which a checkpoint does not tell, is taken too strictly rather than too mildly.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="token">The token's number.</param>
    /// <param name="before">The base haircut that the checkpoint was taken under.</param>
    /// <param name="proposed">The base haircut.</param>
    public static Checkpoint ApplyHaircut(Checkpoint checkpoint, ushort token, double before, double proposed)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint with { Collaterals = [.. checkpoint.Collaterals.Select(c => c.Token != token ? c : c with { HaircutE8 = Grown(c.HaircutE8, before, proposed) })] };
    }

    private static long Grown(long haircutE8, double before, double proposed)
    {
        double grown = before > 0 ? Math.Ceiling(Math.Round(haircutE8 * proposed / before, Digits)) : 0;
        return (long)Math.Min(E8, Math.Max(grown, Math.Round(proposed * E8)));
    }

    /// <summary>Accounts that are not liquidatable at the first checkpoint and are at the second, at the surfaces by which a lot is started (CLR-040). Those that the first cannot value are nobody's to liquidate yet.</summary>
    /// <param name="before">The checkpoint as it is.</param>
    /// <param name="after">With the step.</param>
    /// <param name="accounts">States with their collateral.</param>
    public static IReadOnlyList<Impact> MadeLiquidatable(Checkpoint before, Checkpoint after, IReadOnlyList<(AccountState State, ImmutableArray<Balance> Balances)> accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        var (now, then) = (new CheckpointView(before), new CheckpointView(after));
        var found = new Impact?[accounts.Count];
        Parallel.For(0, accounts.Count, i =>
        {
            (AccountState state, ImmutableArray<Balance> balances) = accounts[i];
            if (Healthy(state, balances, now) is not { } first)
            {
                return;
            }

            AccountFigures second = MarginEngine.Compute(state, balances.AsSpan(), then, SurfaceChoice.Better);
            found[i] = second.EquityE8 < second.MaintenanceE8 ? new Impact(i, second.EquityE8, first.MaintenanceE8, second.MaintenanceE8) : null;
        });
        return [.. found.Where(f => f is not null).Select(f => f!.Value)];
    }

    /// <summary>The maintenance margin of all accounts that are not liquidatable at a checkpoint, money E8: what is made liquidatable is a part of it.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="accounts">States with their collateral.</param>
    public static Int128 HealthyMaintenanceE8(Checkpoint checkpoint, IReadOnlyList<(AccountState State, ImmutableArray<Balance> Balances)> accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        var view = new CheckpointView(checkpoint);
        return accounts.AsParallel().Select(account => Healthy(account.State, account.Balances, view)?.MaintenanceE8 ?? 0).Aggregate(Int128.Zero, static (sum, one) => sum + one);
    }

    private static AccountFigures? Healthy(AccountState state, ImmutableArray<Balance> balances, CheckpointView view) =>
        MarginEngine.TryCompute(state, balances.AsSpan(), view, SurfaceChoice.Better, out AccountFigures figures) == MarginError.None && figures.EquityE8 >= figures.MaintenanceE8 ? figures : null;
}
