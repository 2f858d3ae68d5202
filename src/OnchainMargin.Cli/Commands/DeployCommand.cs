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
        Option<bool> json = CommonOptions.Json();
        var command = new Command("deploy", "Create and connect the contracts, and write where they are.") { rpc, keyFile, plan, artifacts, target, replace, attesters, threshold, json };
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
            using var connection = new NodeConnection(parsed.GetRequiredValue(rpc));
            using TransactionSender sender = connection.Sender(key);
            TextWriter output = parsed.InvocationConfiguration.Output;
            var deployer = new ProtocolDeployer(connection.Node, sender, new ArtifactFolder(parsed.GetRequiredValue(artifacts)));
            DeploymentRecord deployment = await deployer.DeployAsync(wanted, parsed.GetValue(json) ? static _ => { } : output.WriteLine, cancellationToken);
            DeploymentFile.Write(path, deployment);
            Reply.WriteResult(output, parsed.GetValue(json), ("deployment", path), ("chain", $"{deployment.ChainId}"), ("clearinghouse", deployment.Contracts.Clearinghouse.ToString()));
            return 0;
        });
        return command;
    }
}
