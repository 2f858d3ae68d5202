using System.Globalization;

namespace OnchainMargin.Cli.Demo;

/// <summary>The solver as a process of its own, with the roles that the demo needs: all of them.</summary>
internal static class SolverProcess
{
    private const string PollMilliseconds = "40";
    private const string KeyPrefix = "OMARGIN_DEMO_KEY_";

    /// <summary>The names of the attesters' keys.</summary>
    public static IReadOnlyList<string> Attesters { get; } = ["attester one", "attester two", "attester three"];

    /// <summary>Those of them who will lie.</summary>
    public static IReadOnlyList<string> Liars { get; } = ["attester two", "attester three"];

    /// <summary>Who takes their seats then.</summary>
    public static IReadOnlyList<string> Replacements { get; } = ["attester four", "attester five"];

    /// <summary>The name of the key that challenges.</summary>
    public const string Watchtower = "watchtower";

    /// <summary>How many of them must sign.</summary>
    public const int Threshold = 2;

    /// <summary>The name of the key that pays for checkpoints.</summary>
    public const string Pricer = "pricer";

    /// <summary>Starts the solver.</summary>
    /// <param name="options">The demo's.</param>
    /// <param name="nodeAddress">The node.</param>
    /// <param name="deploymentFile">The deployment.</param>
    /// <param name="bidderAccount">The account that bids, owned by the keeper's key.</param>
    public static ChildProcess Start(DemoOptions options, string nodeAddress, string deploymentFile, ulong bidderAccount)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NODEURL"] = nodeAddress,
            ["DEPLOYMENTFILE"] = deploymentFile,
            ["STOREFILE"] = Path.Combine(options.Directory, "solver.db"),
            ["INDEX__POLLMILLISECONDS"] = PollMilliseconds,
            ["PRICER__POLLMILLISECONDS"] = PollMilliseconds,
            ["SURFACES__SOURCE"] = "simulated",
            ["SURFACES__POLLMILLISECONDS"] = "200",
            ["PRICER__KEY__VARIABLE"] = KeyPrefix + "PRICER",
            ["ATTESTER__POLLMILLISECONDS"] = PollMilliseconds,
            ["ATTESTER__POSTKEY__VARIABLE"] = KeyPrefix + "POST",
            ["KEEPER__POLLMILLISECONDS"] = PollMilliseconds,
            ["KEEPER__KEY__VARIABLE"] = KeyPrefix + "KEEPER",
            ["KEEPER__BIDDERACCOUNT"] = bidderAccount.ToString(CultureInfo.InvariantCulture),
            ["KEEPER__INVENTORYLIMITE8"] = "500000000000000",
            ["KEEPER__COOLDOWNSECONDS"] = "0",
            ["API__URL"] = $"http://127.0.0.1:{options.ApiPort}",
            ["WATCHTOWER__POLLMILLISECONDS"] = PollMilliseconds,
            ["WATCHTOWER__KEY__VARIABLE"] = KeyPrefix + "WATCHTOWER",
            // What nobody serves is found where it is used.
            ["WATCHTOWER__MAXIMUMDEMANDS"] = "0",
            ["RELAY__KEY__VARIABLE"] = KeyPrefix + "PRICER",
            ["API__WEBFOLDER"] = Directory.Exists("web/dist") ? "web/dist" : string.Empty,
            ["API__PUBLICNODEURL"] = nodeAddress,
        };
        string[] roles = ["indexer", "pricer", "risk", "attester", "watchtower", "keeper", "relay", "api"];
        for (int i = 0; i < roles.Length; i++)
        {
            settings[$"ROLES__{i}"] = roles[i];
        }

        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [KeyPrefix + "PRICER"] = DemoKeys.Text(Pricer),
            [KeyPrefix + "POST"] = DemoKeys.Text(Attesters[0]),
            [KeyPrefix + "KEEPER"] = DemoKeys.Text(DemoTraders.Keeper.Name),
            [KeyPrefix + "WATCHTOWER"] = DemoKeys.Text(Watchtower),
        };
        string[] signers = [.. Attesters, .. Replacements];
        for (int i = 0; i < signers.Length; i++)
        {
            string variable = string.Create(CultureInfo.InvariantCulture, $"{KeyPrefix}ATTESTER_{i}");
            settings[$"ATTESTER__KEYS__{i}__VARIABLE"] = variable;
            environment[variable] = DemoKeys.Text(signers[i]);
        }

        foreach ((string name, string value) in settings)
        {
            environment[$"OMARGIN_SOLVER__{name}"] = value;
        }

        (string file, string[] self) = Self();
        return ChildProcess.Start(options.Directory, "solver", "omargin", file, [.. self, "solver", "run"], environment);
    }

    /// <summary>This program: as it was started, by `dotnet omargin.dll` or by its own launcher.</summary>
    private static (string File, string[] Arguments) Self()
    {
        string process = Environment.ProcessPath ?? throw new CliException("The program's own path is not known: start it with `dotnet omargin.dll`.");
        return string.Equals(Path.GetFileNameWithoutExtension(process), "dotnet", StringComparison.Ordinal)
            ? (process, [typeof(SolverProcess).Assembly.Location])
            : (process, []);
    }
}
