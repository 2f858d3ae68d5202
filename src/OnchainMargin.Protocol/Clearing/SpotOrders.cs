using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Clearing;

/// <summary>Instruments of orders that swap a token of the vault against cash (CLR-025). No account holds one.</summary>
public static class SpotOrders
{
    private const InstrumentKind Kind = (InstrumentKind)4;

    /// <summary>The instrument of a token, by its index in the vault.</summary>
    public static Instrument Of(ushort token) => new(token, 0, 0, Kind);

    /// <summary>Whether an order of this instrument swaps a token.</summary>
    public static bool IsSpot(Instrument instrument) => instrument.Kind == Kind;

    /// <summary>The token, by its index, that a spot instrument names in the place of an underlying.</summary>
    public static ushort TokenOf(Instrument instrument) => instrument.Underlying;
}
