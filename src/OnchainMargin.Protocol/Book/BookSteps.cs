using System.Collections.Immutable;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>The corridor of parameters and the attesters' last steps of them, as the events tell it.</summary>
public sealed record BookSteps
{
    /// <summary>Whether the guardian has stopped steps.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Corridors by underlying.</summary>
    public ImmutableSortedDictionary<ushort, ParameterSteps.UnderlyingCorridor> Underlyings { get; init; } = ImmutableSortedDictionary<ushort, ParameterSteps.UnderlyingCorridor>.Empty;

    /// <summary>Corridors of base haircuts by token.</summary>
    public ImmutableSortedDictionary<ushort, ParameterSteps.Band> Tokens { get; init; } = ImmutableSortedDictionary<ushort, ParameterSteps.Band>.Empty;

    /// <summary>When the last step of an underlying was computed for, unix seconds.</summary>
    public ImmutableSortedDictionary<ushort, ulong> UnderlyingTimes { get; init; } = ImmutableSortedDictionary<ushort, ulong>.Empty;

    /// <summary>When the last step of a token was computed for, unix seconds.</summary>
    public ImmutableSortedDictionary<ushort, ulong> TokenTimes { get; init; } = ImmutableSortedDictionary<ushort, ulong>.Empty;
}
