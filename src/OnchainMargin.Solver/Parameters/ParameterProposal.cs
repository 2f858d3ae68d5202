using OnchainMargin.Models.Policy;

namespace OnchainMargin.Solver.Parameters;

/// <summary>A step of the risk parameters that the policy asks for, and whom it would make liquidatable.</summary>
/// <param name="Checkpoint">The checkpoint whose parameters and accounts it is about.</param>
/// <param name="Time">That checkpoint's time, unix seconds.</param>
/// <param name="Decisions">One for each underlying of which something is to be changed, with inputs and reason; its haircut is that of one of its tokens.</param>
/// <param name="Haircuts">One for each token whose base haircut is to be changed.</param>
/// <param name="MadeLiquidatable">Accounts that are healthy at the checkpoint and would not be under the step, ascending.</param>
internal sealed record ParameterProposal(ulong Checkpoint, long Time, IReadOnlyList<PolicyDecision> Decisions, IReadOnlyList<HaircutDecision> Haircuts, IReadOnlyList<ulong> MadeLiquidatable)
{
    /// <summary>Underlyings whose step would make too much liquidatable, so that this node neither proposes nor signs it.</summary>
    public IReadOnlyList<ushort> Withheld { get; init; } = [];
}
