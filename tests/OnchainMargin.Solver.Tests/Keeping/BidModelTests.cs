using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Keeping;

namespace OnchainMargin.Solver.Tests.Keeping;

public sealed class BidModelTests
{
    private const long One = BidModel.One;
    private const ulong Gwei = 1_000_000_000;

    private static readonly BidTerms Terms = new()
    {
        FractionE8 = 50_000_000,
        ShareE8 = 1_000 * One,
        PayE8 = 900 * One,
        HedgeE8 = 10 * One,
        Gas = 500_000,
        OfferWei = 20 * Gwei,
        CapWei = 500 * Gwei,
        NativePriceE8 = 2_000 * One,
        MinimumProfitE8 = 5 * One,
    };

    [Fact]
    public void Judge_DiscountAboveEveryCost_PlansWithBothLimits()
    {
        BidPlan plan = BidModel.Judge(Terms, out string reason)!;
        Assert.Equal("", reason);

        // 500,000 gas at 20 gwei and 2,000 a coin are 20; 100 of discount less 10, 5 and 20 leave 65.
        Assert.Equal((20 * One, 70 * One), (plan.GasE8, plan.ProfitE8));

        // Half of the 85 above the least profit may go into gas: 42.5 buy 500,000 at 42.5 gwei.
        Assert.Equal((UInt256)(42_500 * (Gwei / 1000)), plan.CeilingWei);
        Assert.Equal((Int128)(94_250 * (One / 100)), plan.MostPayE8);
    }

    [Theory]
    [InlineData(900, 76, 20, "leaves 4.00, under the least profit of 5.00")]
    [InlineData(900, 10, 501, "gas asks 501.000 gwei, more than the cap of 500.000")]
    [InlineData(1000, 0, 20, "leaves -20.00, under the least profit of 5.00")]
    public void Judge_NotWorthIt_SaysWhyWithFigures(long pay, long hedge, ulong gwei, string why)
    {
        Assert.Null(BidModel.Judge(Terms with { PayE8 = pay * One, HedgeE8 = hedge * One, OfferWei = gwei * Gwei }, out string reason));
        Assert.Contains(why, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_AnyTerms_PlansOnlyWhatPaysAtBothLimits()
    {
        Gen<long> money = Gen.Choose(-2_000_000, 20_000_000).Select(static cents => cents * (One / 100));
        Gen<BidTerms> terms =
            from share in money
            from pay in money
            from hedge in Gen.Choose(0, 1_000_000)
            from used in Gen.Choose(21_000, 3_000_000)
            from offer in Gen.Choose(0, 3_000_000)
            from cap in Gen.Choose(1, 2_000)
            from native in Gen.Choose(0, 6_000)
            from least in Gen.Choose(0, 10_000)
            from percent in Gen.Choose(0, 100)
            select new BidTerms
            {
                FractionE8 = 1,
                ShareE8 = share,
                PayE8 = pay,
                HedgeE8 = hedge * (One / 100),
                Gas = (ulong)used,
                OfferWei = (ulong)offer * (Gwei / 1000),
                CapWei = (ulong)cap * Gwei,
                NativePriceE8 = native * One,
                MinimumProfitE8 = least * (One / 100),
                GasSharePercent = percent,
            };
        Prop.ForAll(terms.ToArbitrary(), static t =>
        {
            if (BidModel.Judge(t, out string reason) is not { } plan)
            {
                return reason.Length > 0;
            }

            Int128 worst = t.ShareE8 - plan.MostPayE8 - t.HedgeE8 - BidModel.GasE8(t.Gas, plan.CeilingWei, t.NativePriceE8);
            return worst >= t.MinimumProfitE8 && plan.ProfitE8 >= t.MinimumProfitE8 && plan.MostPayE8 >= t.PayE8 && plan.CeilingWei >= t.OfferWei && plan.CeilingWei <= t.CapWei;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Theory]
    [InlineData("-0.01", -1_000_000)]
    [InlineData("0.00", -999_999)]
    [InlineData("1250.75", 125_075_000_000)]
    public void Money_OfAnAmount_IsCutToCents(string text, long valueE8) => Assert.Equal(text, BidModel.Money(valueE8));
}
