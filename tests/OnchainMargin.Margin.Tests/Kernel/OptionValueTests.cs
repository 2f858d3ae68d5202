using FsCheck;
using FsCheck.Fluent;

namespace OnchainMargin.Margin.Tests.KernelTests;

public sealed class OptionValueTests
{
    private const double One = 1e8;

    /// <summary>A day to two years, 5 % to 300 %, K/F of 1/8 to 8: within 1e-8 of the forward of Black's formula.</summary>
    [Fact]
    public void Mark_WideRange_IsBlack()
    {
        Gen<(int Tau, int Vol, int Log)> cases =
            from tau in Gen.Choose(86_400, 63_072_000)
            from vol in Gen.Choose(5_000_000, 300_000_000)
            from log in Gen.Choose(-2_000, 2_000)
            select (tau, vol, log);
        Check.QuickThrowOnFailure(Prop.ForAll(cases.ToArbitrary(), c =>
        {
            double strike = Math.Round(2000 * Math.Exp(c.Log / 1000.0), 4);
            ExpiryTerms terms = Sample.Terms(c.Tau, 2000_00000000, (long)((Int128)c.Vol * c.Vol / 10_000));
            Span<long> call = stackalloc long[Row.Stride];
            Span<long> put = stackalloc long[Row.Stride];
            long strikeE8 = (long)Math.Round(strike * 10_000) * 10_000;
            terms.FillCall(strikeE8, call);
            terms.FillPut(strikeE8, call, put);
            double expected = Sample.Black(2000, strike, c.Vol / One, c.Tau / 31_536_000.0);
            return Math.Abs((call[Scenarios.Mark] / One) - expected) < 2e-5 && put[Scenarios.Mark] == call[Scenarios.Mark] - 2000_00000000 + strikeE8;
        }));
    }

    [Fact]
    public void FillCall_UnderAMinute_IsThePayoffAtEveryNode()
    {
        ExpiryTerms terms = Sample.Terms(59, 2000_00000000, 1_000_000_000_000);
        Span<long> row = stackalloc long[Row.Stride];
        terms.FillCall(1999_00000000, row);
        for (int s = 0; s < Scenarios.Count; s++)
        {
            long forward = (long)Math.Floor((2000_00000000m * terms.Nodes.M[Scenarios.ScenarioNodes[s]] / 400_000_000m) + 0.5m);
            Assert.Equal(Math.Max(forward - 1999_00000000, 0), row[s]);
        }
    }

    [Theory]
    [InlineData(1, 1L << 49, 60)]
    [InlineData(((1L << 40) - 1) * 10_000, 1, 60)]
    [InlineData(1, 1, uint.MaxValue - 1)]
    [InlineData(((1L << 40) - 1) * 10_000, 1L << 49, uint.MaxValue - 1)]
    public void FillCall_EdgesOfTheDomain_StaysWithinItsBounds(long strikeE8, long forwardE8, long tau)
    {
        Span<long> row = stackalloc long[Row.Stride];
        foreach (long aE12 in (long[])[-(1L << 53), 0, 1L << 53])
        {
            ExpiryTerms terms = Sample.Terms(tau, forwardE8, aE12);
            terms.FillCall(strikeE8, row);
            for (int s = 0; s < Scenarios.Count; s++)
            {
                long a = terms.A[Scenarios.ScenarioNodes[s]];
                Assert.InRange(row[s], Math.Max(0, a - strikeE8) - (a / 50_000_000) - 64, a + (a / 50_000_000) + 64);
            }
        }
    }
}
