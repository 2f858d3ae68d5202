namespace OnchainMargin.Solver.Options;

/// <summary>How signed orders are matched and settled.</summary>
public sealed record RelayOptions
{
    /// <summary>The key that pays for settling.</summary>
    public KeyOptions Key { get; init; } = new();

    /// <summary>The most fills of one transaction.</summary>
    public int BatchMost { get; init; } = 8;

    /// <summary>How often it is looked whether there is something to settle when no block comes, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 250;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("relay");
        errors.Range(BatchMost, 1, 64);
        errors.Range(PollMilliseconds, 10, 600_000);
        return [.. Key.Errors("relay:key", isRequired: true), .. errors.Sentences];
    }
}
