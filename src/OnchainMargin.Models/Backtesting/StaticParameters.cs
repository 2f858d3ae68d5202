using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Backtesting;

/// <summary>The parameters of an underlying as the specification starts with them.</summary>
/// <param name="Risk">Risk parameters.</param>
/// <param name="DepthE8">Depth.</param>
/// <param name="HaircutE8">Haircut of the token that is the underlying.</param>
public sealed record StaticParameters(RiskParameters Risk, long DepthE8, long HaircutE8)
{
    /// <summary>Everything that a policy moves at the end of its band that asks for most margin; the short minimum follows the range.</summary>
    public StaticParameters Tightest(Corridor corridor) => new(
        ParameterTrack.With(Risk, corridor.Range.Most, corridor.Vol.Most, corridor.Basis.Most, corridor.Vega.Most), Units.ToE8(corridor.Depth.Least), Units.ToE8(corridor.Haircut.Most));
}
