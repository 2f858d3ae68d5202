using OnchainMargin.Margin;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Solver.Markets;

/// <summary>Marks of instruments, from the margin engine itself: the equity of an account that holds one of it at no cost.</summary>
internal static class Quotes
{
    private const long One = 100_000_000;

    /// <summary>The mark; null when the checkpoint does not hold the instrument's market or expiry, or its token.</summary>
    public static Int128? MarkE8(Instrument instrument, CheckpointView view) =>
        SpotOrders.IsSpot(instrument) ? SpotOrders.MarkE8(instrument, view.Checkpoint)
        : EquityE8(new Position(instrument, One, 0), view) is { } equity ? equity + FundingE8(instrument, view) : null;

    /// <summary>What a position has gained since it was entered, funding included; for an option, what it is worth.</summary>
    public static Int128? GainE8(Position position, CheckpointView view) => EquityE8(position, view);

    /// <summary>The underlying's record; null when there is none.</summary>
    public static UnderlyingRecord? Record(ushort underlying, CheckpointView view) => view.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == underlying);

    /// <summary>Funding of one long unit so far; 0 for everything but a perpetual.</summary>
    public static long FundingE8(Instrument instrument, CheckpointView view) =>
        instrument.Kind == InstrumentKind.Perpetual ? Record(instrument.Underlying, view)?.CumulativeFundingE8 ?? 0 : 0;

    /// <summary>What may be done in an instrument's market. A token that is no underlying has no market of its own and is always normal (CLR-025).</summary>
    public static MarketState State(Instrument instrument, CheckpointView view)
    {
        ushort underlying = SpotOrders.IsSpot(instrument) ? SpotOrders.Record(instrument, view.Checkpoint)?.Underlying ?? ushort.MaxValue : instrument.Underlying;
        return underlying == 0 ? MarketState.Normal : Record(underlying, view)?.MarketState ?? MarketState.Halted;
    }

    private static Int128? EquityE8(Position position, CheckpointView view)
    {
        AccountState state = AccountState.Empty with { Positions = [position] };
        return MarginEngine.TryCompute(state, [], view, SurfaceChoice.Present, out AccountFigures figures) == MarginError.None ? figures.EquityE8 : null;
    }

    /// <summary>A state of a market that is not normal, in words.</summary>
    public static string Words(MarketState state) => state switch
    {
        MarketState.Halted => "halted",
        MarketState.Uninsured => "without enough insurance since its fall",
        _ => "reduce-only",
    };
}
