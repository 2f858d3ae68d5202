using System.CommandLine;
using System.Globalization;
using OnchainMargin.Cli.Backtests;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Cli.Policies;

/// <summary><c>omargin propose</c>: the next step of the parameters of a book, and whom it would make liquidatable.</summary>
internal static class ProposeCommand
{
    private const double E8 = 1e8;
    private const int HourSeconds = 3600;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var book = new Option<string>("--book") { Description = "The book file; its parameters are those in force.", Required = true };
        var prices = new Option<string[]>("--prices")
        {
            Description = "Hourly candles of underlyings of the book, up to now (CSV, .gz or not); several separated by commas.",
            HelpName = "file[,file…]",
            Required = true,
            CustomParser = r => r.Tokens.SelectMany(t => t.Value.Split(',')).ToArray(),
        };
        var funding = new Option<string[]>("--funding")
        {
            Description = "Funding of their perpetuals every eight hours, from which premiums follow and the basis charge moves; several separated by commas.",
            HelpName = "file[,file…]",
            CustomParser = r => r.Tokens.SelectMany(t => t.Value.Split(',')).ToArray(),
            DefaultValueFactory = _ => [],
        };
        var hours = new Option<int>("--hours") { Description = "Hours since the last step: so many steps are taken at once, at most 24.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "Reply as JSON." };
        var command = new Command("propose", "Propose the next step of risk parameters, with its reason and the accounts it would make liquidatable.") { book, prices, funding, hours, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(hours) is < 1 or > 24)
            {
                throw new CliException($"The value {parsed.GetValue(hours)} of --hours is out of range: give 1 to 24.");
            }

            var read = BookFile.Read(parsed.GetValue(book)!);
            FundingFile[] premiums = [.. parsed.GetValue(funding)!.Select(FundingFile.Read)];
            List<PolicyDecision> decisions = [.. parsed.GetValue(prices)!.Select(PriceFile.Read).Select(file => Decide(
                read, file, Array.Find(premiums, one => string.Equals(one.Underlying, file.Underlying, StringComparison.Ordinal)), parsed.GetValue(hours)))];
            Checkpoint after = read.Checkpoint;
            foreach (var decision in decisions)
            {
                ushort number = read.Names.UnderlyingNumber(decision.Underlying);
                after = ImpactCheck.Apply(after, number, decision.After);
                after = CollateralOf(read, number) is { } token ? ImpactCheck.ApplyHaircut(after, token.Token, decision.Before.Haircut, decision.After.Haircut) : after;
            }

            var hurt = ImpactCheck.MadeLiquidatable(read.Checkpoint, after, [.. read.Accounts.Select(a => (a.State, a.Balances))]);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                Reply.WriteJson(output, new
                {
                    decisions,
                    madeLiquidatable = hurt.Select(h => new
                    {
                        id = read.Accounts[h.Account].Id,
                        equity = MoneyText.E8(h.EquityE8),
                        maintenanceBefore = MoneyText.E8(h.BeforeE8),
                        maintenanceAfter = MoneyText.E8(h.AfterE8),
                    }),
                });
            }
            else
            {
                Write(output, read, decisions, hurt);
            }

            return 0;
        });
        return command;
    }

    private static PolicyDecision Decide(Book book, PriceFile file, FundingFile? funding, int hours)
    {
        var number = book.Names.UnderlyingNumber(file.Underlying);
        if (number == 0)
        {
            throw new CliException($"The price file of {file.Underlying} names no underlying of the book: use one whose name begins with one of {string.Join(", ", book.Names.Underlyings)}.");
        }

        if (file.SecondsPerBar != HourSeconds)
        {
            throw new CliException($"The price file of {file.Underlying} has bars of {file.SecondsPerBar} seconds: give hourly candles.");
        }

        var options = new PolicyOptions();
        var forecaster = new MarketForecaster(options);
        PolicyInputs inputs = default;
        foreach (var bar in file.Bars)
        {
            var end = bar.Time + HourSeconds;
            inputs = forecaster.Observe(new MarketHour(end, bar.Bar.Close, bar.Volume > 0 ? bar.Volume : null, funding?.PremiumAt(end), []));
        }

        if (!forecaster.IsReady)
        {
            throw new CliException($"The price file of {file.Underlying} has {file.Bars.Count} candles: give more than eleven days of them.");
        }

        var record = book.Checkpoint.Underlyings[number - 1];
        var haircutE8 = CollateralOf(book, number)?.HaircutE8 ?? BacktestCommand.Parameters(file.Underlying).HaircutE8;
        RiskParameters risk = record.Parameters;
        var before = new PolicyParameters(risk.PriceRangeE8 / E8, risk.VolRangeE8 / E8, record.DepthE8 / E8, haircutE8 / E8, risk.BasisChargeE8 / E8, risk.VegaChargeE8 / E8);
        return ParameterPolicy.Decide(file.Underlying, options, PolicyCorridor.Of(file.Underlying, BacktestCommand.Parameters(file.Underlying)), inputs, before, hours, before);
    }

    /// <summary>The token whose haircut a decision is about: the first that is the underlying.</summary>
    private static CollateralRecord? CollateralOf(Book book, ushort underlying) => book.Checkpoint.Collaterals.FirstOrDefault(c => c.Underlying == underlying);

    private static void Write(TextWriter output, Book book, List<PolicyDecision> decisions, IReadOnlyList<Impact> hurt)
    {
        Reply.WriteTable(
            output,
            ["underlying", "R", "to", "V", "to", "depth", "to", "haircut", "to", "basis", "to", "vega", "to", "asked R", "reason"],
            [
                .. decisions.Select(d => (string[])
                [
                    d.Underlying, Text($"{d.Before.Range:F4}"), Text($"{d.After.Range:F4}"), Text($"{d.Before.Vol:F4}"), Text($"{d.After.Vol:F4}"), Text($"{d.Before.Depth:F0}"), Text($"{d.After.Depth:F0}"),
                    Text($"{d.Before.Haircut:F4}"), Text($"{d.After.Haircut:F4}"), Text($"{d.Before.Basis:F4}"), Text($"{d.After.Basis:F4}"), Text($"{d.Before.Vega:F4}"), Text($"{d.After.Vega:F4}"),
                    Text($"{d.Target.Range:F4}"), d.Reason,
                ]),
            ]);
        output.WriteLine();
        output.WriteLine(hurt.Count == 0 ? "No account would become liquidatable." : $"{hurt.Count} accounts would become liquidatable:");
        foreach (var h in hurt)
        {
            output.WriteLine($"  {book.Accounts[h.Account].Name}: equity {MoneyText.E8(h.EquityE8)}, maintenance margin {MoneyText.E8(h.BeforeE8)} now, {MoneyText.E8(h.AfterE8)} after");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
