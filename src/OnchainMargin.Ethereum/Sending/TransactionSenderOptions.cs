namespace OnchainMargin.Ethereum.Sending;

/// <summary>How transactions are paid for and waited for.</summary>
public sealed record TransactionSenderOptions
{
    /// <summary>What is allowed beyond the gas estimate, in percent of it.</summary>
    public int GasMarginPercent { get; init; } = 25;

    /// <summary>How much is allowed beyond the gas estimate at least, as far as the sender could pay for it: what the block of the estimate had done already, and the next one does again.</summary>
    public int GasRoom { get; init; }

    /// <summary>The most that is offered per gas; a higher estimate is refused, not paid.</summary>
    public UInt256 MaximumFeePerGasWei { get; init; } = 2_000_000_000_000UL;

    /// <summary>The pause between looks for a receipt.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a receipt is waited for.</summary>
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many blocks a receipt must be deep, its own counted.</summary>
    public int Confirmations { get; init; } = 1;
}
