using System.Globalization;
using OnchainMargin.Margin;

namespace OnchainMargin.Solver.Markets;

/// <summary>Scenarios and worst cases in words that a trader understands.</summary>
internal sealed class WorstWords(InstrumentNames names, Checkpoint checkpoint)
{
    private const decimal Quarter = 4m;
    private const decimal Hundred = 100m;
    private const decimal One = 100_000_000m;

    /// <summary>What binds, as a sentence.</summary>
    public string Sentence(WorstCase? worst, AccountState state)
    {
        if (worst is null)
        {
            return "Nothing is held that could lose.";
        }

        string who = worst.Underlying is { } underlying ? names.Underlying(underlying) : "every underlying of the group at once";
        return worst.Branch switch
        {
            WitnessBranch.ShortMinimum => "The least requirement for short options binds, whatever the price does.",
            WitnessBranch.NettingFloor => $"Netting across underlyings is limited: {Move(worst.Underlying, worst.Point, state, who)}, and the others lose on their own.",
            _ => $"{Capital(Move(worst.Underlying, worst.Point, state, who))}.",
        };
    }

    /// <summary>The name of an underlying.</summary>
    public string Name(ushort underlying) => names.Underlying(underlying);

    /// <summary>A scenario of one underlying in a few words: <c>−14 %, volatility up</c>.</summary>
    public string Label(int index, ushort underlying)
    {
        Scenario scenario = Scenarios.Scenario(index);
        string volatility = scenario.Volatility switch { < 0 => ", volatility down", > 0 => ", volatility up", _ => "" };
        return $"{Percent(MovePercent(scenario.Quarters, underlying))}{volatility}{Weight(scenario.Weight24)}";
    }

    /// <summary>The relative move of a scenario in percent of the underlying's price.</summary>
    public decimal MovePercent(int quarters, ushort underlying)
    {
        UnderlyingRecord? record = checkpoint.Underlyings.FirstOrDefault(listed => listed.Underlying == underlying) ?? checkpoint.Underlyings.FirstOrDefault();
        return record is null ? 0 : Math.Max(-100m, quarters / Quarter * record.Parameters.PriceRangeE8 / One * Hundred);
    }

    private string Move(ushort? underlying, Point? point, AccountState state, string who)
    {
        if (point?.Scenario is { } index)
        {
            Scenario scenario = Scenarios.Scenario(index);
            string price = scenario.Quarters == 0 ? $"{who} stays where it is"
                : underlying is { } one ? $"{who} {(scenario.Quarters < 0 ? "falls" : "rises")} by {Text(Math.Abs(MovePercent(scenario.Quarters, one)))} %"
                : $"{who} {(scenario.Quarters < 0 ? "falls" : "rises")} by {Text(Math.Abs(scenario.Quarters) / Quarter)} of its range";
            // Without an option the volatility changes nothing, and the first of equal scenarios names one.
            bool hasOption = state.Positions.Any(position => position.Instrument.IsOption && (underlying is null || position.Instrument.Underlying == underlying));
            string volatility = !hasOption ? "" : scenario.Volatility switch { < 0 => " while volatility falls", > 0 => " while volatility rises", _ => "" };
            return $"{price}{volatility}{Weight(scenario.Weight24)}";
        }

        if (point?.Kink is { } position && position < state.Positions.Length)
        {
            return $"{names.Underlying(state.Positions[position].Instrument.Underlying)} settles right at the strike of {names.Format(state.Positions[position].Instrument)}";
        }

        return point?.Node is { } node ? $"{who} moves to {Percent(MovePercent(Scenarios.Quarters(node), underlying ?? 0))} between two scenarios" : $"{who} moves";
    }

    private static string Weight(int weight24) => weight24 == 24 ? "" : $" (counted at {Text(Math.Round(weight24 * Hundred / 24m, 0))} %)";

    private static string Percent(decimal percent) => percent == 0 ? "price unchanged" : $"{(percent > 0 ? "+" : "−")}{Text(Math.Abs(percent))} %";

    private static string Text(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
