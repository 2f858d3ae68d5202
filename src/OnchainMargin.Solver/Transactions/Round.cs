namespace OnchainMargin.Solver.Transactions;

/// <summary>A look at all transactions of a key, and what the node said that it rests on.</summary>
/// <param name="node">The node.</param>
/// <param name="head">The newest block's number.</param>
/// <param name="mined">The key's first nonce that is free there.</param>
internal sealed class Round(ITransactionNode node, ulong head, ulong mined)
{
    private Task<GasOffer>? _asked;

    /// <summary>The newest block's number.</summary>
    public ulong Head => head;

    /// <summary>The key's first nonce that no block has used.</summary>
    public ulong Mined => mined;

    /// <summary>The last nonce that waits or is watched.</summary>
    public ulong LastNonce { get; init; }

    /// <summary>The last block that is as it was when it was looked at before; 0 when none is known to be.</summary>
    public ulong UnchangedTo { get; init; }

    /// <summary>What is being broadcast.</summary>
    public List<Task> Sending { get; } = [];

    /// <summary>What the node asks for gas, asked for once and only when somebody wants to know.</summary>
    public Task<GasOffer> AskFeesAsync(CancellationToken cancellationToken) => _asked ??= node.EstimateFeesAsync(cancellationToken);
}
