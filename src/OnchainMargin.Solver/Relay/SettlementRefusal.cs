using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Solver.Relay;

/// <summary>Why a batch is not on its way into a block.</summary>
/// <param name="Said">Why, for the log.</param>
internal sealed record SettlementRefusal(string Said)
{
    /// <summary>What the contract answered; null when it was not asked, or the answer was the node's.</summary>
    public RevertReason? Reason { get; init; }

    /// <summary>Whether no transaction can hold it, as the node says.</summary>
    public bool IsTooLarge { get; init; }

    /// <summary>Whether it costs more than nodes let a transaction cost, at what blocks ask for gas now.</summary>
    public bool IsTooDear { get; init; }

    /// <summary>Whether the node found nothing, in time or at all, while it answers others: for its own slowness or defect, or for what this asks of it.</summary>
    public bool IsUnanswered { get; init; }

    /// <summary>The account that cannot carry it, when that was found without the chain; 0 otherwise.</summary>
    public ulong AtFault { get; init; }

    /// <summary>The contract's answer.</summary>
    public static SettlementRefusal Of(RevertReason reason) => new(reason.ToString() ?? "") { Reason = reason };
}
