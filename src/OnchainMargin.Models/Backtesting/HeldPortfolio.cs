using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Models.Backtesting;

/// <summary>Positions taken at one moment.</summary>
/// <param name="State">The account; its cash is nothing, since requirements do not depend on it.</param>
/// <param name="SpotUnits">Units of each underlying held as collateral, E8.</param>
public sealed record HeldPortfolio(AccountState State, ImmutableArray<long> SpotUnits);
