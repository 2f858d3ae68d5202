using System.CommandLine;
using OnchainMargin.Cli.Doctor;
using OnchainMargin.Cli.Text;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin doctor</c>: is everything in place that the other commands need?</summary>
internal static class DoctorCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> store = new("--store") { Description = "The store of a solver or keeper, to see whether it belongs here and how far it is.", HelpName = "file" };
        Option<string?> server = CommonOptions.StoreServer();
        Option<string?> api = new("--api") { Description = "The API of a solver, to see whether it is ready.", HelpName = "url" };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("doctor", "Check the node, its clock, the contracts, prices, attesters, the key, a store and a solver; fails when one of them does not work.") { store, server, api, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var checkup = new Checkup(options.RpcAddress(parsed), options.DeploymentPath(parsed), options.KeyFile(parsed), parsed.GetValue(store), parsed.GetValue(server), parsed.GetValue(api), TimeProvider.System);
            IReadOnlyList<Finding> findings = await checkup.RunAsync(cancellationToken);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                Reply.WriteJson(output, new { isWell = findings.All(static finding => finding.State != FindingState.Failed), checks = findings.Select(static finding => new { finding.Check, state = finding.State.ToString(), finding.Text }) });
            }
            else
            {
                Write(output, findings);
            }

            Finding[] failed = [.. findings.Where(static finding => finding.State == FindingState.Failed)];
            return failed.Length == 0
                ? 0
                : throw new CliException($"{failed.Length} of {findings.Count} checks failed ({string.Join(", ", failed.Select(static finding => finding.Check))}): do what the lines above say.");
        });
        return command;
    }

    private static void Write(TextWriter output, IReadOnlyList<Finding> findings)
    {
        int width = findings.Max(static finding => finding.Check.Length);
        foreach (Finding finding in findings)
        {
            string mark = finding.State switch
            {
                FindingState.Well => Terminal.Good(output, "ok     "),
                FindingState.Odd => Terminal.Odd(output, "look   "),
                FindingState.Failed => Terminal.Bad(output, "FAILED "),
                _ => "skipped",
            };
            output.WriteLine($"{mark}  {finding.Check.PadRight(width)}  {finding.Text}");
        }
    }
}
