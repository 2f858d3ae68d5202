namespace OnchainMargin.Solver.Options;

/// <summary>How transactions are brought into the chain.</summary>
public sealed record TransactionOptions
{
    /// <summary>How many seconds an offer stands before it may be raised: to what the market asks, where that is more, and otherwise by a percentage, where blocks have come and passed over the key's next nonce.</summary>
    public int RaiseFeeAfterSeconds { get; init; } = 30;

    /// <summary>By how many percent the fee of a transaction is raised that blocks pass over though it offers what is asked; nodes ask for 10 at least. Where its tip is four times what is asked and a tenth of the whole fee that is asked, the most that it pays is doubled in place of that, and its tip raised by the tenth alone that pools ask for.</summary>
    public int RaiseFeePercent { get; init; } = 15;

    /// <summary>The most that is ever offered for a unit of gas, in gwei.</summary>
    public int MaxFeePerGasGwei { get; init; } = 500;

    /// <summary>The largest tip for a unit of gas that a node is believed to ask for, in gwei: unlike the rest of the fee, all of it is paid. What takes the place of an earlier offer may be above it, since pools ask for a tenth more.</summary>
    public int MaxTipPerGasGwei { get; init; } = 50;

    /// <summary>The most that a transaction may cost, in ether: all of its gas limit at the highest fee that it offers. Nodes refuse what passes a cap of their own, which is 1 ether unless they are told otherwise (<c>--rpc.txfeecap</c>; Besu <c>--rpc-tx-feecap</c>). The room for gas is cut first to stay below it, then the room for a rising base fee; what does not fit at what blocks ask now is not sent. Where the nodes have no such cap (0), give more.</summary>
    public decimal MaxCostEther { get; init; } = 1;

    /// <summary>By how many percent the gas limit exceeds the node's estimate.</summary>
    public int GasMarginPercent { get; init; } = 30;

    /// <summary>By how much the gas limit exceeds the node's estimate at least. Most nodes estimate in the newest block, where prices may be updated already, and the next block pays for that again: 300,000 and 100,000 for each listed market are enough, so that the default serves seven. What is not used costs nothing, but the key must have the coins for it, and nodes must let it cost so much: where either is short, less is left above the estimate, the smaller one of margin and room at least.</summary>
    public int GasRoom { get; init; } = 1_000_000;

    /// <summary>The most gas that a transaction may have: what needs more is refused, and margin and room end there. The default is the chain's own limit (EIP-7825).</summary>
    public int MostGas { get; init; } = 16_777_216;

    /// <summary>The most bytes of calldata that a transaction may have: what needs more is refused. Nodes take transactions of 131,072 bytes at most, signature and all; some second layers take less.</summary>
    public int MostBytes { get; init; } = 120_000;

    /// <summary>After how many seconds a transaction that is in no block is broadcast again.</summary>
    public int BroadcastAgainAfterSeconds { get; init; } = 12;

    /// <summary>How many blocks deep a transaction is settled for good.</summary>
    public int SettledAfterBlocks { get; init; } = 64;

    /// <summary>After how many seconds a nonce that the chain has used without any of our transactions being found counts as used by somebody else.</summary>
    public int DisplacedAfterSeconds { get; init; } = 60;

    /// <summary>After how many seconds a transaction whose fee has reached what it is worth, or is raised no further, gives its nonce back, by an empty transaction in its place, when others wait behind it; one that nodes refuse for what it is does so after as long in any case, and one that they refuse for what it may cost when others wait behind it.</summary>
    public int WithdrawAfterSeconds { get; init; } = 120;

    /// <summary>The JSON-RPC address of a private relay for starts, bids and refutations, which others would copy from the public pool, and for the order relay's settlements, whose takers' slack others would take there; empty for none.</summary>
    public string PrivateRelayUrl { get; init; } = "";

    /// <summary>For how many seconds a transaction is offered to the private relay alone before it goes to every node; 0 for ever.</summary>
    public int PrivateForSeconds { get; init; } = 60;

    /// <summary>The sentences that say what is wrong; none when all is well.</summary>
    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("transactions");
        errors.Range(RaiseFeeAfterSeconds, 1, 3600);
        errors.Range(RaiseFeePercent, 10, 100);
        errors.Range(MaxFeePerGasGwei, 1, 100_000);
        errors.Range(MaxTipPerGasGwei, 1, 100_000);
        errors.Range(MaxCostEther, 0.001m, 1_000_000);
        errors.Range(GasMarginPercent, 0, 300);
        errors.Range(GasRoom, 0, 10_000_000);
        errors.Range(MostGas, 100_000, 1_000_000_000);
        errors.Range(MostBytes, 10_000, 10_000_000);
        errors.Range(BroadcastAgainAfterSeconds, 1, 3600);
        errors.Range(SettledAfterBlocks, 1, 10_000);
        errors.Range(DisplacedAfterSeconds, 1, 3600);
        errors.Range(WithdrawAfterSeconds, 1, 86_400);
        errors.Range(PrivateForSeconds, 0, 86_400);
        if (PrivateRelayUrl.Length > 0)
        {
            errors.Url(PrivateRelayUrl, "https://relay.example or leave it empty");
        }

        return errors.Sentences;
    }
}
