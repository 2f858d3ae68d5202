namespace OnchainMargin.Solver.Options;

/// <summary>The names of the roles that a solver can play.</summary>
public static class SolverRoles
{
    /// <summary>Follows the chain; every other role needs it, so it always runs.</summary>
    public const string Indexer = "indexer";

    /// <summary>Takes checkpoints.</summary>
    public const string Pricer = "pricer";

    /// <summary>Computes the whole book.</summary>
    public const string Risk = "risk";

    /// <summary>Signs and posts epochs.</summary>
    public const string Attester = "attester";

    /// <summary>Checks posted books and challenges what is wrong in them.</summary>
    public const string Watchtower = "watchtower";

    /// <summary>Liquidates.</summary>
    public const string Keeper = "keeper";

    /// <summary>Proposes risk parameters; with an attester's keys also signs and sends their steps.</summary>
    public const string Parameters = "parameters";

    /// <summary>Matches and settles signed orders.</summary>
    public const string Relay = "relay";

    /// <summary>Serves the HTTP API.</summary>
    public const string Api = "api";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Indexer, Pricer, Risk, Attester, Watchtower, Keeper, Parameters, Relay, Api];
}
