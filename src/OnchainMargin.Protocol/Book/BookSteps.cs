using System.Collections.Immutable;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>The corridor of parameters, and what the attesters' steps of them are measured by, as the events tell it.</summary>
public sealed record BookSteps
{
    /// <summary>Corridors by underlying.</summary>
    public ImmutableSortedDictionary<ushort, ParameterSteps.UnderlyingCorridor> Underlyings { get; init; } = ImmutableSortedDictionary<ushort, ParameterSteps.UnderlyingCorridor>.Empty;

    /// <summary>Corridors of base haircuts by token.</summary>
    public ImmutableSortedDictionary<ushort, ParameterSteps.Band> Tokens { get; init; } = ImmutableSortedDictionary<ushort, ParameterSteps.Band>.Empty;
}
