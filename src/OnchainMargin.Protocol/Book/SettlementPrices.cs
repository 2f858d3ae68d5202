using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Book;

/// <summary>The settlement prices that are fixed.</summary>
public sealed record SettlementPrices
{
    /// <summary>Before the first.</summary>
    public static SettlementPrices Empty { get; } = new();

    private ImmutableDictionary<(ushort Underlying, uint Expiry), long> Prices { get; init; } = ImmutableDictionary<(ushort Underlying, uint Expiry), long>.Empty;

    /// <summary>Markets that were wound down: what settles all that is open in them, and the funding that their perpetuals stand at (CLR-027).</summary>
    private ImmutableDictionary<ushort, (long PriceE8, long FundingE8)> Last { get; init; } = ImmutableDictionary<ushort, (long PriceE8, long FundingE8)>.Empty;

    /// <summary>Markets whose last price is fixed (ORC-005) and that nobody wound down yet: what settles expired positions without a price of their own.</summary>
    private ImmutableDictionary<ushort, (long PriceE8, long FundingE8)> Fixed { get; init; } = ImmutableDictionary<ushort, (long PriceE8, long FundingE8)>.Empty;

    /// <summary>What counts as expired in those, in Unix seconds.</summary>
    private ulong AtSeconds { get; init; }

    /// <summary>How many there are.</summary>
    public int Count => Prices.Count + Last.Count + Fixed.Count;

    /// <summary>The settlement price of an instrument; 0 while it is not fixed, and for a perpetual of a market that goes on.</summary>
    public long PriceE8(Instrument instrument) =>
        Prices.TryGetValue((instrument.Underlying, instrument.Expiry), out long price) && instrument.Expiry != 0 ? price
        : Last.TryGetValue(instrument.Underlying, out (long PriceE8, long FundingE8) last) ? last.PriceE8
        : instrument.Expiry != 0 && instrument.Expiry <= AtSeconds ? Fixed.GetValueOrDefault(instrument.Underlying).PriceE8
        : 0;

    /// <summary>Whether an underlying's market was wound down.</summary>
    public bool IsWoundDown(ushort underlying) => Last.ContainsKey(underlying);

    /// <summary>With one more.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="expiry">The expiry, in Unix seconds; 0 for the last price of a market whose oracles died.</param>
    /// <param name="priceE8">The price.</param>
    /// <param name="fundingE8">What the funding of its perpetuals stands at from a last price on.</param>
    public SettlementPrices With(ushort underlying, uint expiry, long priceE8, long fundingE8 = 0) =>
        expiry == 0 ? this with { Fixed = Fixed.SetItem(underlying, (priceE8, fundingE8)) } : this with { Prices = Prices.SetItem((underlying, expiry), priceE8) };

    /// <summary>With a market that was wound down.</summary>
    public SettlementPrices WithLast(ushort underlying, long priceE8, long fundingE8) => this with { Last = Last.SetItem(underlying, (priceE8, fundingE8)), Fixed = Fixed.Remove(underlying) };

    /// <summary>At a later time: positions that have expired by then settle at their market's last price, where that is fixed. The same object while there is no such market.</summary>
    /// <param name="seconds">The time, in Unix seconds.</param>
    public SettlementPrices At(ulong seconds) => Fixed.IsEmpty || seconds <= AtSeconds ? this : this with { AtSeconds = seconds };

    /// <summary>A state as the next operation makes it of its expired positions (CLR-018), and of those whose market was wound down (CLR-027).</summary>
    public AccountState Settle(AccountState state) => Count == 0 ? state : Expiries.Settle(state, PriceE8, FundingE8);

    /// <summary>What is left of a lot, as the house reckons with it: it takes a last price as soon as that is fixed, whoever knows of it.</summary>
    public AccountState SettleLot(AccountState state) =>
        Fixed.IsEmpty ? Settle(state) : (this with { Last = Last.AddRange(Fixed), Fixed = Fixed.Clear() }).Settle(state);

    private long FundingE8(Instrument instrument) => instrument.Expiry == 0 && Last.TryGetValue(instrument.Underlying, out (long PriceE8, long FundingE8) last) ? last.FundingE8 : 0;
}
