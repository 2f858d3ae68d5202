using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Relay;

/// <summary>Whether fills could be carried, and how that is shown on chain.</summary>
/// <param name="IsAllowed">Whether they could.</param>
/// <param name="IsReducing">Whether the proof must be that they only reduce.</param>
/// <param name="Reason">Why they could not; empty otherwise.</param>
/// <param name="Before">What the fills find.</param>
/// <param name="After">What they leave; null where they could never be.</param>
internal sealed record PreTradeVerdict(bool IsAllowed, bool IsReducing, string Reason, Holding? Before, Holding? After)
{
    /// <summary>Whether the chain takes no other proof, however healthy the account is: a market or all of them take reductions only.</summary>
    public bool MustReduce { get; init; }

    /// <summary>Whether its cash pays somebody's debt while a market is not normal or trading is paused: it is asked what a withdrawal is asked (CLR-025).</summary>
    public bool PaysOut { get; init; }
}
