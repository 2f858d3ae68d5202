using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Options;

/// <summary>Everything that configures a solver. Names carry units; secrets are only named here, never held.</summary>
public sealed partial record SolverOptions
{
    /// <summary>The prefix of environment variables that set options: <c>OMARGIN_SOLVER__KEEPER__DRYRUN=true</c>.</summary>
    public const string EnvironmentPrefix = "OMARGIN_SOLVER__";

    /// <summary>The node's JSON-RPC address.</summary>
    public string NodeUrl { get; init; } = "http://127.0.0.1:8545";

    /// <summary>Further nodes of the same chain: reads go on there when a node does not answer, or stands still while another goes on, and transactions are handed to all of them.</summary>
    public IReadOnlyList<string> NodeUrls { get; init; } = [];

    /// <summary>The node's WebSocket address; empty to poll only.</summary>
    public string NodeWebSocketUrl { get; init; } = "";

    /// <summary>The file that `omargin deploy` wrote.</summary>
    public string DeploymentFile { get; init; } = "deployment.json";

    /// <summary>The file of the embedded store.</summary>
    public string StoreFile { get; init; } = "solver.db";

    /// <summary>A PostgreSQL database that holds the store in place of the file, like <c>Host=db;Database=omargin;Username=solver</c>: of several processes that name it one leads and the others stand by. The password comes from PGPASSWORD or a password file. Empty for the file.</summary>
    public string StoreServer { get; init; } = "";

    /// <summary>The roles to play, see <see cref="SolverRoles"/>; none named means index, risk and API. An environment variable or <c>--set</c> replaces one item of a list, by its place (<c>OMARGIN_SOLVER__ROLES__0=indexer</c>); <c>--role</c> replaces the whole list.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Following the chain.</summary>
    public IndexOptions Index { get; init; } = new();

    /// <summary>Sending transactions.</summary>
    public TransactionOptions Transactions { get; init; } = new();

    /// <summary>Taking checkpoints.</summary>
    public PricerOptions Pricer { get; init; } = new();

    /// <summary>Volatility surfaces.</summary>
    public SurfaceOptions Surfaces { get; init; } = new();

    /// <summary>Attesting.</summary>
    public AttesterOptions Attester { get; init; } = new();

    /// <summary>Watching.</summary>
    public WatchtowerOptions Watchtower { get; init; } = new();

    /// <summary>Liquidating.</summary>
    public KeeperOptions Keeper { get; init; } = new();

    /// <summary>Proposing risk parameters.</summary>
    public ParameterOptions Parameters { get; init; } = new();

    /// <summary>Matching and settling orders.</summary>
    public RelayOptions Relay { get; init; } = new();

    /// <summary>Sending metrics and traces away.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>Serving the API.</summary>
    public ApiOptions Api { get; init; } = new();

    /// <summary>Whether a role is to be played.</summary>
    public bool Plays(string role) => PlayedRoles.Contains(role, StringComparer.OrdinalIgnoreCase);

    /// <summary>The roles that are played: those that are named, or those that need no key.</summary>
    internal IReadOnlyList<string> PlayedRoles => Roles.Count > 0 ? Roles : [SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Api];

    /// <summary>Where the host listens: a port of its own, for nobody, where it serves no API.</summary>
    internal string ListensAt => Plays(SolverRoles.Api) ? Api.Url : "http://127.0.0.1:0";

    /// <summary>Reads options from a JSON file, the environment and values that override both.</summary>
    /// <param name="file">The file; null for none.</param>
    /// <param name="overrides">Names like <c>keeper:dryRun</c> with their values.</param>
    /// <param name="defaults">The same for what nothing else names.</param>
    /// <exception cref="SolverOptionsException">Thrown when the file cannot be read or a value is of the wrong type.</exception>
    public static SolverOptions Load(string? file, IEnumerable<KeyValuePair<string, string?>>? overrides = null, IEnumerable<KeyValuePair<string, string?>>? defaults = null)
    {
        try
        {
            IConfigurationBuilder builder = new ConfigurationBuilder().AddInMemoryCollection(defaults ?? []);
            if (file is not null)
            {
                builder.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
            }

            IConfigurationRoot configuration = builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(overrides ?? []).Build();
            RequireListOfKeys(configuration.GetSection("attester:keys"));
            return configuration.Get<SolverOptions>(static binder => binder.ErrorOnUnknownConfiguration = true) ?? new SolverOptions();
        }
        catch (Exception error) when (FileFault.Is(error) || error is InvalidDataException or InvalidOperationException or FormatException)
        {
            throw new SolverOptionsException([$"The configuration {(file is null ? "of environment and command line" : $"'{file}'")} cannot be used ({Defect(error)}); correct it, the options are listed in docs/configuration.md."]);
        }
    }

    /// <summary>The library refuses what is no list of keys without naming the option. What stands there in its place is not told: it may be the key.</summary>
    private static void RequireListOfKeys(IConfigurationSection keys)
    {
        if (keys.Value is { Length: > 0 } || keys.GetChildren().Any(static key => !int.TryParse(key.Key, CultureInfo.InvariantCulture, out _) || key.Value is { Length: > 0 }))
        {
            throw new SolverOptionsException(["Option attester:keys is no list of keys; write it like [{ \"variable\": \"ATTESTER_KEY\" }]."]);
        }
    }

    /// <summary>What the library says, without the names of types. Of a file that is no JSON the innermost words tell the place, of a value that does not fit the outermost name the option.</summary>
    private static string Defect(Exception error) =>
        error is FileNotFoundException or DirectoryNotFoundException or ArgumentException ? "it does not exist"
        : error is InvalidDataException && error.GetBaseException() is JsonException json ? JsonFault.Of(json)
        : UnknownOption().Match(error.Message) is { Success: true } unknown ? $"no option {(unknown.Groups["section"].Value is "Solver" ? "" : $"of {unknown.Groups["section"].Value.ToLowerInvariant()} ")}is called {unknown.Groups["names"].Value}"
        : Misfit().Match(error.Message) is { Success: true } misfit ? $"the value {misfit.Groups["value"].Value} does not fit"
        : error.Message.TrimEnd('.');

    [GeneratedRegex(@"were not found on the instance of [\w.]*?(?<section>\w+)Options: (?<names>.+)$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex UnknownOption();

    [GeneratedRegex("^Failed to convert configuration value (?<value>'.*' at '.*') to type ", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1_000)]
    private static partial Regex Misfit();

    /// <summary>Refuses options that cannot work.</summary>
    /// <exception cref="SolverOptionsException">Thrown with one sentence for each of them.</exception>
    public void Validate()
    {
        OptionErrors errors = new();
        errors.Url(NodeUrl, "http://127.0.0.1:8545");
        errors.Urls(NodeUrls);
        errors.Require(
            NodeWebSocketUrl.Length == 0 || (Uri.TryCreate(NodeWebSocketUrl, UriKind.Absolute, out Uri? socket) && socket.Scheme is "ws" or "wss"),
            "nodeWebSocketUrl",
            $"is no ws or wss address{UrlOrigin.Bracketed(NodeWebSocketUrl)}; write it like ws://127.0.0.1:8545 or leave it empty");
        errors.Require(DeploymentFile.Length > 0, "deploymentFile", "is empty; name the file that `omargin deploy` wrote");
        errors.Require(StoreFile.Length > 0 || StoreServer.Length > 0, "storeFile", "is empty; name a file for the store, or a server");
        if (StoreServer.Length > 0 && PostgresDatabase.DefectOf(StoreServer) is { } defect)
        {
            errors.Require(condition: false, "storeServer", defect);
        }

        foreach (string role in Roles.Where(static role => !SolverRoles.All.Contains(role, StringComparer.OrdinalIgnoreCase)))
        {
            errors.Require(condition: false, "roles", $"names '{role}', which is no role; choose from {string.Join(", ", SolverRoles.All)}");
        }

        errors.Require(!Plays(SolverRoles.Attester) || Attester.Peers.Count == 0 || Plays(SolverRoles.Api), "roles", "has an attester with peers and no api; add api, which takes the peers' signatures");
        string[] sentences =
        [
            .. errors.Sentences,
            .. Index.Errors(),
            .. Transactions.Errors(),
            .. Plays(SolverRoles.Pricer) ? Pricer.Errors() : [],
            .. Surfaces.IsOn ? Surfaces.Errors() : [],
            .. Plays(SolverRoles.Attester) ? Attester.Errors() : Attester.PeerErrors(),
            .. Plays(SolverRoles.Watchtower) ? Watchtower.Errors() : [],
            .. Plays(SolverRoles.Keeper) ? Keeper.Errors() : [],
            .. Plays(SolverRoles.Parameters) ? Parameters.Errors() : [],
            .. Plays(SolverRoles.Relay) ? Relay.Errors() : [],
            .. Telemetry.Errors(),
            .. Plays(SolverRoles.Api) ? Api.Errors() : [],
        ];
        if (sentences.Length > 0)
        {
            throw new SolverOptionsException(sentences);
        }
    }
}
