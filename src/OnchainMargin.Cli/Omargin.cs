using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using OnchainMargin.Cli.Backtests;
using OnchainMargin.Cli.Cascades;
using OnchainMargin.Cli.Commands;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Policies;
using OnchainMargin.Cli.Risk;
using OnchainMargin.Cli.Surfaces;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Models.Data;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Cli;

/// <summary>The command line: what there is, and how what goes wrong is told.</summary>
internal static partial class Omargin
{
    /// <summary>What the exit codes mean, as the help says it.</summary>
    internal const string ExitCodes = "Exit codes: 0 done; 1 failed, with one sentence on standard error; 2 the command line was not understood; 130 stopped before it was done.";

    private const int Failed = 1;
    private const int Misused = 2;
    private const int Cancelled = 130;

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code, see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter? output = null, TextWriter? error = null)
    {
        output ??= Console.Out;
        error ??= Console.Error;
        ParseResult parsed = Root().Parse(arguments);
        // What a shell asks to complete is no whole command line yet.
        bool isCompletion = arguments is [var first, ..] && first.StartsWith("[suggest", StringComparison.Ordinal);
        if (parsed.Errors.Count > 0 && !isCompletion)
        {
            string what = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is not known here" : Misuse(parsed.Errors[0].Message);
            await error.WriteLineAsync($"{Terminal.Bad(error, "error:")} {Sentence(what)} See `omargin{PathOf(parsed)} --help`.");
            return Misused;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync($"{Terminal.Bad(error, "error:")} stopped before it was done.");
            return Cancelled;
        }
        catch (IOException exception)
        {
            // Files of the user's say so themselves: this is the output, or a file of ours.
            await error.WriteLineAsync($"{Terminal.Bad(error, "error:")} Something could not be read or written ({exception.Message.TrimEnd('.')}): check the free space and the permissions.");
            return Failed;
        }
        catch (Exception exception) when (exception is CliException or DeploymentException or ProtocolException or EthereumException or SolverOptionsException or StoreException or DataFileException)
        {
            await error.WriteLineAsync($"{Terminal.Bad(error, "error:")} {Sentence(exception is RevertException refused ? Refusals.Sentence(refused.Reason) : exception.Message)}");
            return Failed;
        }
    }

    private static RootCommand Root() => new($"OnchainMargin: portfolio margin that anyone can check on chain.\n\nBegin with `omargin margin --book FILE` (no chain needed) or `omargin doctor` (is everything in place?). Keys come from a file or {Chain.KeySource.KeyVariable}, never from the command line. {ExitCodes}")
    {
        DeployCommand.Create(),
        AccountCommand.Create(),
        DepositCommand.Create(),
        WithdrawCommand.Create(),
        EngageCommand.Create(),
        ClaimCommand.Create(),
        CoverCommand.Create(),
        FinishCommand.Create(),
        WindDownCommand.Create(),
        OrderCommand.Create(),
        HealthCommand.Create(),
        MarginCommand.Create(),
        ProposeCommand.Create(),
        ParamsCommand.Create(),
        RiskCommand.Create(),
        CascadeCommand.Create(),
        SurfaceCommand.Create(),
        BacktestCommand.Create(),
        AttesterCommand.Create(),
        SolverCommand.Create(),
        KeeperCommand.Create(),
        DoctorCommand.Create(),
        CompletionCommand.Create(),
        DemoCommand.Create(),
    };

    /// <summary>What the library says of a command line; of a word that is no number without the name of a type.</summary>
    private static string Misuse(string message) => NoNumber().Match(message) is { Success: true } found
        ? $"{(found.Groups["option"].Success ? $"The {found.Groups["option"].Value} " : "")}'{found.Groups["word"].Value}' is not understood: give {(message.Contains("Double", StringComparison.Ordinal) ? "a number" : "a whole number in its range")}"
        : message;

    [GeneratedRegex("^Cannot parse argument '(?<word>.*)' for (command '.*'|option '(?<option>.*)') as expected type '.*'", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex NoNumber();

    private static string PathOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (CommandResult? result = parsed.CommandResult; result is { Command: not RootCommand }; result = result.Parent as CommandResult)
        {
            names.Push($" {result.Command.Name}");
        }

        return string.Concat(names);
    }

    private static string Sentence(string message)
    {
        string text = message.ReplaceLineEndings(" ").Trim();
        return text.EndsWith('.') ? text : $"{text}.";
    }
}
