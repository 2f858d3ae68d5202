using OnchainMargin.Models.Backtesting;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Policies;

/// <summary>The corridor that a policy is tried in: of what the local plan lists, that of the plan.</summary>
internal static class PolicyCorridor
{
    private const double E8 = 1e8;

    /// <summary>Of an underlying; one that the plan does not list has bands like those of the plan about its own start, and a range up to the domain's 0.32.</summary>
    public static Corridor Of(string name, StaticParameters start)
    {
        DeploymentPlan plan = DeploymentPlanFile.Read(null);
        int place = plan.Underlyings.ToList().FindIndex(one => string.Equals(one.Name, name, StringComparison.Ordinal));
        if (place < 0 || plan.Underlyings[place].Corridor is not { } chain)
        {
            double depth = start.DepthE8 / E8;
            return new Corridor(
                new(start.Risk.PriceRangeE8 / E8, 0.32), new(start.Risk.VolRangeE8 / E8, 1), new(depth / 10, depth * 10), new(start.HaircutE8 / E8, 0.16), new(start.Risk.BasisChargeE8 / E8, 0.02), new(start.Risk.VegaChargeE8 / E8, 0.3));
        }

        ParameterSteps.Band? haircut = plan.Tokens.FirstOrDefault(token => token.Parameters.Underlying == place + 1)?.Corridor;
        return new Corridor(
            Band(chain.PriceRange), Band(chain.VolRange), Band(chain.Depth), haircut is { } band ? Band(band) : new(start.HaircutE8 / E8, start.HaircutE8 / E8), Band(chain.BasisCharge), Band(chain.VegaCharge));
    }

    private static CorridorBand Band(ParameterSteps.Band band) => new(band.LeastE8 / E8, band.MostE8 / E8);
}
