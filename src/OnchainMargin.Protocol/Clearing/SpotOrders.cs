using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Clearing;

/// <summary>Instruments of orders that swap a token of the vault against cash (CLR-025). No account holds one.</summary>
public static class SpotOrders
{
    private const InstrumentKind Kind = (InstrumentKind)4;
    private const long One = 100_000_000;

    /// <summary>The instrument of a token, by its index in the vault.</summary>
    public static Instrument Of(ushort token) => new(token, 0, 0, Kind);

    /// <summary>Whether an order of this instrument swaps a token.</summary>
    public static bool IsSpot(Instrument instrument) => instrument.Kind == Kind;

    /// <summary>The token, by its index, that a spot instrument names in the place of an underlying.</summary>
    public static ushort TokenOf(Instrument instrument) => instrument.Underlying;

    /// <summary>The token's record; null when the instrument is none that can be swapped here: the settlement token, one that is not listed, one with an expiry or a strike.</summary>
    public static CollateralRecord? Record(Instrument instrument, Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ushort token = TokenOf(instrument);
        return token != 0 && instrument == Of(token) ? checkpoint.Collaterals.FirstOrDefault(record => record.Token == token) : null;
    }

    /// <summary>What a whole token is worth in cash, E8; null when it is not listed.</summary>
    public static Int128? MarkE8(Instrument instrument, Checkpoint checkpoint) =>
        Record(instrument, checkpoint) is not { } record ? null
        : record.Underlying == 0 ? record.PriceE8
        : checkpoint.Underlyings.FirstOrDefault(market => market.Underlying == record.Underlying) is { } market ? (Int128)market.SpotE8 * record.PriceE8 / One
        : null;

    /// <summary>A size in base units of its token; null when it is no whole number of them.</summary>
    /// <param name="sizeE8">Size in E8 of whole tokens, of either sign.</param>
    /// <param name="decimals">The token's decimals.</param>
    public static UInt128? Raw(long sizeE8, byte decimals)
    {
        UInt128 scaled = (UInt128)Int128.Abs(sizeE8);
        for (int i = 0; i < decimals; i++)
        {
            scaled *= 10;
        }

        return scaled % (UInt128)One == 0 ? scaled / (UInt128)One : null;
    }

    /// <summary>An account after a swap, its fee apart: cash for the tokens, rounded against it.</summary>
    /// <param name="state">Its state.</param>
    /// <param name="balances">Its tokens, ascending.</param>
    /// <param name="token">The token.</param>
    /// <param name="raw">How much in base units, of <see cref="Raw"/>.</param>
    /// <param name="sizeE8">Signed size: positive buys.</param>
    /// <param name="priceE8">Cash a whole token.</param>
    /// <returns>Null when a seller has less, or a buyer would have more than an amount can be.</returns>
    public static (AccountState State, ImmutableArray<Balance> Balances)? Swap(AccountState state, ImmutableArray<Balance> balances, ushort token, UInt128 raw, long sizeE8, long priceE8)
    {
        ArgumentNullException.ThrowIfNull(state);
        UInt128 held = balances.FirstOrDefault(balance => balance.Token == token).AmountRaw;
        if (sizeE8 < 0 ? held < raw : raw > UInt128.MaxValue - held)
        {
            return null;
        }

        var after = new Balance(token, sizeE8 < 0 ? held - raw : held + raw);
        return (
            state with { CashE8 = state.CashE8 - Fills.ValueUp(sizeE8, priceE8, 0) },
            [.. balances.Where(balance => balance.Token != token).Append(after).Where(static balance => balance.AmountRaw != 0).OrderBy(static balance => balance.Token)]);
    }
}
