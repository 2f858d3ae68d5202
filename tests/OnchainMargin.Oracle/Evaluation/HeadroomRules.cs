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
}
