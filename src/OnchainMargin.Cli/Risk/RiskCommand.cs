using System.CommandLine;
using System.Globalization;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Text;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Portfolios;
using OnchainMargin.Models.Simulation;

namespace OnchainMargin.Cli.Risk;

/// <summary><c>omargin risk</c>: value at risk and expected shortfall of every account of a book by full revaluation, beside its margin.</summary>
internal static class RiskCommand
{
    private const double HourYears = 1.0 / 8760;
    private const int MostScenarios = 1_000_000;
    private const int MostHours = 24 * 30;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var book = new Option<string>("--book") { Description = "The book file: time, underlyings, collateral, parameters, accounts.", Required = true };
        var prices = new Option<string[]>("--prices")
        {
            Description = "Candles of every underlying, to fit volatilities, correlation and tails to; several separated by commas. Without them: the book's own volatilities and a correlation of 0.8.",
            HelpName = "file[,file…]",
            CustomParser = r => r.Tokens.SelectMany(t => t.Value.Split(',')).ToArray(),
            DefaultValueFactory = _ => [],
        };
        var scenarios = new Option<int>("--scenarios") { Description = "Number of scenarios.", DefaultValueFactory = _ => 10_000 };
        var hours = new Option<int>("--horizon") { Description = "Horizon, hours.", DefaultValueFactory = _ => 24 };
        var level = new Option<double>("--level") { Description = "Level of value at risk and shortfall.", DefaultValueFactory = _ => 0.99 };
        var stress = new Option<double>("--stress") { Description = "Part of the way that correlations are moved towards one, 0 to 1.", DefaultValueFactory = _ => 0 };
        var seed = new Option<int>("--seed") { Description = "Seed: the same seed gives the same figures.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Reply as JSON, with the contribution of every position." };
        var command = new Command("risk", "Simulate the losses of a book's accounts: value at risk, expected shortfall, what each position adds.") { book, prices, scenarios, hours, level, stress, seed, json };
        command.SetAction((parsed, cancellation) =>
        {
            Require("--scenarios", parsed.GetValue(scenarios), 100, MostScenarios);
            Require("--horizon", parsed.GetValue(hours), 1, MostHours);
            Require("--level", parsed.GetValue(level), 0.5, 0.9999);
            Require("--stress", parsed.GetValue(stress), 0, 1);
            var read = BookFile.Read(parsed.GetValue(book)!);
            var model = Model(read, parsed.GetValue(prices)!, parsed.GetValue(stress));
            var years = parsed.GetValue(hours) * HourYears;
            var paths = MonteCarlo.Draw(model, years, parsed.GetValue(scenarios), parsed.GetValue(seed), cancellation);
            var revaluation = new Revaluation(read.Checkpoint);
            RiskPosition[][] accounts = [.. read.Accounts.Select(a => revaluation.Add(a.State, a.Balances.AsSpan()))];
            var risk = new PortfolioRisk(revaluation.Instruments, paths, years, cancellation);
            var tails = new AccountTail[accounts.Length];
            Parallel.For(0, accounts.Length, new ParallelOptions { CancellationToken = cancellation }, a => tails[a] = risk.Explain(accounts[a], parsed.GetValue(level)));
            var reports = AccountReport.OfAll(read, cancellation);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                WriteJson(output, read, model, reports, tails, [.. accounts.Select(positions => (IReadOnlyList<OptionLine>)[.. positions.Select(p => risk.Line(p.Instrument))])], parsed.GetValue(hours));
            }
            else
            {
                WriteTable(output, reports, tails);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static void Require(string option, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new CliException(string.Create(CultureInfo.InvariantCulture, $"The value {value} of {option} is out of range: give {least} to {most}."));
        }
    }

    private static MarketModel Model(Book book, string[] prices, double stress)
    {
        var names = book.Names.Underlyings;
        if (prices.Length > 0)
        {
            var files = prices.Select(PriceFile.Read).ToDictionary(f => f.Underlying, StringComparer.Ordinal);
            return ModelFit.Of([.. names.Select(n => files.TryGetValue(n, out var file) ? file : throw new CliException($"The underlying {n} of the book has no price file: add one whose name begins with {n}_ to --prices."))], stress);
        }

        return BookModel.Of(book.Checkpoint, stress);
    }

    private static void WriteTable(TextWriter output, AccountReport[] reports, AccountTail[] tails) => Reply.WriteTable(
        output,
        ["account", "value at risk", "interval", "shortfall", "interval", "maintenance", "initial", "shortfall/MM", "equity after shortfall"],
        [
            .. reports.Zip(tails, (r, t) => (string[])
            [
                r.Account.Name,
                Text($"{t.Tail.ValueAtRisk:F2}"), Text($"{t.Tail.ValueAtRiskLow:F2} to {t.Tail.ValueAtRiskHigh:F2}"),
                Text($"{t.Tail.Shortfall:F2}"), Text($"{t.Tail.ShortfallLow:F2} to {t.Tail.ShortfallHigh:F2}"),
                Text($"{Money(r.Report.Figures.MaintenanceE8):F2}"), Text($"{Money(r.Report.Figures.InitialE8):F2}"),
                r.Report.Figures.MaintenanceE8 == 0 ? "-" : Text($"{t.Tail.Shortfall / Money(r.Report.Figures.MaintenanceE8):F2}"),
                Text($"{Money(r.Report.Figures.EquityE8) - t.Tail.Shortfall:F2}"),
            ]),
        ]);

    private static void WriteJson(TextWriter output, Book book, MarketModel model, AccountReport[] reports, AccountTail[] tails, IReadOnlyList<OptionLine>[] lines, int hours) => Reply.WriteJson(output, new
    {
        horizonHours = hours,
        model = new
        {
            volatilities = book.Names.Underlyings.Zip(model.Volatilities).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal),
            correlation = model.Correlation.ToRowArrays(),
            model.CopulaDegrees,
            model.MarginDegrees,
        },
        accounts = reports.Zip(tails, lines).Select(a => new
        {
            id = a.First.Account.Id,
            level = a.Second.Tail.Level,
            valueAtRisk = new { estimate = a.Second.Tail.ValueAtRisk, low = a.Second.Tail.ValueAtRiskLow, high = a.Second.Tail.ValueAtRiskHigh },
            expectedShortfall = new { estimate = a.Second.Tail.Shortfall, low = a.Second.Tail.ShortfallLow, high = a.Second.Tail.ShortfallHigh },
            maintenanceMargin = MoneyText.E8(a.First.Report.Figures.MaintenanceE8),
            initialMargin = MoneyText.E8(a.First.Report.Figures.InitialE8),
            equity = MoneyText.E8(a.First.Report.Figures.EquityE8),
            contributions = Names(book, a.First).Zip(a.Second.Contributions, a.Third).Select(static p => new { position = p.First, value = p.Second, unit = new { value = p.Third.Value, delta = p.Third.Delta, gamma = p.Third.Gamma, vega = p.Third.Vega } }),
        }),
    });

    private static IEnumerable<string> Names(Book book, AccountReport report)
    {
        foreach (var balance in report.Account.Balances)
        {
            if (book.Checkpoint.Collaterals.First(c => c.Token == balance.Token).Underlying != 0)
            {
                yield return book.Names.Token(balance.Token);
            }
        }

        foreach (var position in report.Account.State.Positions)
        {
            yield return book.Names.Format(position.Instrument);
        }
    }

    private static double Money(Int128 valueE8) => (double)valueE8 / 1e8;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
