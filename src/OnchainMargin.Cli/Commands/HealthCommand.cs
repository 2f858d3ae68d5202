using System.CommandLine;
using System.Numerics;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin health</c>: an account's figures at live prices, from the engine and from the referee on chain.</summary>
internal static class HealthCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<ulong?> number = new("account") { Description = "The account's number. Without it: all accounts.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("health", "Compute accounts at live prices, here and on chain; fails when the two differ.") { number, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ProtocolSession session = await options.OpenAsync(parsed, cancellationToken);
            ProtocolBook book = await session.Client.ReplayAsync(cancellationToken);
            var block = BlockTag.Number(book.BlockNumber);
            CheckpointInputs inputs = await session.Client.GetLiveInputsAsync(block, cancellationToken);
            IEnumerable<BookAccount> asked = parsed.GetValue(number) is { } wanted ? [ProtocolSession.Account(book, wanted)] : book.Accounts.Values;
            BookAccount[] accounts = [.. asked.Select(account => LotRest.Of(account, book, inputs))];
            IReadOnlyList<AccountHealth> healths = await HealthReader.ComputeAsync(session.Client, accounts, inputs, block, cancellationToken);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                Reply.WriteJson(output, new { block = book.BlockNumber, accounts = healths.Select(Json) });
            }
            else
            {
                Reply.WriteTable(output, ["account", "equity", "maintenance", "initial", "health", "referee agrees"], [.. healths.Select(Row)]);
            }

            return healths.All(health => health.Agrees)
                ? 0
                : throw new CliException("The referee on chain gives other figures than the engine: keep the output and report it; no figure of this deployment is to be trusted meanwhile.");
        });
        return command;
    }

    private static IReadOnlyList<string> Row(AccountHealth health) =>
    [
        $"{health.Account}",
        Money(health.Engine.EquityE8),
        Money(health.Engine.MaintenanceE8),
        Money(health.Engine.InitialE8),
        health.RatioBps is { } ratio ? FixedPointText.Short((BigInteger)ratio, 4, 2) : string.Empty,
        health.Agrees ? "yes" : "NO",
    ];

    private static object Json(AccountHealth health) => new
    {
        account = health.Account,
        agrees = health.Agrees,
        figures = health.Figures().ToDictionary(
            figure => figure.Name,
            figure => new { engine = FixedPointText.Format((BigInteger)figure.Engine, FixedPointText.E8), referee = FixedPointText.Format((BigInteger)figure.Referee, FixedPointText.E8) },
            StringComparer.Ordinal),
    };

    private static string Money(Int128 value) => FixedPointText.Short((BigInteger)value, FixedPointText.E8, 2);
}
