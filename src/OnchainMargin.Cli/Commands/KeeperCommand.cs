using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin keeper run</c>: a solver that only liquidates.</summary>
internal static class KeeperCommand
{
    private const string DefaultProfit = "1";

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("keeper", "Prove accounts under water and bid for their lots.") { Run() };

    private static Command Run()
    {
        Option<ulong> bidder = new("--account") { Description = "The margin account that takes what is bought; 0 to prove and start auctions without bidding.", HelpName = "number" };
        Option<string> profit = new("--min-profit") { Description = "The least profit of a bid in dollars, after gas and hedging.", HelpName = "dollars", DefaultValueFactory = _ => DefaultProfit };
        Option<string> store = new("--store") { Description = "The file of the embedded store.", HelpName = "file", DefaultValueFactory = _ => "keeper.db" };
        Option<bool> dryRun = new("--dry-run") { Description = "Decide and log, but send nothing." };
        var command = new Command("run", "Run until Ctrl-C.") { bidder, profit, store, dryRun };
        SessionOptions session = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using (session.Key(parsed))
            {
                // Read once here, so that what is wrong with it is said in this command's words.
            }

            KeyOptions key = session.KeyFile(parsed) is { } file
                ? new KeyOptions { File = file, PasswordVariable = KeySource.PasswordVariable }
                : new KeyOptions { Variable = KeySource.KeyVariable };
            var options = new SolverOptions
            {
                NodeUrl = session.RpcAddress(parsed),
                DeploymentFile = session.DeploymentPath(parsed),
                StoreFile = parsed.GetRequiredValue(store),
                Roles = [SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Keeper],
                Keeper = new KeeperOptions
                {
                    Key = key,
                    BidderAccount = (long)parsed.GetValue(bidder),
                    MinimumProfitE8 = FixedPointText.ParseE8(parsed.GetRequiredValue(profit), "least profit"),
                    DryRun = parsed.GetValue(dryRun),
                },
            };
            await SolverCommand.RunAsync(options, cancellationToken);
            return 0;
        });
        return command;
    }
}
