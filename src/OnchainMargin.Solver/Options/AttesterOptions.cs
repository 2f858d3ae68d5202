namespace OnchainMargin.Solver.Options;

/// <summary>How books are attested.</summary>
public sealed record AttesterOptions
{
    /// <summary>The keys that sign. Several stand for several attesters on one machine; attesters that do not trust each other run a solver each.</summary>
    public IReadOnlyList<KeyOptions> Keys { get; init; } = [];

    /// <summary>The key that pays for posting epochs; the first signing key when it is not set.</summary>
    public KeyOptions PostKey { get; init; } = new();

    /// <summary>The APIs of the other attesters, like http://127.0.0.1:5000: signatures are sent there, and come from there to this node's own API, which must run then.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>How often waiting signatures are looked at again, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 1000;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("attester");
        errors.Require(Keys.Count > 0, "keys", "is empty; name at least one key that signs");
        errors.Range(PollMilliseconds, 10, 600_000);
        errors.Urls(Peers);
        return [.. errors.Sentences, .. Keys.SelectMany(static (key, i) => key.Errors($"attester.keys:{i}", isRequired: true)), .. PostKey.Errors("attester.postKey", isRequired: false)];
    }
}
