using System.Collections.Immutable;
using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Policies;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Markets;
using BookAccount = OnchainMargin.Protocol.Book.BookAccount;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin params check</c>: whom a change of parameters would make liquidatable, at live prices, and where attesters' corridor would reach beyond the coupled bound, before anybody proposes it.</summary>
internal static class ParamsCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "The change: initialFactorE8, underlyings, tokens, clearing, interest, oracle, liquidation, surfaces, each only where something changes (JSON)." };
        Option<bool> json = CommonOptions.Json();
        var check = new Command("check", "List the accounts that a change of parameters would make liquidatable at live prices, and by how much.") { file, json };
        SessionOptions options = SessionOptions.AddTo(check, signs: false);
        check.SetAction(async (parsed, cancellationToken) =>
        {
            var proposal = ParameterProposal.Read(parsed.GetRequiredValue(file));
            using ProtocolSession session = await options.OpenAsync(parsed, cancellationToken);
            ProtocolBook book = await session.Client.ReplayAsync(cancellationToken);
            var block = BlockTag.Number(book.BlockNumber);
            CheckpointInputs inputs = await session.Client.GetLiveInputsAsync(block, cancellationToken);
            var names = new InstrumentNames(session.Deployment);
            var underlyings = book.Parameters.Underlyings.Keys.ToDictionary(static underlying => underlying, names.Underlying);
            var tokens = book.Tokens.Keys.ToDictionary(static token => token, names.Token);
            BookParameters proposed = proposal.Targets(book.Parameters, underlyings, tokens);
            proposal.RequireTaken(proposed, book.SurfaceParameters);
            Checkpoint after = proposal.Apply(inputs.Checkpoint, book.Parameters, underlyings, tokens, await TotalsAsync(session, tokens.Keys, block, cancellationToken));
            IReadOnlyList<string> corridors = CorridorRoom.Beyond(book.Steps, proposed, underlyings);
            BookAccount[] accounts = [.. book.Accounts.Values.Where(static account => account.OpenLot == 0)];
            IReadOnlyList<Impact> hurt = ImpactCheck.MadeLiquidatable(
                inputs.Checkpoint, after, [.. accounts.Select(account => AccountTouch.Touched(account, book, inputs.Checkpoint.Header))]);
            Write(parsed.InvocationConfiguration.Output, book, accounts, hurt, corridors, parsed.GetValue(json));
            return 0;
        });
        return new Command("params", "Look at parameters before they change.") { check };
    }

    private static async Task<IReadOnlyDictionary<ushort, Int128>> TotalsAsync(ProtocolSession session, IEnumerable<ushort> tokens, BlockTag block, CancellationToken cancellationToken)
    {
        var totals = ImmutableDictionary.CreateBuilder<ushort, Int128>();
        foreach (ushort token in tokens)
        {
            UInt128 totalE8 = await session.Client.Node.CallAsync(session.Deployment.Contracts.PriceHub, new PriceHub.SmoothedTotalE8Call(token), block, cancellationToken: cancellationToken);
            totals.Add(token, (Int128)totalE8);
        }

        return totals.ToImmutable();
    }

    private static void Write(TextWriter output, ProtocolBook book, BookAccount[] accounts, IReadOnlyList<Impact> hurt, IReadOnlyList<string> corridors, bool isJson)
    {
        if (isJson)
        {
            Reply.WriteJson(output, new
            {
                block = book.BlockNumber,
                accounts = accounts.Length,
                madeLiquidatable = hurt.Select(impact => new
                {
                    id = accounts[impact.Account].Id,
                    equity = MoneyText.E8(impact.EquityE8),
                    maintenanceBefore = MoneyText.E8(impact.BeforeE8),
                    maintenanceAfter = MoneyText.E8(impact.AfterE8),
                    shortfall = MoneyText.E8(impact.AfterE8 - impact.EquityE8),
                }),
                corridors,
            });
            return;
        }

        output.WriteLine(hurt.Count == 0
            ? $"None of {accounts.Length} accounts would become liquidatable."
            : $"{hurt.Count} of {accounts.Length} accounts would become liquidatable:");
        if (hurt.Count > 0)
        {
            Reply.WriteTable(
                output,
                ["account", "equity", "maintenance now", "after", "short by"],
                [.. hurt.Select(impact => (string[])
                [
                    $"{accounts[impact.Account].Id}", MoneyText.E8(impact.EquityE8), MoneyText.E8(impact.BeforeE8), MoneyText.E8(impact.AfterE8), MoneyText.E8(impact.AfterE8 - impact.EquityE8),
                ])]);
        }

        foreach (string sentence in corridors)
        {
            output.WriteLine(sentence);
        }
    }
}
