namespace OnchainMargin.Solver.Options;

/// <summary>How checkpoints are taken.</summary>
public sealed record PricerOptions
{
    /// <summary>The key that pays for checkpoints.</summary>
    public KeyOptions Key { get; init; } = new();

    /// <summary>How many seconds apart checkpoints are taken; the contract's own interval where that is longer.</summary>
    public int CheckpointEverySeconds { get; init; } = 60;

    /// <summary>How often it is looked whether one is due, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 1000;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("pricer");
        errors.Range(CheckpointEverySeconds, 1, 86_400);
        errors.Range(PollMilliseconds, 10, 600_000);
        return [.. Key.Errors("pricer.key", isRequired: true), .. errors.Sentences];
    }
}
