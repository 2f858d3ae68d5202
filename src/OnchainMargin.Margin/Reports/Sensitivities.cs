using System.Collections.Immutable;
using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>Greeks from the kernel's own table, in whole numbers; part of no decision. Present surfaces.</summary>
[SpecRule("MRG-060")]
internal static class Sensitivities
{
    private const int DaysOfYear = 365;
    private const int CellsPerDeviation = 160;

    private static readonly BigInteger OneQ60 = BigInteger.One << 60;

    /// <summary>Greeks per underlying and expiry, spot collateral and perpetual under expiry 0.</summary>
    internal static ImmutableArray<Greeks> Of(AccountState state, ReadOnlySpan<Balance> balances, CheckpointView view)
    {
        var sums = new SortedDictionary<(ushort Underlying, uint Expiry), Greeks>();
        foreach (Balance balance in balances)
        {
            CollateralRecord record = view.FindCollateral(balance.Token)!;
            if (record.Underlying != 0)
            {
                Add(sums, new Greeks(record.Underlying, 0, Collaterals.SizeE8(record, balance.AmountRaw), 0, 0, 0));
            }
        }

        foreach (Position position in state.Positions)
        {
            Add(sums, Of(position, view.Find(position.Instrument.Underlying)!));
        }

        return [.. sums.Values];
    }

    private static void Add(SortedDictionary<(ushort Underlying, uint Expiry), Greeks> sums, Greeks added)
    {
        (ushort, uint) key = (added.Underlying, added.Expiry);
        sums[key] = sums.TryGetValue(key, out Greeks? sum)
            ? sum with { DeltaE8 = sum.DeltaE8 + added.DeltaE8, GammaE16 = sum.GammaE16 + added.GammaE16, VegaE8 = sum.VegaE8 + added.VegaE8, ThetaE8 = sum.ThetaE8 + added.ThetaE8 }
            : added;
    }

    private static Greeks Of(Position position, UnderlyingTerms underlying)
    {
        Instrument instrument = position.Instrument;
        BigInteger size = position.SizeE8;
        if (instrument.Kind == InstrumentKind.Perpetual)
        {
            return new Greeks(instrument.Underlying, 0, position.SizeE8, 0, 0, 0);
        }

        ExpiryTerms terms = underlying.Expiry(underlying.ExpiryIndex(instrument.Expiry), delayed: false);
        BigInteger a = terms.A[Scenarios.MarkNode];
        BigInteger forward = terms.ForwardE8;

        // What a forward moves by with the spot: its ratio, in the settlement window the part of it that follows.
        bool isFollowing = terms.FollowSeconds == Forwards.WindowSeconds;
        (BigInteger rise, BigInteger run) = isFollowing ? (forward, (BigInteger)underlying.Record.SpotE8) : (terms.FollowSeconds, Forwards.WindowSeconds);
        if (instrument.Kind == InstrumentKind.Future)
        {
            return new Greeks(instrument.Underlying, instrument.Expiry, (Int128)Near(size * rise, run), 0, 0, 0);
        }

        bool put = instrument.Kind == InstrumentKind.Put;
        if (terms.Tau < ExpiryTerms.IntrinsicBelowSeconds)
        {
            BigInteger step = (terms.ForwardE8 > instrument.StrikeE8 ? 1 : 0) - (put ? 1 : 0);
            return new Greeks(instrument.Underlying, instrument.Expiry, (Int128)Near(size * step * a * rise, forward * run), 0, 0, 0);
        }

        (long d1, long s, long vol) = terms.Deviations(instrument.StrikeE8);
        BigInteger probability = NormalTable.P(d1) - (put ? OneQ60 : 0);
        BigInteger phi = (BigInteger)NormalTable.Slope(d1) * CellsPerDeviation;
        BigInteger rootTau = terms.RootTau;
        return new Greeks(
            instrument.Underlying,
            instrument.Expiry,
            (Int128)Near(size * a * probability * rise, forward * run * OneQ60),

            // DF·phi·(rise/run)²/(F·σ√τ) = A·phi·(rise/run)²/(F²·σ√τ), with σ√τ = S_cells/(160·2²⁸).
            Near(size * a * phi * (CellsPerDeviation * (BigInteger.One << NormalTable.PlaceBits)) * BigInteger.Pow(10, 16) * rise * rise, forward * forward * run * run * s * OneQ60),

            // √τ = rootTau/(160·2⁴⁰).
            (Int128)Near(size * a * phi * rootTau, OneQ60 * CellsPerDeviation * (BigInteger.One << 40) * 100 * Rounding.One),
            (Int128)Near(-size * a * phi * vol * CellsPerDeviation * (BigInteger.One << 40), OneQ60 * (BigInteger.One << 32) * 2 * rootTau * DaysOfYear * Rounding.One));
    }

    private static BigInteger Near(BigInteger a, BigInteger b)
    {
        BigInteger shifted = a + (b / 2);
        BigInteger q = BigInteger.DivRem(shifted, b, out BigInteger rest);
        return rest < 0 ? q - 1 : q;
    }
}
