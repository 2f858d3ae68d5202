using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Tests.Surfaces;

public sealed class Black76Tests
{
    [SharedDataFact("reference/letsberational_1000.csv")]
    public void ValueAndImpliedDeviation_PublishedTable_AreReproduced()
    {
        var rows = TestFiles.Rows("reference/letsberational_1000.csv");
        Assert.Equal(995, rows.Count);
        var inverted = 0;
        foreach (var row in rows)
        {
            double forward = double.Parse(row["F"]), strike = double.Parse(row["K"]), root = Math.Sqrt(double.Parse(row["T"])), sigma = double.Parse(row["sigma"]);
            var isCall = double.Parse(row["q"]) > 0;
            var value = Black76.Value(forward, strike, sigma * root, isCall);
            Assert.Equal(double.Parse(row["black_undiscounted"]), value, 1e-12 * Math.Max(forward, strike));
            var deviation = Black76.ImpliedDeviation(value, forward, strike, isCall);

            // A value whose time part drowns in its intrinsic part has lost its volatility; the rest must return.
            var time = value - Math.Max(isCall ? forward - strike : strike - forward, 0);
            if (time > 1e-7 * Math.Max(forward, strike) && sigma * root < 4)
            {
                inverted++;
                Assert.Equal(sigma * root, deviation, 1e-6 * sigma * root);
            }
        }

        Assert.True(inverted > 300, $"only {inverted} values could be inverted");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100.1)]
    public void ImpliedDeviation_ValueOutsideItsBounds_IsNotANumber(double value) => Assert.True(double.IsNaN(Black76.ImpliedDeviation(value, 100, 110, isCall: true)));
}
