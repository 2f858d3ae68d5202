namespace OnchainMargin.Solver.Options;

/// <summary>How signed orders are matched and settled.</summary>
public sealed record RelayOptions
{
    /// <summary>The key that pays for settling.</summary>
    public KeyOptions Key { get; init; } = new();

    /// <summary>The most fills of one transaction.</summary>
    public int BatchMost { get; init; } = 8;

    /// <summary>The least that an order may be about, in E8 of the settlement currency: its size at the price of the underlying or token. It bounds what gas whoever crosses orders of his own costs the relay; an order that closes a whole position is taken whatever its size. 0 takes all.</summary>
    public long LeastNotionalE8 { get; init; } = 1_00000000;

    /// <summary>How many seconds of its time, its signer's right and its instrument's an order has left at least when it is handed to the chain, so that it does not end on the way into a block and take the others of its transaction with it. It is taken with twice as many, and leaves the book when it has fewer.</summary>
    public int LeastSecondsLeft { get; init; } = 30;

    /// <summary>The most open orders, one place in sixteen of which is for reduce-only ones; where all are taken, one of those ends for another that is about more. An owner may have 200, of all accounts, while there are few, and fewer the fuller the relay is; while it is more than half full, orders that their accounts could not carry are taken off. An order takes 1 to 4 kB of memory.</summary>
    public int MostOrders { get; init; } = 100_000;

    /// <summary>How often it is looked whether there is something to settle when no block comes, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 250;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("relay");
        errors.Range(BatchMost, 1, 64);
        errors.Range(LeastNotionalE8, 0, long.MaxValue);
        errors.Range(LeastSecondsLeft, 0, 3600);
        errors.Range(MostOrders, 1_000, 10_000_000);
        errors.Range(PollMilliseconds, 10, 600_000);
        return [.. Key.Errors("relay:key", isRequired: true), .. errors.Sentences];
    }
}
