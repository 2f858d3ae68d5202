using System.Collections.Immutable;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>The parameters as the events tell them: their targets. What is in force while something is on its way (PAR-005) stands in checkpoints.</summary>
public sealed record BookParameters
{
    /// <summary>Initial over maintenance margin.</summary>
    public uint InitialFactorE8 { get; init; }

    /// <summary>By underlying.</summary>
    public ImmutableSortedDictionary<ushort, RiskParameters.UnderlyingParameters> Underlyings { get; init; } = ImmutableSortedDictionary<ushort, RiskParameters.UnderlyingParameters>.Empty;

    /// <summary>By token.</summary>
    public ImmutableSortedDictionary<ushort, RiskParameters.TokenParameters> Tokens { get; init; } = ImmutableSortedDictionary<ushort, RiskParameters.TokenParameters>.Empty;

    /// <summary>Of trades.</summary>
    public RiskParameters.ClearingParameters Clearing { get; init; }

    /// <summary>Of interest.</summary>
    public RiskParameters.InterestParameters Interest { get; init; }

    /// <summary>Of checkpoints and attestations.</summary>
    public RiskParameters.OracleParameters Oracle { get; init; }

    /// <summary>Of lots.</summary>
    public RiskParameters.LiquidationParameters Liquidation { get; init; }
}
