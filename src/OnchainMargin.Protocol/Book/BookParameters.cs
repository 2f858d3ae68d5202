using System.Collections.Immutable;
using OnchainMargin.Margin;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.Protocol.Book;

/// <summary>The parameters as the events tell them: their targets. What of an underlying, and of the initial factor, is in force while something is on its way (PAR-005) stands in checkpoints; of a token <see cref="TokenAt"/> says it.</summary>
public sealed record BookParameters
{
    /// <summary>Initial over maintenance margin.</summary>
    public uint InitialFactorE8 { get; init; }

    /// <summary>By underlying.</summary>
    public ImmutableSortedDictionary<ushort, RiskParameters.UnderlyingParameters> Underlyings { get; init; } = ImmutableSortedDictionary<ushort, RiskParameters.UnderlyingParameters>.Empty;

    /// <summary>By token.</summary>
    public ImmutableSortedDictionary<ushort, RiskParameters.TokenParameters> Tokens { get; init; } = ImmutableSortedDictionary<ushort, RiskParameters.TokenParameters>.Empty;

    /// <summary>By token: the last way of its parameters, unless a change since then was at once.</summary>
    public ImmutableSortedDictionary<ushort, TokenRamp> TokenRamps { get; init; } = ImmutableSortedDictionary<ushort, TokenRamp>.Empty;

    /// <summary>How long what asks for more margin takes; 0: it acts at once.</summary>
    public uint RampSeconds { get; init; }

    /// <summary>Of trades.</summary>
    public RiskParameters.ClearingParameters Clearing { get; init; }

    /// <summary>Of interest.</summary>
    public RiskParameters.InterestParameters Interest { get; init; }

    /// <summary>Of checkpoints and attestations.</summary>
    public RiskParameters.OracleParameters Oracle { get; init; }

    /// <summary>Of lots.</summary>
    public RiskParameters.LiquidationParameters Liquidation { get; init; }

    /// <summary>A token's parameters in force at a time (PAR-005). Of a change that is later than that, what it has at once counts already.</summary>
    /// <param name="token">A token that was set.</param>
    /// <param name="timeSeconds">The time, unix seconds: of the checkpoint that is reckoned with.</param>
    public RiskParameters.TokenParameters TokenAt(ushort token, long timeSeconds)
    {
        ulong time = (ulong)timeSeconds;
        if (!TokenRamps.TryGetValue(token, out TokenRamp? ramp) || ramp.To is not { } to)
        {
            return Tokens[token];
        }

        HaircutParameters now = Ramps.TokenAt(Of(ramp.From), Of(to), time - Math.Min(time, ramp.StartSeconds), ramp.EndSeconds - ramp.StartSeconds);
        return to with { HaircutBaseE8 = now.BaseE8, HaircutMaxE8 = now.MaxE8, ThresholdE8 = now.ThresholdE8 };
    }

    /// <summary>The largest price range of an underlying that the setters take (PAR-004), at the targets of everything else; no bound where no token is the underlying.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="basisChargeE8">The basis charge beside it.</param>
    public long PriceRangeMostE8(ushort underlying, uint basisChargeE8)
    {
        uint[] haircutsMaxE8 = [.. Tokens.Values.Where(token => token.Underlying == underlying).Select(static token => token.HaircutMaxE8)];
        return haircutsMaxE8.Length == 0 ? long.MaxValue : (Risk(Underlyings[underlying]) with { BasisChargeE8 = basisChargeE8 }).PriceRangeMostE8(haircutsMaxE8.Max(), InitialFactorE8);
    }

    /// <summary>Those of an underlying's parameters that its record in a checkpoint holds as its risk.</summary>
    public static OnchainMargin.Margin.RiskParameters Risk(in RiskParameters.UnderlyingParameters p) => new(
        p.PriceRangeE8, p.VolRangeE8, p.VolUpFloorE8, p.ShortOptionMinimumE8, p.BasisChargeE8, p.BasisRateE8, p.SlippageE8, p.SlippageCapE8,
        p.CrowdingE8, p.VegaChargeE8, p.RateChargeE8, p.FloorRateE8, p.NettingFloorE8);

    private static HaircutParameters Of(in RiskParameters.TokenParameters token) => new(token.HaircutBaseE8, token.HaircutMaxE8, token.ThresholdE8);
}
