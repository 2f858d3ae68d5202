namespace OnchainMargin.Cli.Demo;

/// <summary>Someone of the demo: what is paid in, what is traded and why.</summary>
/// <param name="Name">What people call the account.</param>
/// <param name="Story">Why it holds what it holds.</param>
internal sealed record DemoTrader(string Name, string Story)
{
    /// <summary>Deposits by token symbol.</summary>
    public IReadOnlyDictionary<string, string> Deposits { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Positions by instrument, bought from (negative: sold to) the market maker.</summary>
    public IReadOnlyDictionary<string, string> Trades { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Options, traded before everything else.</summary>
    public IReadOnlyList<DemoOption> Options { get; init; } = [];

    /// <summary>Settlement token withdrawn against collateral: a loan.</summary>
    public string? Loan { get; init; }

    /// <summary>Whether the account is built to survive the crash without a lot.</summary>
    public bool Survives { get; init; }
}
