namespace OnchainMargin.Solver.Api;

/// <summary>What was taken over from lots that nobody could pay for and waits for holders of the opposite side, whose positions are reduced at the bankruptcy price.</summary>
/// <param name="Instrument">The instrument.</param>
/// <param name="Name">Its name.</param>
/// <param name="SizeE8">What was taken over: holders of the opposite sign serve it.</param>
internal sealed record NeedView(
    string Instrument, string Name, string SizeE8);
