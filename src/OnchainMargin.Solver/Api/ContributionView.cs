namespace OnchainMargin.Solver.Api;

/// <summary>What a position adds to an account's expected shortfall.</summary>
/// <param name="Instrument">The instrument's 96 bits as a number.</param>
/// <param name="Value">Its mean loss in the account's worst scenarios; negative when it hedges.</param>
internal sealed record ContributionView(string Instrument, double Value);
