using System.Globalization;
using System.Numerics;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;
using Spectre.Console;

namespace OnchainMargin.Cli.Margin;

/// <summary>The reply for people: a table, and each account's worst scenario in words.</summary>
internal sealed class MarginTable(Book book, IAnsiConsole console)
{
    private const int Decimals = 8;
    private const int Shown = 2;
    /// <summary>More than any table takes: a narrower one would leave out the names of the accounts where numbers are long.</summary>
    private const int Width = 1_000;
    private const int PercentQuarter = 25;

    /// <summary>Writes the accounts, and what orders would change.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="book">The book.</param>
    /// <param name="reports">Its accounts.</param>
    /// <param name="whatIf">What orders would change.</param>
    /// <param name="isDetailed">Whether the terms of each margin and its Greeks are told, too.</param>
    public static void Write(TextWriter output, Book book, IReadOnlyList<AccountReport> reports, IReadOnlyList<WhatIfOutcome> whatIf, bool isDetailed)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = Width;
        var table = new MarginTable(book, console);
        table.WriteAccounts(reports);
        foreach (AccountReport report in isDetailed ? reports.Where(static report => report.Report.Underlyings.Any()) : [])
        {
            table.WriteTerms(report);
            table.WriteGreeks(report);
        }

        foreach (WhatIfOutcome outcome in whatIf)
        {
            table.WriteWhatIf(outcome);
        }
    }

    private void WriteAccounts(IReadOnlyList<AccountReport> reports)
    {
        Table table = Head("account");
        foreach (AccountReport report in reports)
        {
            table.AddRow(Cells(report.Account.Name, report.Report));
        }

        console.Write(table);
        foreach (AccountReport report in reports)
        {
            console.WriteLine(Sentence(report));
        }
    }

    private void WriteWhatIf(WhatIfOutcome outcome)
    {
        console.WriteLine();
        console.WriteLine($"What if account {outcome.Before.Account.Name} trades {string.Join(", ", outcome.Orders.Select(o => $"{MoneyText.E8(o.SizeE8)} {book.Names.Format(o.Instrument)} at {MoneyText.E8(o.PriceE8)}"))}:");
        Table table = Head(string.Empty);
        table.AddRow(Cells("before", outcome.Before.Report));
        table.AddRow(Cells("after", outcome.After.Report));
        console.Write(table);
        console.WriteLine($"After: {Sentence(outcome.After)}");
    }

    /// <summary>What its maintenance margin is made of, by underlying: the whole is netted in its groups, so terms add up to no less than it.</summary>
    private void WriteTerms(AccountReport account)
    {
        console.WriteLine();
        console.WriteLine($"Account {account.Account.Name}: what its margin is made of, beside a haircut of {Short(account.Report.HaircutE8)} on its collateral");
        Table table = Head("underlying", "scenario", "between", "short minimum", "net delta", "basis", "liquidity", "vega", "rate", "stale", "spread");
        foreach (UnderlyingReport terms in account.Report.Underlyings)
        {
            table.AddRow(
            [
                Markup.Escape(book.Names.Underlying(terms.Underlying)), Loss(terms.Scenario24E8), Loss(terms.Between24E8), Short(terms.ShortMinimumE8), Short(terms.NetE8),
                Short(terms.BasisE8), Short(terms.LiquidityE8), Short(terms.VegaE8), Short(terms.RateE8), Short(terms.StaleE8), Short(terms.SpreadE8),
            ]);
        }

        console.Write(table);
    }

    private void WriteGreeks(AccountReport account)
    {
        console.WriteLine($"Account {account.Account.Name}: its Greeks (vega a point of volatility, theta a day)");
        Table table = Head("underlying", "expiry", "delta", "gamma", "vega", "theta");
        foreach (Greeks greeks in account.Report.Greeks)
        {
            string expiry = greeks.Expiry == 0 ? "spot" : BookNames.Day(greeks.Expiry);
            table.AddRow([Markup.Escape(book.Names.Underlying(greeks.Underlying)), expiry, MoneyText.E8(greeks.DeltaE8), MoneyText.E16(greeks.GammaE16), Short(greeks.VegaE8), Short(greeks.ThetaE8)]);
        }

        console.Write(table);
    }

    private static string Loss(Int128 loss24E8) => Short((loss24E8 + Scenarios.FullWeight - 1) / Scenarios.FullWeight);

    private static Table Head(string first) => Head(first, "equity", "initial", "maintenance", "health", "standard", "saving", "floor", "floor equity", "least cash");

    private static Table Head(string first, params ReadOnlySpan<string> others)
    {
        Table table = new Table().Border(TableBorder.Ascii2).AddColumn(first);
        foreach (string heading in others)
        {
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
        }

        return table;
    }

    private static string[] Cells(string name, MarginReport report) =>
    [
        Markup.Escape(name),
        Short(report.Figures.EquityE8),
        Short(report.Figures.InitialE8),
        Short(report.Figures.MaintenanceE8),
        report.Figures.MaintenanceE8 == 0 ? "-" : FixedPointText.Short((BigInteger)report.Figures.EquityE8 * BigInteger.Pow(10, Decimals) / report.Figures.MaintenanceE8, Decimals, Shown),
        Short(report.StandardE8),
        Saving(report),
        Short(report.Figures.FloorE8),
        Short(report.Figures.FloorEquityE8),
        Short(report.Figures.LeastCashE8),
    ];

    private static string Saving(MarginReport report) => report.StandardE8 == 0
        ? "-"
        : ((int)((report.StandardE8 - report.Figures.MaintenanceE8) * 100 / report.StandardE8)).ToString(CultureInfo.InvariantCulture) + " %";

    private string Sentence(AccountReport account)
    {
        string name = $"Account {account.Account.Name}";
        if (account.Report.Worst is not { } worst)
        {
            return $"{name}: no positions, nothing can be lost but a haircut.";
        }

        string where = worst.Underlying is { } underlying ? book.Names.Underlying(underlying) : $"everything in group {book.Names.Group(worst.Group)}";
        string money = Short(account.Report.Groups.First(g => g.Group == worst.Group).MaintenanceE8);
        string floor = worst.Branch == WitnessBranch.NettingFloor ? ", with the part of netting that is never trusted," : string.Empty;
        return worst.Branch == WitnessBranch.ShortMinimum
            ? $"{name}: the minimum for short options binds, {money}."
            : $"{name}: worst when {where} {Words(worst, account)}{floor}: {money} before charges.";
    }

    private string Words(WorstCase worst, AccountReport account)
    {
        Point point = worst.Point!.Value;
        if (point.Kink is { } position)
        {
            Instrument instrument = account.Account.State.Positions[position].Instrument;
            return $"stands at the strike of {book.Names.Format(instrument)}";
        }

        Scenario scenario = point.Scenario is { } index ? Scenarios.Scenario(index) : new Scenario(Scenarios.Quarters(point.Node!.Value), 0, Scenarios.Weight24(point.Node.Value));
        string move = scenario.Quarters == 0
            ? "stays where it is"
            : $"{(scenario.Quarters < 0 ? "falls" : "rises")} by {Move(worst.Underlying, Math.Abs(scenario.Quarters))}";
        string volatility = scenario.Volatility == 0 ? string.Empty : scenario.Volatility < 0 ? " and volatility falls" : " and volatility rises";
        string weight = scenario.Weight24 == 24 ? string.Empty : $" (counted {MoneyText.Weight(scenario.Weight24)})";
        return $"{move}{volatility}{weight}";
    }

    private string Move(ushort? underlying, int quarters) => underlying is { } number
        ? $"{MoneyText.E8((Int128)book.Checkpoint.Underlyings[number - 1].Parameters.PriceRangeE8 * quarters * PercentQuarter)} %"
        : $"{MoneyText.Quarters(quarters)} of its range";

    private static string Short(Int128 valueE8) => FixedPointText.Short((BigInteger)valueE8, Decimals, Shown);
}
