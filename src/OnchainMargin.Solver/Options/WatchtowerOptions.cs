namespace OnchainMargin.Solver.Options;

/// <summary>How posted books are watched.</summary>
public sealed record WatchtowerOptions
{
    /// <summary>The key that pays for challenges and receives the rewards.</summary>
    public KeyOptions Key { get; init; } = new();

    /// <summary>Where books are asked for whose root is not the one that is computed here: the APIs of attesters, like http://127.0.0.1:5000.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>How many leaves of one wrong epoch are demanded on chain when nobody serves its book.</summary>
    public int MaximumDemands { get; init; } = 4;

    /// <summary>How often books are looked at, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 2000;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("watchtower");
        errors.Range(MaximumDemands, 0, 1000);
        errors.Range(PollMilliseconds, 10, 600_000);
        errors.Urls(Sources);
        return [.. errors.Sentences, .. Key.Errors("watchtower:key", isRequired: true)];
    }
}
