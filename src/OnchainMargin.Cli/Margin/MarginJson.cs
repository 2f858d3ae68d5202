using System.Text.Encodings.Web;
using System.Text.Json;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>The reply as JSON; every number is a decimal text.</summary>
internal sealed class MarginJson(Book book, TextWriter output, MemoryStream stream, Utf8JsonWriter writer)
{
    private const int IndentedMost = 100;
    private const int Piece = 1 << 20;

    /// <summary>Writes the whole reply; indented for people while it is short.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="book">The book.</param>
    /// <param name="reports">Its accounts.</param>
    /// <param name="whatIf">Accounts before and after orders.</param>
    /// <param name="compared">Numbers compared with the referee, or null without <c>--verify</c>.</param>
    public static void Write(TextWriter output, Book book, IReadOnlyList<AccountReport> reports, IReadOnlyList<WhatIfOutcome> whatIf, long? compared)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = reports.Count <= IndentedMost, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            new MarginJson(book, output, stream, writer).Write(reports, whatIf, compared);
        }

        output.WriteLine(Drain(stream));
    }

    /// <summary>What was written since the last time: a reply about a million accounts is longer than any text or stream may be.</summary>
    private static string Drain(MemoryStream stream)
    {
        string text = System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
        stream.SetLength(0);
        return text;
    }

    private void Write(IReadOnlyList<AccountReport> reports, IReadOnlyList<WhatIfOutcome> whatIf, long? compared)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("accounts");
        foreach (AccountReport report in reports)
        {
            WriteAccount(report);
            if (writer.BytesPending > Piece)
            {
                writer.Flush();
                output.Write(Drain(stream));
            }
        }

        writer.WriteEndArray();
        if (whatIf.Count > 0)
        {
            writer.WriteStartArray("whatIf");
            foreach (WhatIfOutcome outcome in whatIf)
            {
                writer.WriteStartObject();
                writer.WritePropertyName("id");
                outcome.Before.Account.Id.WriteTo(writer);
                writer.WriteStartArray("orders");
                foreach (WhatIfOrder order in outcome.Orders)
                {
                    writer.WriteStringValue(order.Text);
                }

                writer.WriteEndArray();
                writer.WritePropertyName("before");
                WriteAccount(outcome.Before);
                writer.WritePropertyName("after");
                WriteAccount(outcome.After);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (compared is { } count)
        {
            writer.WriteStartObject("verified");
            writer.WriteString("accounts", reports.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteString("integers", count.ToString(System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteAccount(AccountReport account)
    {
        MarginReport report = account.Report;
        AccountFigures figures = report.Figures;
        writer.WriteStartObject();
        writer.WritePropertyName("id");
        account.Account.Id.WriteTo(writer);
        Money("equity", figures.EquityE8);
        Money("initialMargin", figures.InitialE8);
        Money("maintenanceMargin", figures.MaintenanceE8);
        Money("standardMargin", report.StandardE8);
        Money("floorMargin", figures.FloorE8);
        Money("floorEquity", figures.FloorEquityE8);
        Money("leastCash", figures.LeastCashE8);
        writer.WriteString("health", MoneyText.Ratio(figures.EquityE8, figures.MaintenanceE8));
        WriteWorst(account);
        WriteBreakdown(account);
        WriteGreeks(report);
        writer.WriteEndObject();
    }

    private void WriteWorst(AccountReport account)
    {
        if (account.Report.Worst is not { } worst)
        {
            writer.WriteNull("worstScenario");
            return;
        }

        writer.WriteStartObject("worstScenario");
        writer.WriteString("group", book.Names.Group(worst.Group));
        writer.WriteString("term", worst.Branch switch { WitnessBranch.Joint => "joint", WitnessBranch.NettingFloor => "nettingFloor", _ => "shortOptionMinimum" });
        if (worst.Underlying is { } underlying)
        {
            writer.WriteString("underlying", book.Names.Underlying(underlying));
        }

        if (worst.Point is { } point)
        {
            WritePoint(point, account);
        }

        writer.WriteEndObject();
    }

    private void WritePoint(Point point, AccountReport account)
    {
        if (point.Scenario is { } index)
        {
            WriteScenario(Scenarios.Scenario(index));
        }
        else if (point.Kink is { } position)
        {
            Instrument instrument = account.Account.State.Positions[position].Instrument;
            writer.WriteString("strike", MoneyText.E8(instrument.StrikeE8));
            writer.WriteString("instrument", book.Names.Format(instrument));
        }
        else if (point.Node is { } node)
        {
            writer.WriteString("x", MoneyText.Quarters(Scenarios.Quarters(node)));
            writer.WriteString("w", MoneyText.Weight(Scenarios.Weight24(node)));
        }
    }

    private void WriteScenario(Scenario scenario)
    {
        writer.WriteString("x", MoneyText.Quarters(scenario.Quarters));
        writer.WriteString("v", MoneyText.Quarters(scenario.Volatility * 4));
        writer.WriteString("w", MoneyText.Weight(scenario.Weight24));
    }

    private void WriteBreakdown(AccountReport account)
    {
        MarginReport report = account.Report;
        writer.WriteStartObject("breakdown");
        writer.WriteStartObject("groups");
        foreach (GroupReport group in report.Groups)
        {
            writer.WriteStartObject(book.Names.Group(group.Group));
            Money("margin", group.MaintenanceE8);
            Loss("joint", group.Joint24E8);
            Loss("between", group.Between24E8);
            Loss("lossesAlone", group.Loss24E8);
            Loss("nettingFloor", group.NettingFloor24E8);
            Money("shortOptionMinimum", group.ShortMinimumE8);
            writer.WriteStartObject("worst");
            WritePoint(group.Worst, account);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartObject("underlyings");
        foreach (UnderlyingReport terms in report.Underlyings)
        {
            WriteUnderlying(terms, account);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("collateral");
        foreach (CollateralReport collateral in report.Collaterals)
        {
            writer.WriteStartObject(book.Names.Token(collateral.Token));
            Money("value", collateral.ValueE8);
            Money("haircut", collateral.HaircutE8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        Money("collateralValue", report.CollateralValueE8);
        Money("haircut", report.HaircutE8);
        writer.WriteEndObject();
    }

    private void WriteUnderlying(UnderlyingReport terms, AccountReport account)
    {
        writer.WriteStartObject(book.Names.Underlying(terms.Underlying));
        Loss("scenario", terms.Scenario24E8);
        Loss("between", terms.Between24E8);
        Money("shortOptionMinimum", terms.ShortMinimumE8);
        Money("netDelta", terms.NetE8);
        Money("grossDelta", terms.GrossE8);
        Money("basis", terms.BasisE8);
        Money("liquidity", terms.LiquidityE8);
        Money("vega", terms.VegaE8);
        Money("rate", terms.RateE8);
        Money("stale", terms.StaleE8);
        Money("spread", terms.SpreadE8);
        writer.WriteStartObject("worst");
        WritePoint(terms.Worst, account);
        writer.WriteEndObject();
        writer.WriteStartArray("profile");
        foreach (Int128 weighted in terms.Weighted24E8)
        {
            writer.WriteStringValue(MoneyText.Gain(weighted));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteGreeks(MarginReport report)
    {
        writer.WriteStartObject("greeks");
        foreach (IGrouping<ushort, Greeks> underlying in report.Greeks.GroupBy(g => g.Underlying))
        {
            writer.WriteStartObject(book.Names.Underlying(underlying.Key));
            foreach (Greeks greeks in underlying)
            {
                writer.WriteStartObject(greeks.Expiry == 0 ? "spot" : BookNames.Day(greeks.Expiry));
                Money("delta", greeks.DeltaE8);
                writer.WriteString("gamma", MoneyText.E16(greeks.GammaE16));
                Money("vega", greeks.VegaE8);
                Money("theta", greeks.ThetaE8);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void Money(string name, Int128 valueE8) => writer.WriteString(name, MoneyText.E8(valueE8));

    private void Loss(string name, Int128 loss24E8) => writer.WriteString(name, MoneyText.Loss(loss24E8));
}
