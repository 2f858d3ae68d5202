using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Book;

/// <summary>The settlement prices that are fixed.</summary>
public sealed record SettlementPrices
{
    /// <summary>Before the first.</summary>
    public static SettlementPrices Empty { get; } = new();

    private ImmutableDictionary<(ushort Underlying, uint Expiry), long> Prices { get; init; } = ImmutableDictionary<(ushort Underlying, uint Expiry), long>.Empty;

    /// <summary>How many there are.</summary>
    public int Count => Prices.Count;

    /// <summary>The settlement price of an instrument's expiry; 0 while it is not fixed, and for a perpetual.</summary>
    public long PriceE8(Instrument instrument) => Prices.TryGetValue((instrument.Underlying, instrument.Expiry), out long price) ? price : 0;

    /// <summary>With one more.</summary>
    public SettlementPrices With(ushort underlying, uint expiry, long priceE8) => new() { Prices = Prices.SetItem((underlying, expiry), priceE8) };

    /// <summary>A state as the next operation makes it of its expired positions (CLR-018).</summary>
    public AccountState Settle(AccountState state) => Count == 0 ? state : Expiries.Settle(state, PriceE8);
}
