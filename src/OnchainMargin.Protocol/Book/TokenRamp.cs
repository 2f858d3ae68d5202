using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>A token on its way to governance's target (PAR-005).</summary>
/// <param name="From">Where it began.</param>
/// <param name="StartSeconds">When, unix seconds.</param>
/// <param name="EndSeconds">When it arrives.</param>
/// <param name="To">The target; null between the event of the way and that of its target.</param>
public sealed record TokenRamp(RiskParameters.TokenParameters From, ulong StartSeconds, ulong EndSeconds, RiskParameters.TokenParameters? To);
