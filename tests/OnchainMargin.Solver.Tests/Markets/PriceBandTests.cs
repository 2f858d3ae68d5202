using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Tests.Markets;

public sealed class PriceBandTests
{
    /// <summary>To the last unit on either side, against the vectors that the Solidity reads, too (spec/attested).</summary>
    [Fact]
    public void Holds_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-013");
        Assert.True(v.Count("held") > 500);
        for (int i = 0; i < v.Count("held"); i++)
        {
            Assert.Equal(v.Long("held", i) == 1, new PriceBand(Int128.Max(v.Large("mark", i), 0), v.Large("band", i)).Holds((ulong)v.Long("price", i)));
        }
    }
}
