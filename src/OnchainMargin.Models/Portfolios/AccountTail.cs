using OnchainMargin.Models.Tails;

namespace OnchainMargin.Models.Portfolios;

/// <summary>The tail of one account's loss.</summary>
/// <param name="Tail">Value at risk and expected shortfall with their intervals.</param>
/// <param name="Contributions">What each position adds to the expected shortfall: its mean loss in the account's worst scenarios. They add up to it.</param>
public sealed record AccountTail(TailEstimate Tail, IReadOnlyList<double> Contributions);
