using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>MRG-058: the most that a fill can raise IM by.</summary>
public static class HeadroomRules
{
    /// <summary>`rise` of a fill.</summary>
    public static BigInteger Rise(Instrument instrument, BigInteger sizeE8, Checkpoint checkpoint, Choice choice)
    {
        AccountReport alone = AccountRules.Evaluate(new AccountInputs(AccountState.Of(0, new Position(instrument, sizeE8, 0)), [], checkpoint, choice));
        UnderlyingReport u = alone.Underlyings[0];
        RiskParameters parameters = u.Record.Parameters;
        BigInteger one = SpecConstants.One;
        BigInteger largest = u.Record.Expiries.Select(expiry => AccountRules.BasisCharge(parameters, BigInteger.Max(expiry.Expiry - checkpoint.Time, 0)))
            .Append(AccountRules.BasisCharge(parameters, 0)).Max();
        BigInteger cross = Ceil(((2 * parameters.SlippageCapE8) + Ceil(3 * largest, 2)) * u.Gross, one);
        return Ceil(checkpoint.InitialFactorE8 * (alone.ScenarioPart + u.Vega + u.Rate + u.Stale + cross), one)
            + Ceil(Ceil(u.Record.SpreadE8 * one, u.Record.SpotE8) * u.Gross, one) + 8;
    }

    /// <summary>On which surfaces `alone` is computed; null where headroom shows nothing.</summary>
    public static Choice? ChoiceFor(IReadOnlyList<Position> before, IReadOnlyList<Position> after, Instrument instrument, BigInteger sizeE8, Checkpoint checkpoint)
    {
        if (instrument.Kind == Kind.Perpetual)
        {
            return Choice.Worse;
        }

        BigInteger had = DelayedLess(OfExpiry(before, instrument), checkpoint);
        BigInteger has = DelayedLess(OfExpiry(after, instrument), checkpoint);
        BigInteger alone = DelayedLess([new Position(instrument, sizeE8, 0)], checkpoint);
        bool held = OfExpiry(before, instrument).Count > 0;
        bool isDelayed = (held ? had : has) < 0;
        bool isTurned = held && OfExpiry(after, instrument).Count > 0 && has < 0 != isDelayed;
        return isTurned ? null : alone < 0 == isDelayed || (alone == 0 && !instrument.IsOption) ? Choice.Worse : alone > 0 == isDelayed ? Choice.Better : null;
    }

    /// <summary>What positions of one expiry are worth on the delayed surface less what they are on the present one, times 10⁸.</summary>
    public static BigInteger DelayedLess(IReadOnlyList<Position> positions, Checkpoint checkpoint) =>
        Worth(positions, checkpoint, expiry => expiry.Delayed) - Worth(positions, checkpoint, expiry => expiry.Present);

    /// <summary>Σ size·mark of futures and options on the surface of their expiries that is named, times 10⁸.</summary>
    public static BigInteger Worth(IReadOnlyList<Position> positions, Checkpoint checkpoint, Func<ExpiryRecord, Surface> surface) => AccountRules.Sum(positions.Select(position =>
    {
        UnderlyingRecord record = AccountRules.FindUnderlying(checkpoint, position.Instrument.Underlying);
        ExpiryRecord expiry = record.Expiries.First(candidate => candidate.Expiry == position.Instrument.Expiry);
        return position.SizeE8 * new Valuation(position.Instrument, checkpoint.Time, record, expiry, surface(expiry)).Mark;
    }));

    private static List<Position> OfExpiry(IReadOnlyList<Position> positions, Instrument instrument) =>
        [.. positions.Where(position => position.Instrument.Underlying == instrument.Underlying && position.Instrument.Expiry == instrument.Expiry)];
}
