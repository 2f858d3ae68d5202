using System.CommandLine;
using System.CommandLine.Parsing;
using OnchainMargin.Cli.Backtests;
using OnchainMargin.Cli.Cascades;
using OnchainMargin.Cli.Commands;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Policies;
using OnchainMargin.Cli.Risk;
using OnchainMargin.Cli.Surfaces;
using OnchainMargin.Ethereum;
using OnchainMargin.Models.Data;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Cli;

/// <summary>The command line: what there is, and how what goes wrong is told.</summary>
internal static class Omargin
{
    private const int Failed = 1;
    private const int Misused = 2;
    private const int Cancelled = 130;

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code: 0 done, 1 failed, 2 not understood.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter? output = null, TextWriter? error = null)
    {
        output ??= Console.Out;
        error ??= Console.Error;
        ParseResult parsed = Root().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            string what = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is not known here" : parsed.Errors[0].Message;
            await error.WriteLineAsync($"error: {Sentence(what)} See `omargin{PathOf(parsed)} --help`.");
            return Misused;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("error: stopped before it was done.");
            return Cancelled;
        }
        catch (Exception exception) when (exception is CliException or DeploymentException or ProtocolException or EthereumException or SolverOptionsException or StoreException or DataFileException)
        {
            await error.WriteLineAsync($"error: {Sentence(exception.Message)}");
            return Failed;
        }
    }

    private static RootCommand Root() => new("OnchainMargin: portfolio margin that anyone can check on chain.")
    {
        DeployCommand.Create(),
        AccountCommand.Create(),
        DepositCommand.Create(),
        WithdrawCommand.Create(),
        OrderCommand.Create(),
        HealthCommand.Create(),
        MarginCommand.Create(),
        ProposeCommand.Create(),
        ParamsCommand.Create(),
        RiskCommand.Create(),
        CascadeCommand.Create(),
        SurfaceCommand.Create(),
        BacktestCommand.Create(),
        SolverCommand.Create(),
        KeeperCommand.Create(),
        DemoCommand.Create(),
    };

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
