using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin keeper run</c>: a solver that only liquidates.</summary>
internal static class KeeperCommand
{
    private const string DefaultProfit = "1";
    private static readonly KeeperOptions Defaults = new();

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("keeper", "Prove accounts under water and bid for their lots.") { Run() };

    private static Command Run()
    {
        Option<ulong> bidder = new("--account") { Description = "The margin account that takes what is bought; 0 to prove and start auctions without bidding.", HelpName = "number" };
        Option<string> profit = new("--min-profit") { Description = "The least profit of a bid in dollars, after gas and hedging.", HelpName = "dollars", DefaultValueFactory = _ => DefaultProfit };
        Option<string> store = new("--store") { Description = "The file of the embedded store.", HelpName = "file", DefaultValueFactory = _ => "keeper.db" };
        Option<string?> server = CommonOptions.StoreServer();
        Option<string> inventory = new("--inventory") { Description = "The largest notional in dollars that the account may hold after a bid.", HelpName = "dollars", DefaultValueFactory = _ => FixedPointText.Format(Defaults.InventoryLimitE8, FixedPointText.E8) };
        Option<string> duty = new("--duty-cost") { Description = "The most in dollars that the gas of a start, an end or a settlement may cost, or a twentieth of what is at stake with it where that is more.", HelpName = "dollars", DefaultValueFactory = _ => FixedPointText.Format(Defaults.DutyCostE8, FixedPointText.E8) };
        Option<int> gas = new("--max-gas") { Description = "The most that is ever offered for a unit of gas, in gwei.", HelpName = "gwei", DefaultValueFactory = _ => new TransactionOptions().MaxFeePerGasGwei };
        Option<string[]> nodes = new("--also-rpc") { Description = "A further node of the same chain: reads go on there when the first fails, transactions go to all. May be given several times.", HelpName = "url" };
        Option<string?> socket = new("--ws") { Description = "The node's WebSocket address: the keeper then wakes at each block instead of polling.", HelpName = "url" };
        Option<string?> relay = new("--private-relay") { Description = "A private relay that gets starts and bids first.", HelpName = "url" };
        Option<string?> depth = new("--depth") { Description = "A folder of order-book snapshots (BTC.csv with side,price,qty) from which the slippage of hedges is taken.", HelpName = "folder" };
        Option<bool> json = new("--json") { Description = "Log one JSON object a line, for programs." };
        Option<bool> dryRun = new("--dry-run") { Description = $"Decide and log, but send nothing, of what an earlier run left either. Environment: {SolverOptions.EnvironmentPrefix}KEEPER__DRYRUN=true." };
        var command = new Command("run", "Run until Ctrl-C. One line a decision says why it bid or did not; docs/guides/keeper.md explains the figures.") { bidder, profit, inventory, duty, gas, depth, nodes, socket, relay, store, server, dryRun, json };
        SessionOptions session = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ulong number = parsed.GetValue(bidder);
            if (number > long.MaxValue)
            {
                throw new CliException($"The --account {number} is too large: give the number of your account, or 0 to bid on nothing.");
            }

            long profitE8 = AmountText.ParseUnsignedE8(parsed.GetRequiredValue(profit), "least profit (--min-profit)");
            long inventoryE8 = AmountText.ParseUnsignedE8(parsed.GetRequiredValue(inventory), "inventory limit (--inventory)");
            long dutyE8 = AmountText.ParseUnsignedE8(parsed.GetRequiredValue(duty), "cost of a duty (--duty-cost)");
            using (session.Key(parsed))
            {
                // Read once here, so that what is wrong with it is said in this command's words.
            }

            KeyOptions key = session.KeyFile(parsed) is { } file
                ? new KeyOptions { File = file, PasswordVariable = KeySource.PasswordVariable }
                : new KeyOptions { Variable = KeySource.KeyVariable };

            // What has no option here is read as `solver run` reads it: a variable that says dry run must not be passed over.
            var common = SolverOptions.Load(file: null);
            SolverOptions options = common with
            {
                NodeUrl = session.RpcAddress(parsed),
                NodeUrls = parsed.GetValue(nodes) ?? [],
                NodeWebSocketUrl = parsed.GetValue(socket) ?? "",
                Transactions = common.Transactions with { MaxFeePerGasGwei = parsed.GetValue(gas), PrivateRelayUrl = parsed.GetValue(relay) ?? "" },
                DeploymentFile = session.DeploymentPath(parsed),
                StoreFile = parsed.GetRequiredValue(store),
                StoreServer = parsed.GetValue(server) ?? "",
                Roles = [SolverRoles.Indexer, SolverRoles.Risk, SolverRoles.Keeper],
                Keeper = common.Keeper with
                {
                    Key = key,
                    BidderAccount = (long)number,
                    MinimumProfitE8 = profitE8,
                    InventoryLimitE8 = inventoryE8,
                    DutyCostE8 = dutyE8,
                    DepthFolder = parsed.GetValue(depth) ?? "",
                    DryRun = parsed.GetValue(dryRun) || common.Keeper.DryRun,
                },
            };
            await SolverCommand.RunAsync(options, parsed.GetValue(json), cancellationToken);
            return 0;
        });
        return command;
    }
}
