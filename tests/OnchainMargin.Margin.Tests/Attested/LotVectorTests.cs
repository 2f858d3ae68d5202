namespace OnchainMargin.Margin.Tests.Attested;

/// <summary>Interest and lots against the vectors that the Solidity reads, too (spec/attested, written by spec/generate-attested.js).</summary>
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

    /// <summary>What a lot without equity costs insurance is the contract's alone: nobody here pays it.</summary>
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
}
