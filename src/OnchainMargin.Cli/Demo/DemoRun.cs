using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Demo;

/// <summary>The demo from an empty machine to its summary.</summary>
/// <param name="options">How.</param>
/// <param name="output">What people read.</param>
/// <param name="json">Where the summary goes for programs; null for nowhere.</param>
/// <param name="view">The replay as it goes.</param>
internal sealed class DemoRun(DemoOptions options, TextWriter output, TextWriter? json, IDemoView view)
{
    private const string Deployer = "deployer";
    private const ulong KeeperAccount = 2;

    /// <summary>Runs the demo.</summary>
    /// <returns>The exit code: 0 when everything held.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Directory);
        await using FileStream folder = Hold(options.Directory);
        Ports.RequireFree(options.ApiPort, "the solver's API", "--api-port");
        Ports.RequireFree(options.NodePort, "the Hardhat node", "--node-port");
        foreach (string left in Directory.GetFiles(options.Directory, "solver.db*"))
        {
            File.Delete(left);
        }

        output.WriteLine($"Starting a Hardhat node on port {options.NodePort}");
        await using LocalNode node = await LocalNode.StartAsync(options.Directory, options.NodePort, cancellationToken);
        string deploymentFile = Path.Combine(options.Directory, "deployment.json");
        output.WriteLine("Deploying the contracts");
        await DeployAsync(node, deploymentFile, cancellationToken);
        output.WriteLine($"Starting the solver, with its API on port {options.ApiPort}");
        await using ChildProcess solver = SolverProcess.Start(options, node.Address, deploymentFile, KeeperAccount);
        using var key = DemoKeys.Of(Deployer);
        using ProtocolSession session = await ProtocolSession.OpenAsync(node.Address, deploymentFile, key, cancellationToken);
        output.WriteLine($"Opening {DemoTraders.All.Count} accounts and replaying 28 January to 12 February 2026");
        var follower = new BookFollower(session.Client);
        Replay? replay = null;
        CorruptQuorum? corrupt = null;
        Check? withdrawal = null;
        await view.RunAsync(async () =>
        {
            IReadOnlyList<DemoAccount> accounts = await new DemoMarket(node, session).FillAsync(view.Tell, cancellationToken);
            replay = new Replay(node, session.Client, follower, accounts, view, solver);
            await replay.RunAsync([.. PricePath.Steps(PricePath.Snapshots(), options.Steps)], cancellationToken);
            corrupt = new CorruptQuorum(session, follower, accounts, view, solver);
            await corrupt.PlayAsync(cancellationToken);
            withdrawal = await new ProvedWithdrawal(session, $"http://127.0.0.1:{options.ApiPort}", view).PlayAsync(accounts[0], cancellationToken);
            await replay.AgainAsync(cancellationToken);
            corrupt.Finish(replay.Last!.Book);
        });
        IReadOnlyList<Check> checks = [.. await Summary.CheckAsync(session.Client, replay!.Last!, replay.Record, corrupt!, cancellationToken), withdrawal!.Value];
        bool held = checks.All(static check => check.Holds);
        Summary.Write(output, replay.Last!, replay.Record, corrupt!, checks);
        if (json is not null)
        {
            Summary.WriteJson(json, replay.Last!, replay.Record, checks);
        }

        output.WriteLine();
        output.WriteLine(held ? "All of it held." : "Not all of it held.");
        if (!options.Once)
        {
            await StayAsync(node, deploymentFile, solver, cancellationToken);
        }

        return held ? 0 : 1;
    }

    /// <summary>Holds the folder for this demo until it ends: another one would delete the store under its solver.</summary>
    internal static FileStream Hold(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new CliException($"Another demo runs in '{directory}': end it first, or name another --directory.", exception);
        }
    }

    private static async Task DeployAsync(LocalNode node, string deploymentFile, CancellationToken cancellationToken)
    {
        using var key = DemoKeys.Of(Deployer);
        await node.FundAsync(key.Address, cancellationToken);
        foreach (string name in SolverProcess.Attesters.Append(SolverProcess.Pricer).Append(SolverProcess.Watchtower))
        {
            using var other = DemoKeys.Of(name);
            await node.FundAsync(other.Address, cancellationToken);
        }

        PricePoint first = PricePath.Snapshots()[0];
        DeploymentPlan local = DeploymentPlanFile.Read(null);
        DeploymentPlan plan = local with
        {
            Attesters = [.. SolverProcess.Attesters.Select(name => DemoKeys.Of(name).Address)],
            Threshold = SolverProcess.Threshold,
            Underlyings = [.. local.Underlyings.Select(underlying => underlying with { MockPriceE8 = string.Equals(underlying.Name, "BTC", StringComparison.Ordinal) ? first.BtcE8 : first.EthE8 })],
        };
        using TransactionSender sender = node.Connection.Sender(key, LocalChain.Id);
        var deployer = new ProtocolDeployer(node.Connection.Node, sender, new ArtifactFolder("artifacts"));
        DeploymentFile.Write(deploymentFile, await deployer.DeployAsync(plan, static _ => { }, cancellationToken));
    }

    private async Task StayAsync(LocalNode node, string deploymentFile, ChildProcess solver, CancellationToken cancellationToken)
    {
        string self = "dotnet src/OnchainMargin.Cli/bin/Release/net10.0/omargin.dll";
        output.WriteLine();
        output.WriteLine("Node, solver and API stay up until Ctrl-C. To play, in another terminal and in this folder:");
        output.WriteLine($"  export OMARGIN_RPC={node.Address} OMARGIN_DEPLOYMENT={deploymentFile}");
        output.WriteLine($"  export OMARGIN_KEY={DemoKeys.Text("you")}   # a key of this chain only, with ether");
        output.WriteLine($"  {self} account open");
        output.WriteLine($"  {self} deposit {DemoTraders.All.Count + 1} USDC 10000 --mint");
        output.WriteLine($"  {self} health");
        output.WriteLine($"  {self} account list");
        output.WriteLine($"The solver's page: http://127.0.0.1:{options.ApiPort}/   logs: {solver.LogFile}");
        using (var you = DemoKeys.Of("you"))
        {
            await node.FundAsync(you.Address, cancellationToken);
        }

        await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        output.WriteLine("Stopping.");
    }
}
