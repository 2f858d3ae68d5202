using OnchainMargin.Solver.Surfaces;

namespace OnchainMargin.Solver.Options;

/// <summary>How volatility surfaces are fitted, signed and published. Nodes with an attester's key propose and sign; nodes with the role pricer send what enough of them signed.</summary>
public sealed record SurfaceOptions
{
    /// <summary>The source that simulates quotes, for local chains.</summary>
    public const string Simulated = "simulated";

    /// <summary>Where option quotes come from: a CSV file that somebody keeps writing anew (docs/operations.md has its columns), <c>simulated</c> for quotes of a local chain, empty for none: then this node neither proposes nor signs surfaces.</summary>
    public string Source { get; init; } = "";

    /// <summary>How many seconds apart surfaces are published when little moves; the contract charges for surfaces older than ten minutes.</summary>
    public int IntervalSeconds { get; init; } = 300;

    /// <summary>By how much the volatility at the forward must differ from the one in force to publish before that, hundredths of a percent of itself.</summary>
    public int MoveBps { get; init; } = 300;

    /// <summary>The least number of seconds between two publications of an expiry, however much moves. What others propose sooner is refused, so it is to be the same at all attesters.</summary>
    public int LeastIntervalSeconds { get; init; } = 60;

    /// <summary>How far another attester's surface may lie from this node's own before it is refused, hundredths of a percent of the volatility; of forward over spot a tenth of that. It holds up to two units of 0.6·√τ from the forward; at four five times as much is allowed, at eight ten, and at the last strike twenty-five.</summary>
    public int ToleranceBps { get; init; } = 300;

    /// <summary>Quotes that are older than this, or from the future, are not fitted.</summary>
    public int MaximumQuoteAgeSeconds { get; init; } = 300;

    /// <summary>Up to how many expiries of one underlying are listed, the nearest first. What is listed is published until an hour before it expires, however many there are.</summary>
    public int MaximumExpiries { get; init; } = 8;

    /// <summary>Expiries that end sooner are not listed anew; the contract's own least is an hour.</summary>
    public int ListAheadHours { get; init; } = 24;

    /// <summary>How many seconds the second attester waits for the proposal of the first, the third for that of the second, and so on; less than the 30 for which a proposal is waited for, in which the second proposes what it agrees with of one that it refused.</summary>
    public int TakeoverSeconds { get; init; } = 15;

    /// <summary>How often quotes are looked at, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 5000;

    internal bool IsOn => Source.Length > 0;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("surfaces");
        errors.Range(IntervalSeconds, 1, 86_400);
        errors.Range(MoveBps, 1, 100_000);
        errors.Range(LeastIntervalSeconds, 1, 86_400);
        errors.Range(ToleranceBps, 1, 10_000);
        errors.Range(MaximumQuoteAgeSeconds, 1, 86_400);
        errors.Range(MaximumExpiries, 1, 32);
        errors.Range(ListAheadHours, 1, 24 * 365);
        errors.Range(TakeoverSeconds, 1, (int)SurfaceRole.PendingSeconds - 1);
        errors.Range(PollMilliseconds, 10, 600_000);
        return errors.Sentences;
    }
}
