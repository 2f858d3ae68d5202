using System.CommandLine;
using OnchainMargin.Cli.Demo;
using Spectre.Console;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin demo</c>: the whole system on this machine.</summary>
internal static class DemoCommand
{
    private const int DefaultSteps = 1;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<bool> once = new("--once") { Description = "End after the summary; the exit code says whether everything held." };
        Option<string> directory = new("--directory") { Description = "Where the deployment, the store and the logs go.", HelpName = "folder", DefaultValueFactory = _ => Path.Combine(".run", "demo") };
        Option<int> nodePort = new("--node-port") { Description = "The port of the Hardhat node.", HelpName = "port", DefaultValueFactory = _ => 8545 };
        Option<int> apiPort = new("--api-port") { Description = "The port of the solver's API.", HelpName = "port", DefaultValueFactory = _ => 8600 };
        Option<int> steps = new("--steps") { Description = "Prices from one snapshot of the table to the next.", HelpName = "count", DefaultValueFactory = _ => DefaultSteps };
        Option<bool> plain = new("--plain") { Description = "Plain lines even on a terminal." };
        Option<bool> json = new("--json") { Description = "Write the summary as JSON for programs, and all that people read to the error stream." };
        var command = new Command("demo", "A node, the contracts, the solver, sixteen accounts, and the crash of February 2026. Run it by scripts/demo.sh, which builds first.")
        {
            once, directory, nodePort, apiPort, steps, plain, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new DemoOptions(
                parsed.GetValue(once),
                parsed.GetRequiredValue(directory) is { Length: > 0 } folder ? folder : throw new CliException("The --directory is empty: name a folder."),
                Port(parsed.GetValue(nodePort), "--node-port"),
                Port(parsed.GetValue(apiPort), "--api-port"),
                InRange(parsed.GetValue(steps), 1, 100, "--steps"),
                parsed.GetValue(plain));
            TextWriter? reply = parsed.GetValue(json) ? parsed.InvocationConfiguration.Output : null;
            TextWriter output = reply is null ? parsed.InvocationConfiguration.Output : parsed.InvocationConfiguration.Error;
            bool isLive = !options.Plain && reply is null && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;
            IDemoView view = isLive ? new LiveView(AnsiConsole.Console) : new PlainView(output, options.Steps);
            return await new DemoRun(options, output, reply, view).RunAsync(cancellationToken);
        });
        return command;
    }

    private static int Port(int port, string option) => InRange(port, 1, 65_535, option);

    private static int InRange(int value, int least, int most, string option) =>
        value >= least && value <= most ? value : throw new CliException($"The value {value} of {option} is out of range: give {least} to {most}.");
}
