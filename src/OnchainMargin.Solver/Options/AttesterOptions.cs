namespace OnchainMargin.Solver.Options;

/// <summary>How books are attested.</summary>
public sealed record AttesterOptions
{
    /// <summary>The keys that sign. Several stand for several attesters on one machine; attesters that do not trust each other run a solver each. A list, like <c>[{ "variable": "ATTESTER_KEY" }]</c>, each as postKey.</summary>
    public IReadOnlyList<KeyOptions> Keys { get; init; } = [];

    /// <summary>The key that pays for posting epochs; the first signing key when it is not set.</summary>
    public KeyOptions PostKey { get; init; } = new();

    /// <summary>The APIs of the other attesters, like http://127.0.0.1:5000: signatures are sent there, and come from there to this node's own API, which must run then. A node without keys asks them for the attestations that its traders need.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>The most attestations that are signed on demand for one account in ten seconds; the rest is refused, and can be proved by computation.</summary>
    public int AttestationsPerTenSeconds { get; init; } = 20;

    /// <summary>How often waiting signatures are looked at again, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 1000;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("attester");
        errors.Require(Keys.Count > 0, "keys", "is empty; name at least one key that signs");
        errors.Range(PollMilliseconds, 10, 600_000);
        errors.Range(AttestationsPerTenSeconds, 1, 1_000_000);
        return [.. errors.Sentences, .. PeerErrors(), .. Keys.SelectMany(static (key, i) => key.Errors($"attester:keys:{i}", isRequired: true)), .. PostKey.Errors("attester:postKey", isRequired: false)];
    }

    /// <summary>Those of what a node without keys uses, too: it gathers signatures for traders.</summary>
    internal IEnumerable<string> PeerErrors()
    {
        OptionErrors errors = new("attester");
        errors.Urls(Peers);
        return errors.Sentences;
    }
}
