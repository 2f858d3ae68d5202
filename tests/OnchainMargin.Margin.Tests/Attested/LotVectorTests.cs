namespace OnchainMargin.Margin.Tests.Attested;

/// <summary>Averages, funding, interest and lots against the vectors that the Solidity reads, too (spec/attested, written by spec/generate-attested.js and spec/generate-lots.js).</summary>
public sealed class LotVectorTests
{
    [Fact]
    public void Interest_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-032");
        Assert.Equal(200, v.Count("insurance"));
        for (int i = 0; i < v.Count("insurance"); i++)
        {
            var curve = new InterestParameters(v.Long("base", i), v.Long("kink", i), v.Long("kinkRate", i), v.Long("max", i), v.Long("reserve", i));
            (long debtIndex, long creditIndex) = (v.Long("debtIndex", i), v.Long("creditIndex", i));
            (Int128 debtBase, Int128 creditBase) = (v.Large("debtBase", i), v.Large("creditBase", i));
            Assert.Equal(v.Long("used", i), InterestRates.Utilisation(Wide.MulDivFloor(debtBase, debtIndex, Rounding.OneE12), Wide.MulDivCeil(creditBase, creditIndex, Rounding.OneE12)));
            Assert.Equal(v.Long("rate", i), InterestRates.Rate(curve, v.Long("used", i)));
            (long debtAfter, long creditAfter) = InterestRates.Accrue(curve, debtIndex, creditIndex, debtBase, creditBase, v.Long("elapsed", i));
            Assert.Equal((v.Long("debtAfter", i), v.Long("creditAfter", i)), (debtAfter, creditAfter));
            Assert.Equal(v.Large("insurance", i), InterestRates.Reserved(debtBase, creditBase, debtAfter - debtIndex, creditAfter - creditIndex));
        }
    }

    [Fact]
    public void ForSale_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-040");
        Assert.Equal(120, v.Count("forSale"));
        for (int i = 0; i < v.Count("forSale"); i++)
        {
            Assert.Equal(v.Long("forSale", i), Lots.ForSale(v.Large("equity", i), v.Large("margin", i), v.Long("target", i), v.Long("discountMax", i), v.Long("bidMin", i)));
        }
    }

    [Fact]
    public void BidMost_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-041");
        Assert.Equal(122, v.Count("most"));
        for (int i = 0; i < v.Count("most"); i++)
        {
            Int128 margin = Lots.KeptUp(v.Large("marginShown", i), v.Long("capSold", i));
            Assert.Equal(v.Large("marginOfRest", i), margin);
            Assert.Equal(v.Long("most", i), Lots.BidMostUp(v.Large("equityOfRest", i), margin, v.Long("capTarget", i), v.Long("capDiscountMax", i), v.Long("capBidMin", i), v.Long("capSold", i)));
        }
    }

    /// <summary>What a lot without equity costs insurance, and what a bid is bound by, are the contract's alone: nobody here pays it.</summary>
    [Fact]
    public void RestoredDiscountAndPay_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("CLR-041");
        Assert.Equal((80, 80), (v.Count("restored"), v.Count("pay")));
        for (int i = 0; i < v.Count("restored"); i++)
        {
            Assert.Equal(v.Long("restored", i) == 1, Lots.IsRestored(v.Large("left", i), v.Large("margin", i), v.Long("target", i), v.Long("sold", i)));
        }

        for (int i = 0; i < v.Count("pay"); i++)
        {
            Assert.Equal(v.Long("discount", i), Lots.Discount(v.Long("age", i), v.Long("discountMax", i), v.Long("ramp", i)));
            Assert.Equal(v.Large("pay", i), Lots.PayUp(v.Large("equity", i), v.Long("fraction", i), v.Long("discount", i)));
        }
    }

    [Fact]
    public void RewardDown_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-044");
        Assert.Equal(120, v.Count("reward"));
        for (int i = 0; i < v.Count("reward"); i++)
        {
            long gas = v.Long("gasBase", i) + (v.Long("gasEach", i) * v.Long("positions", i));
            Assert.Equal(v.Large("reward", i), Lots.RewardDown(v.Large("equity", i), gas, v.Long("fee", i), v.Long("native", i), v.Long("rewardMax", i), v.Large("rewardMost", i)));
        }
    }

    /// <summary>Slices themselves are the contract's alone: nobody here puts one together.</summary>
    [Fact]
    public void Sold_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-042");
        Assert.Equal(120, v.Count("part"));
        for (int i = 0; i < v.Count("part"); i++)
        {
            Assert.Equal(v.Large("part", i), Lots.Sold(v.Large("x", i), v.Long("p", i)));
        }
    }

    [Fact]
    public void AveragesAndMarks_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("CLR-030");
        Assert.Equal((120, 80), (v.Count("next"), v.Count("mark")));
        for (int i = 0; i < v.Count("next"); i++)
        {
            Assert.Equal(v.Large("next", i), Averages.Follow(v.Large("value", i), v.Large("sample", i), v.Long("elapsed", i), v.Long("window", i)));
        }

        for (int i = 0; i < v.Count("mark"); i++)
        {
            Assert.Equal(v.Long("mark", i), Funding.Mark(v.Long("spot", i), v.Long("premium", i)));
        }
    }

    [Fact]
    public void PremiumAndFunding_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("CLR-031");
        Assert.Equal(150, v.Count("fundingAfter"));
        for (int i = 0; i < v.Count("fundingAfter"); i++)
        {
            long spot = v.Long("spot", i);
            long elapsed = v.Long("elapsed", i);
            Int128 least = Funding.LeastNotional(v.Long("depth", i), spot);
            Assert.Equal(v.Large("least", i), least);
            Int128 sample = Funding.Sample(v.Large("traded", i), v.Large("notional", i), least, v.Long("clamp", i));
            Assert.Equal(v.Large("sample", i), sample);
            Int128 premium = Averages.Follow(v.Large("before", i), sample, elapsed, v.Long("window", i));
            Assert.Equal(v.Large("premium", i), premium);
            Int128 funding = Funding.Next(v.Large("funding", i), premium, spot, elapsed, v.Long("rateMax", i), v.Long("interval", i));
            Assert.Equal(v.Large("fundingAfter", i), funding);
            Assert.Equal(v.Long("told", i), Funding.Told(funding));
        }
    }
}
