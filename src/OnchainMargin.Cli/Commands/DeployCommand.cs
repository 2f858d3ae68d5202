using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin deploy</c>: creates and connects every contract, and writes where they are.</summary>
internal static class DeployCommand
{
    /// <summary>A deployment is some eighty transactions: a node that is away for a minute, or one that waits for cheaper gas, must not be the end of what the others cost.</summary>
    private const int PatientRetries = 8;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> rpc = CommonOptions.Rpc();
        Option<string?> keyFile = CommonOptions.KeyFile();
        Option<string?> plan = new("--plan") { Description = "What to deploy (JSON). Without it: mock tokens and feeds for BTC and ETH, for local chains.", HelpName = "file" };
        Option<string> artifacts = new("--artifacts") { Description = "The folder of compiled contracts.", HelpName = "folder", DefaultValueFactory = _ => "artifacts" };
        Option<string> target = new("--out") { Description = "Where to write the deployment.", HelpName = "file", DefaultValueFactory = _ => "deployment.json" };
        Option<bool> replace = new("--replace") { Description = "Write over a deployment file that exists." };
        Option<string[]> attesters = new("--attester") { Description = "An attester's address; may be given several times. Without any: those of the plan, or the deployer.", HelpName = "address" };
        Option<int?> threshold = new("--threshold") { Description = "How many attesters must sign.", HelpName = "count" };
        Option<bool> mocks = new("--mocks") { Description = "Allow on any chain what only local ones do: a plan without addresses, feeds, governance or caps, whose tokens anyone mints and whose prices anyone sets." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("deploy", "Create and connect the contracts, and write where they are.") { rpc, keyFile, plan, artifacts, target, replace, attesters, threshold, mocks, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(target);
            if (File.Exists(path) && !parsed.GetValue(replace))
            {
                throw new CliException($"The file '{path}' exists: name another with --out, or give --replace.");
            }

            DeploymentPlan wanted = DeploymentPlanFile.Read(parsed.GetValue(plan));
            if (parsed.GetValue(attesters) is { Length: > 0 } named)
            {
                wanted = wanted with { Attesters = [.. named.Select(text => Address.Parse(text))] };
            }

            wanted = wanted with { Threshold = parsed.GetValue(threshold) ?? wanted.Threshold };
            using PrivateKey key = KeySource.Read(parsed.GetValue(keyFile));
            string address = parsed.GetRequiredValue(rpc);
            using var draft = new DeploymentDraft(path);
            ulong chain = await ChainOfAsync(address, cancellationToken);
            using var connection = new NodeConnection(address, PatientRetries);
            using TransactionSender sender = connection.Sender(key, chain, LongestWait);
            TextWriter output = parsed.InvocationConfiguration.Output;
            TextWriter progress = parsed.GetValue(json) ? parsed.InvocationConfiguration.Error : output;
            var deployer = new ProtocolDeployer(connection.Node, sender, new ArtifactFolder(parsed.GetRequiredValue(artifacts))) { AllowsMocks = parsed.GetValue(mocks), Keep = deployed => Write(draft, deployed, output) };
            DeploymentRecord deployment = await deployer.DeployAsync(wanted, progress.WriteLine, cancellationToken);
            Reply.WriteResult(output, parsed.GetValue(json), ("deployment", path), ("chain", $"{deployment.ChainId}"), ("clearinghouse", deployment.Contracts.Clearinghouse.ToString()));
            return 0;
        });
        return command;
    }

    /// <summary>Asked without patience: nothing is lost yet, and a wrong address should be told at once.</summary>
    private static async Task<ulong> ChainOfAsync(string address, CancellationToken cancellationToken)
    {
        using var connection = new NodeConnection(address);
        return await connection.Node.GetChainIdAsync(cancellationToken);
    }

    /// <summary>What is paid for is told, wherever it can be.</summary>
    private static void Write(DeploymentDraft draft, DeploymentRecord deployment, TextWriter output)
    {
        try
        {
            draft.Write(deployment);
        }
        catch (DeploymentException)
        {
            output.WriteLine(DeploymentFile.Text(deployment));
            throw;
        }
    }
}
