using System.CommandLine;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin solver run</c>: the solver with the roles that its configuration names.</summary>
internal static class SolverCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("solver", "The off-chain host: index, compute, attest, liquidate, serve.") { Run() };

    /// <summary>Runs a solver until it is stopped.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="logsJson">Whether it logs a JSON object a line.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal static async Task RunAsync(SolverOptions options, bool logsJson, CancellationToken cancellationToken)
    {
        void Log(WebApplicationBuilder builder)
        {
            if (logsJson)
            {
                builder.Logging.ClearProviders().AddJsonConsole();
            }
        }

        await SolverHost.RunAsync(options, Log, cancellationToken);
    }

    private static Command Run()
    {
        Option<string?> config = new("--config") { Description = "A JSON file of options; docs/configuration.md lists them.", HelpName = "file" };
        Option<string?> rpc = new("--rpc") { Description = $"The node's address (http). Environment, where the configuration names none: {CommonOptions.RpcVariable}.", HelpName = "url" };
        Option<string?> deployment = new("--deployment") { Description = $"The file that `omargin deploy` wrote. Environment, where the configuration names none: {CommonOptions.DeploymentVariable}.", HelpName = "file" };
        Option<string?> store = new("--store") { Description = "The file of the embedded store.", HelpName = "file" };
        Option<string?> server = CommonOptions.StoreServer();
        Option<string[]> roles = new("--role") { Description = $"A role to play, of {string.Join(", ", SolverRoles.All)}; may be given several times. In place of all roles of the file.", HelpName = "role" };
        Option<string[]> set = new("--set") { Description = "Any other option, like keeper:dryRun=true; may be given several times.", HelpName = "name=value" };
        Option<bool> json = new("--json") { Description = "Log one JSON object a line, for programs." };
        var command = new Command("run", $"Run until Ctrl-C. Options come from the file, then from {SolverOptions.EnvironmentPrefix}… variables, then from here.") { config, rpc, deployment, store, server, roles, set, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var overrides = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            Put(overrides, "nodeUrl", parsed.GetValue(rpc));
            Put(overrides, "deploymentFile", parsed.GetValue(deployment));
            Put(overrides, "storeFile", parsed.GetValue(store));
            Put(overrides, "storeServer", parsed.GetValue(server));
            foreach (string pair in parsed.GetValue(set) ?? [])
            {
                int equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals < 1)
                {
                    throw new CliException($"The option '{pair}' of --set has no value: write it like keeper:dryRun=true.");
                }

                overrides[pair[..equals]] = pair[(equals + 1)..];
            }

            var options = SolverOptions.Load(parsed.GetValue(config), overrides, Defaults());
            if (parsed.GetValue(roles) is { Length: > 0 } named)
            {
                // Lists of several sources are one by places: a file's third role would be played beside two that are named here.
                options = options with { Roles = named };
            }

            await RunAsync(options, parsed.GetValue(json), cancellationToken);
            return 0;
        });
        return command;
    }

    /// <summary>What the other commands read of the environment stands where neither the file nor a variable of the solver's own names it: a file says which chain it is for.</summary>
    private static Dictionary<string, string?> Defaults()
    {
        var defaults = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Put(defaults, "nodeUrl", Environment.GetEnvironmentVariable(CommonOptions.RpcVariable));
        Put(defaults, "deploymentFile", Environment.GetEnvironmentVariable(CommonOptions.DeploymentVariable));
        return defaults;
    }

    private static void Put(Dictionary<string, string?> options, string name, string? value)
    {
        if (value is not null)
        {
            options[name] = value;
        }
    }
}
