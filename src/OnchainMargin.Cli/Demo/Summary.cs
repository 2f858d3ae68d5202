using System.Globalization;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Cli.Demo;

/// <summary>What the demo did and whether everything held.</summary>
internal static class Summary
{
    /// <summary>What the demo claims, and whether it held.</summary>
    public static async Task<IReadOnlyList<Check>> CheckAsync(ProtocolClient client, DemoStatus last, ReplayRecord record, CorruptQuorum corrupt, CancellationToken cancellationToken) =>
        [.. Checks(last, record), .. corrupt.Checks, .. await Conservation.CheckAsync(client, last.Book, cancellationToken)];

    /// <summary>Writes the summary.</summary>
    public static void Write(TextWriter output, DemoStatus last, ReplayRecord record, CorruptQuorum corrupt, IReadOnlyList<Check> checks)
    {
        ProtocolBook book = last.Book;
        output.WriteLine();
        output.WriteLine("Every account at the end: what the C# engine computes, beside the referee's figure on chain");
        WriteFigures(output, last);
        output.WriteLine();
        output.WriteLine($"Liquidations: {record.Liquidations.Count}");
        WriteLiquidations(output, book, record);
        output.WriteLine();
        output.WriteLine("A quorum that lied");
        foreach (string sentence in corrupt.Story)
        {
            output.WriteLine($"  {sentence}");
        }

        output.WriteLine();
        UInt128 insured = book.Lots.Values.Aggregate(UInt128.Zero, (sum, lot) => sum + lot.InsuredE8);
        Reply.WriteFacts(
            output,
            ("accounts opened", $"{book.Accounts.Count}"),
            ("checkpoints", $"{book.LatestCheckpoint?.Id ?? 0}"),
            ("epochs posted", $"{book.LatestEpoch?.Epoch ?? 0}, each with {book.LatestEpoch?.Signatures ?? 0} of {book.Attesters.Count} attesters' signatures"),
            ("blocks", $"{book.BlockNumber}"),
            ("insurance used", $"{Money.Cents((Int128)insured)} of {Money.Cents((Int128)(book.Ledger.InsuranceE8 + insured))}"),
            ("deficit", Money.Cents((Int128)book.Ledger.DeficitE8)));
        output.WriteLine();
        foreach (Check check in checks)
        {
            output.WriteLine($"{(check.Holds ? "held  " : "FAILED")}  {check.Claim}: {check.Detail}");
        }

        foreach (string mismatch in record.Mismatches.Take(20))
        {
            output.WriteLine($"        {mismatch}");
        }
    }

    /// <summary>Writes the same for programs: money in decimals, exactly, as text.</summary>
    public static void WriteJson(TextWriter output, DemoStatus last, ReplayRecord record, IReadOnlyList<Check> checks) => Reply.WriteJson(output, new
    {
        held = checks.All(static check => check.Holds),
        checks = checks.Select(static check => new { check.Claim, check.Holds, check.Detail }),
        mismatches = record.Mismatches,
        accounts = last.Accounts.Select((account, i) => new
        {
            account.Number,
            account.Trader.Name,
            State = last.StateOf(i),
            Engine = Figures(last.Healths[i], static figure => figure.Engine),
            Referee = Figures(last.Healths[i], static figure => figure.Referee),
        }),
        liquidations = record.Liquidations.Select(item => new
        {
            item.Lot,
            Account = item.Account.Number,
            Time = item.Time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            item.UnderWaterSince,
            item.StartedInBlock,
            Sold = Exact(last.Book.Lots[item.Lot].SoldE8),
            last.Book.Lots[item.Lot].Bids,
            Proceeds = Exact((Int128)last.Book.Lots[item.Lot].ProceedsE8),
            Insured = Exact((Int128)last.Book.Lots[item.Lot].InsuredE8),
        }),
    });

    private static Dictionary<string, string> Figures(AccountHealth health, Func<(string Name, Int128 Engine, Int128 Referee), Int128> side) =>
        health.Figures().ToDictionary(static figure => figure.Name, figure => Exact(side(figure)), StringComparer.Ordinal);

    private static string Exact(Int128 valueE8) => FixedPointText.Format(valueE8, FixedPointText.E8);

    private static void WriteFigures(TextWriter output, DemoStatus last)
    {
        var rows = new List<IReadOnlyList<string>>();
        for (int i = 0; i < last.Accounts.Count; i++)
        {
            AccountHealth health = last.Healths[i];
            rows.Add(
            [
                last.Accounts[i].Trader.Name,
                Money.Cents(health.Engine.EquityE8),
                Money.Cents(health.Referee.EquityE8),
                Money.Cents(health.Engine.MaintenanceE8),
                Money.Cents(health.Referee.MaintenanceE8),
                Money.Cents(health.Engine.InitialE8),
                Money.Cents(health.Referee.InitialE8),
                Money.Ratio(health.RatioBps),
                last.StateOf(i),
            ]);
        }

        Reply.WriteTable(output, ["account", "equity C#", "on chain", "maintenance C#", "on chain", "initial C#", "on chain", "health", "state"], rows);
    }

    private static void WriteLiquidations(TextWriter output, ProtocolBook book, ReplayRecord record)
    {
        if (record.Liquidations.Count == 0)
        {
            return;
        }

        Reply.WriteTable(output, ["lot", "account", "time", "under water in block", "proved in block", "blocks later", "sold %", "bids", "paid by bidders", "insurance"], [.. record.Liquidations.Select(item =>
        {
            BookLot lot = book.Lots[item.Lot];
            return (IReadOnlyList<string>)
            [
                $"{item.Lot}",
                item.Account.Trader.Name,
                $"{item.Time:yyyy-MM-dd HH:mm}",
                $"{item.UnderWaterSince}",
                $"{item.StartedInBlock}",
                $"{item.LatencyBlocks}",
                $"{lot.SoldE8 / 1_000_000}",
                $"{lot.Bids}",
                Money.Cents((Int128)lot.ProceedsE8),
                Money.Cents((Int128)lot.InsuredE8),
            ];
        })]);
    }

    private static IEnumerable<Check> Checks(DemoStatus last, ReplayRecord record)
    {
        ProtocolBook book = last.Book;
        yield return new Check("the engine and the referee on chain agree", record.Mismatches.Count == 0, $"{record.FiguresCompared} figures compared, {record.Mismatches.Count} differ");
        yield return new Check("each account is open", book.Accounts.Count == DemoTraders.All.Count, $"{book.Accounts.Count} of {DemoTraders.All.Count}");
        yield return new Check("each price was attested", book.LatestEpoch?.Epoch >= (ulong)last.Steps, $"{book.LatestEpoch?.Epoch ?? 0} epochs for {last.Steps} prices");
        int surfaces = book.Surfaces.Count(one => one.Key.Expiry > book.BlockTimeSeconds);
        int options = book.Accounts.Values.SelectMany(account => account.State.Positions).Count(position => position.Instrument.Kind is InstrumentKind.Call or InstrumentKind.Put);
        yield return new Check("the attesters list expiries, and options are held", surfaces > 0 && options > 0, $"{surfaces} expiries with a surface, {options} option positions");
        yield return new Check("the crash liquidated somebody", record.Liquidations.Count > 0, $"{record.Liquidations.Count} lots");
        yield return new Check("every lot has ended", !book.OpenLots.Any(), $"{book.OpenLots.Count()} open");
        yield return new Check("nobody is under water", !last.Healths.Any(health => health.IsUnderWater), $"{last.Healths.Count(health => health.IsUnderWater)} accounts");
        List<string> hedged = [.. record.Liquidations.Where(item => item.Account.Trader.Survives).Select(item => item.Account.Trader.Name)];
        yield return new Check("no account that was built to survive was liquidated", hedged.Count == 0, hedged.Count == 0 ? "none" : string.Join(", ", hedged));
        yield return new Check("nothing is left unpaid", book.Ledger.DeficitE8 == 0, $"deficit {Money.Cents((Int128)book.Ledger.DeficitE8)}");
    }
}
