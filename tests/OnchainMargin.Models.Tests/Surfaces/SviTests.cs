using OnchainMargin.Models.Data;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Tests.Surfaces;

public sealed class SviTests
{
    private const string Chain = "options/deribit_chain_6h_2026-01-28_2026-02-12.csv.gz";

    private static readonly SviSlice Vogt = new(-0.0410, 0.1331, 0.3060, 0.3586, 0.4153);

    [SharedDataFact("reference/svi_examples.csv")]
    public void JumpWings_VogtExample_EqualsThePublishedNumbers()
    {
        var published = TestFiles.Rows("reference/svi_examples.csv").ToDictionary(r => $"{r["set"]}.{r["name"]}", r => double.Parse(r["value"]));
        var wings = Vogt.ToJumpWings(1);
        Assert.Equal(published["vogt_jw.v_t"], wings.AtTheMoney, 5e-9);
        Assert.Equal(published["vogt_jw.psi_t"], wings.Skew, 5e-8);
        Assert.Equal(published["vogt_jw.p_t"], wings.PutWing, 5e-8);
        Assert.Equal(published["vogt_jw.c_t"], wings.CallWing, 5e-7);
        Assert.Equal(published["vogt_jw.v_tilde_t"], wings.Least, 5e-8);
        var free = wings.WithoutButterflies();
        Assert.Equal(published["butterfly_free.c_star"], free.CallWing, 5e-8);
        Assert.Equal(published["butterfly_free.v_tilde_star"], free.Least, 5e-9);
        Assert.False(Vogt.IsFreeOfButterflies);
        Assert.True(free.ToRaw().IsFreeOfButterflies);
        Assert.True((wings with { CallWing = published["butterfly_free_optimised.c"], Least = published["butterfly_free_optimised.v_tilde"] }).ToRaw().IsFreeOfButterflies);
    }

    [SharedDataFact("reference/svi_examples.csv")]
    public void TotalVariance_QuantLibExample_EqualsThePublishedNumber() =>
        Assert.Equal(0.010573, new SviSlice(-0.0666, 0.229, 0.439, 0.193, 0.337).TotalVariance(0.193), 1e-15);

    [SharedDataFact("reference/svi_vogt_grid_computed.csv")]
    public void Density_VogtGrid_IsReproduced()
    {
        var rows = TestFiles.Rows("reference/svi_vogt_grid_computed.csv");
        Assert.Equal(31, rows.Count);
        foreach (var row in rows)
        {
            Assert.Equal(double.Parse(row["total_variance_w"]), Vogt.TotalVariance(double.Parse(row["k"])), 1e-14);
            Assert.Equal(double.Parse(row["g_k"]), Vogt.Density(double.Parse(row["k"])), 1e-12);
        }
    }

    [Fact]
    public void ToRaw_OfJumpWings_ReturnsTheSlice()
    {
        foreach (var slice in (SviSlice[])[Vogt, new(0.01, 0.1, -0.4, 0.05, 0.2), new(0.02, 0.05, 0.3, 0, 0.3), new(0.02, 0.05, 0.3, -0.2, 0.3)])
        {
            var back = slice.ToJumpWings(0.7).ToRaw();
            Assert.Equal(slice.A, back.A, 1e-9);
            Assert.Equal(slice.B, back.B, 1e-9);
            Assert.Equal(slice.Rho, back.Rho, 1e-9);
            Assert.Equal(slice.M, back.M, 1e-8);
            Assert.Equal(slice.Sigma, back.Sigma, 1e-8);
        }
    }

    [Fact]
    public void Fit_QuotesOfASlice_FindsIt()
    {
        var truth = new SviSlice(0.012, 0.09, -0.35, 0.04, 0.18);
        SmilePoint[] points = [.. Enumerable.Range(-12, 25).Select(i => i * 0.05).Select(k => (K: k, Vol: truth.Volatility(k, 0.25))).Select(p => new SmilePoint(p.K, p.Vol - 0.005, p.Vol + 0.005))];
        var fit = SviFit.Fit(points, 0.25, null, []);
        Assert.All(points, p => Assert.Equal(p.Mid, fit.Volatility(p.K, 0.25), 2e-4));
    }

    [SharedDataFact("reference/svi_smiles_sp500_fromtheo.csv")]
    public void Fit_DigitisedSmiles_IsCloseToAll()
    {
        foreach (var file in (string[])["reference/svi_smiles_sp500_fromtheo.csv", "reference/svi_smiles_dax_fromtheo.csv"])
        {
            var smiles = TestFiles.Rows(file).GroupBy(r => double.Parse(r[r.ContainsKey("Maturity") ? "Maturity" : r.Keys.Last()])).ToList();
            Assert.True(smiles.Count > 1);
            foreach (var smile in smiles)
            {
                SmilePoint[] points = [.. smile.Select(r => (K: double.Parse(r[r.Keys.First()]), Vol: double.Parse(r[r.Keys.ElementAt(1)]))).Select(p => new SmilePoint(p.K, p.Vol - 0.002, p.Vol + 0.002)).OrderBy(p => p.K)];
                var fit = SviFit.Fit(points, smile.Key, null, []);
                var rms = Math.Sqrt(points.Average(p => Math.Pow(fit.Volatility(p.K, smile.Key) - p.Mid, 2)));
                Assert.True(rms < 0.01, $"{file} {smile.Key}: {rms}");
            }
        }
    }

    [Fact]
    public void Fit_QuotesWithAButterflyAndACalendar_IsFreeOfBoth()
    {
        const long Time = 1_770_000_000;
        var quotes = new List<OptionQuote>();

        // The nearer expiry has more total variance than the further one, and both have the wing of Vogt's example.
        foreach (var (days, level) in (ReadOnlySpan<(int, double)>)[(30, 1.0), (60, 0.6)])
        {
            for (var strike = 50.0; strike <= 320; strike += 10)
            {
                var w = Math.Max(level * Vogt.TotalVariance(Math.Log(strike / 100)), 1e-4);
                var isCall = strike >= 100;
                quotes.Add(new OptionQuote("X", Time + (days * 86_400L), strike, isCall, Time, 100, 100, Black76.Value(100, strike, Math.Sqrt(w) * 0.99, isCall), Black76.Value(100, strike, Math.Sqrt(w) * 1.01, isCall), double.NaN));
            }
        }

        var surface = SurfaceFit.Fit(quotes, Time);
        Assert.Equal(2, surface.Expiries.Count);
        Assert.False(surface.Expiries[0].RawFreeOfButterflies);
        Assert.False(surface.Expiries[1].RawFreeOfCalendars);
        Assert.All(surface.Expiries, e => Assert.True(e.Slice.IsFreeOfButterflies));
        Assert.True(SurfaceFit.IsFreeOfCalendars(surface.Expiries[0], surface.Expiries[1]));
    }

    [Fact]
    public void Parity_OneBadQuote_NamesItsStrikeAndManyFlagTheExpiry()
    {
        const long Expiry = 1_771_000_000;
        List<OptionQuote> quotes = [];
        foreach (var strike in (double[])[80, 90, 100, 110, 120])
        {
            foreach (var isCall in (bool[])[true, false])
            {
                var value = Black76.Value(100, strike, 0.2, isCall);
                quotes.Add(new OptionQuote("X", Expiry, strike, isCall, 1_770_000_000, 100, 100, value * 0.99, value * 1.01, 0.5));
            }
        }

        Assert.False(Assert.Single(Parity.Check(quotes)).IsFlagged);
        var bad = quotes.FindIndex(q => q.Strike == 110 && q.IsCall);
        quotes[bad] = quotes[bad] with { Bid = 8, Ask = 8.1 };
        var one = Assert.Single(Parity.Check(quotes));
        Assert.Equal((1, 110.0), (one.Outside, one.WorstStrike));
        Assert.False(one.IsFlagged);
        Assert.True(Assert.Single(Parity.Check(quotes.Select(q => q with { Forward = 101 }))).IsFlagged);
    }

    [SharedDataFact(Chain)]
    public void Fit_RealChain_KeepsItsPromises()
    {
        var snapshot = ChainFile.Read(TestFiles.SharedData(Chain))[33];
        foreach (var underlying in (string[])["BTC", "ETH"])
        {
            var surface = SurfaceFit.Fit([.. snapshot.Quotes.Where(q => q.Underlying == underlying)], snapshot.Time);
            Assert.True(surface.Expiries.Count >= 8);
            Assert.All(surface.Expiries, e => Assert.True(e.Slice.IsFreeOfButterflies));
            Assert.All(surface.Expiries.Zip(surface.Expiries.Skip(1)), p => Assert.True(SurfaceFit.IsFreeOfCalendars(p.First, p.Second)));
        }
    }
}
