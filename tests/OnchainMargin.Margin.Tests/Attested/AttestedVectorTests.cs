namespace OnchainMargin.Margin.Tests.Attested;

/// <summary>The rules of surfaces, of steps of parameters and of strikes against the vectors that the Solidity reads, too (spec/attested, written by spec/generate-attested.js).</summary>
public sealed class AttestedVectorTests
{
    private const int Points = SurfaceChecks.PointCount;

    [Fact]
    public void IsButterflyFree_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("ORC-011");
        Assert.True(v.Count("free") > 200);
        for (int i = 0; i < v.Count("free"); i++)
        {
            var s = new PublishedSurface(0, 1, 1, v.Long("a", i), v.Long("b", i), (int)v.Long("rho", i), (int)v.Long("m", i), (uint)v.Long("sigma", i));
            Assert.Equal(v.Long("free", i) == 1, SurfaceChecks.IsButterflyFree(s, v.Long("tau", i)));
        }
    }

    [Fact]
    public void PointsAndSteps_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("ORC-012");
        Span<long> points = stackalloc long[Points];
        for (int i = 0; i < v.Count("tau"); i++)
        {
            var bands = new SurfaceBands((uint)v.Long("volStep", i), 0, 0, 0, 0, 0);
            Assert.Equal(v.Long("allowed", i), SurfaceChecks.AllowedStepE8(bands, v.Long("tau", i), v.Long("elapsed", i)));
            SurfaceChecks.Points(v.Long("tau", i), points);
            for (int j = 0; j < 7; j++)
            {
                Assert.Equal((v.Long("points", (7 * i) + j), -v.Long("points", (7 * i) + j)), (points[6 + j], points[6 - j]));
            }
        }

        for (int i = 0; i < v.Count("first"); i++)
        {
            Assert.Equal((int)v.Long("first", i), SurfaceChecks.FirstStep(v.Row("from", i, Points), v.Row("to", i, Points), v.Long("step", i)));
        }
    }

    [Fact]
    public void Volatilities_AroundTheLiveForward_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("ORC-012");
        Span<long> points = stackalloc long[Points];
        Span<long> vols = stackalloc long[Points];
        Assert.True(v.Count("seen_live") > 50);
        for (int i = 0; i < v.Count("seen_live"); i++)
        {
            PublishedSurface s = Surface(v, "seen", i, 0);
            var window = new WindowReading(v.Large("seen_sum", i), v.Long("seen_covered", i), v.Long("seen_remaining", i)) { StalledSeconds = v.Long("seen_stalled", i) };
            long live = SurfaceChecks.LiveForwardE8(s, v.Long("seen_tau", i), v.Long("seen_market", i), window);
            Assert.Equal(v.Long("seen_live", i), live);
            SurfaceChecks.Points(v.Long("seen_tau", i), points);
            SurfaceChecks.Volatilities(s, points, live, vols);
            Assert.Equal(v.Row("seen_vols", i, Points).ToArray(), vols.ToArray());
        }
    }

    [Fact]
    public void Fault_OfPublications_IsThatOfTheVectors()
    {
        const long Listed = 1_800_000_000;
        const uint Day = 86_400, Week = 604_800;
        var bands = new SurfaceBands(15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000);
        Columns v = Columns.Of("ORC-012");
        Assert.True(v.Count("fault") >= 40);
        for (int i = 0; i < v.Count("fault"); i++)
        {
            PublishedSurface day = Surface(v, "day", i, (uint)Listed + Day), week = Surface(v, "week", i, (uint)Listed + Week);
            bool isDay = v.Long("isDay", i) == 1;
            PublishedSurface after = Surface(v, "after", i, isDay ? day.Expiry : week.Expiry);
            long market = v.Long("market", i);
            SurfaceFault Fault(long level) => SurfaceChecks.Fault(
                after with { AE12 = level }, (isDay ? day : week, Listed), isDay ? null : day, isDay ? week : null, bands, Listed + v.Long("silent", i), market, WindowReading.Unopened);
            Assert.Equal(SurfaceFault.None, Fault(v.Long("passes", i)));
            Assert.Equal(v.Long("fault", i) == 1 ? SurfaceFault.Step : SurfaceFault.Calendar, Fault(v.Long("fails", i)));
        }
    }

    [Fact]
    public void FirstCrossing_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("ORC-013");
        for (int i = 0; i < v.Count("first"); i++)
        {
            Assert.Equal((int)v.Long("first", i), SurfaceChecks.FirstCrossing(v.Row("nearer", i, Points), v.Long("nearerTau", i), v.Row("farther", i, Points), v.Long("fartherTau", i)));
        }
    }

    [Fact]
    public void ForwardBand_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("ORC-014");
        for (int i = 0; i < v.Count("most"); i++)
        {
            Assert.Equal(v.Long("most", i), SurfaceChecks.ForwardBandE8(new SurfaceBands(0, 0, (uint)v.Long("band", i), (uint)v.Long("bandYear", i), 0, 0), v.Long("tau", i)));
        }
    }

    [Fact]
    public void Bands_HoldWhatTheVectorsSay()
    {
        Columns v = Columns.Of("ORC-014");
        Assert.True(v.Count("held_in") > 200);
        for (int i = 0; i < v.Count("held_in"); i++)
        {
            var bands = new SurfaceBands(0, 0, (uint)v.Long("held_band", i), 25_000_000, 0, 0);
            Assert.Equal(v.Long("held_in", i) == 1, SurfaceChecks.IsForwardInBand(bands, v.Long("held_tau", i), v.Long("held_ratio", i), v.Long("held_before", i)));
        }

        v = Columns.Of("ORC-012");
        Assert.True(v.Count("held_in") > 50);
        for (int i = 0; i < v.Count("held_in"); i++)
        {
            var bands = new SurfaceBands(0, 0, 0, 0, 5_000_001, 499_999_999);
            Assert.Equal(v.Long("held_in", i) == 1, SurfaceChecks.IsVolatilityInBand(bands, v.Long("held_vol", i), v.Long("held_before", i)));
        }
    }

    [Fact]
    public void Limits_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("PAR-001");
        Assert.Equal(200, v.Count("low"));
        for (int i = 0; i < v.Count("low"); i++)
        {
            Assert.Equal(((ulong)v.Long("low", i), (ulong)v.Long("high", i)), Corridors.Limits(Band(v, i), (ulong)v.Long("value", i), (ulong)v.Long("anchor", i), (ulong)v.Long("elapsed", i), v.Long("down", i) == 1));
        }
    }

    [Fact]
    public void AnchorOf_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("PAR-002");
        for (int i = 0; i < v.Count("anchor"); i++)
        {
            Assert.Equal((ulong)v.Long("anchor", i), Corridors.AnchorOf(Band(v, i), (ulong)v.Long("value", i), (ulong)v.Long("old", i), v.Long("isOver", i) == 1, v.Long("down", i) == 1));
        }
    }

    /// <summary>Where a token's way begins events tell; of underlyings checkpoints have what is in force.</summary>
    [Fact]
    public void Ramps_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("PAR-005");
        Assert.Equal((100, 100), (v.Count("value"), v.Count("baseNow")));
        for (int i = 0; i < v.Count("value"); i++)
        {
            Assert.Equal((ulong)v.Long("value", i), Ramps.ValueAt((ulong)v.Long("x", i), (ulong)v.Long("y", i), (ulong)v.Long("elapsed", i), (ulong)v.Long("duration", i)));
        }

        for (int i = 0; i < v.Count("baseNow"); i++)
        {
            HaircutParameters from = Haircut("baseFrom", "mostFrom", "thresholdFrom"), to = Haircut("toBase", "toMost", "toThreshold");
            Assert.Equal(Haircut("baseNow", "mostNow", "thresholdNow"), Ramps.TokenAt(from, to, (ulong)v.Long("tokenElapsed", i), (ulong)v.Long("tokenDuration", i)));

            HaircutParameters Haircut(string least, string most, string threshold) => new((uint)v.Long(least, i), (uint)v.Long(most, i), (ulong)v.Long(threshold, i));
        }
    }

    [Fact]
    public void CoupledBound_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("PAR-004");
        Assert.Equal((60, 20), (v.Count("taken"), v.Count("minimum")));
        for (int i = 0; i < v.Count("taken"); i++)
        {
            RiskParameters? underlying = v.Long("isUnderlying", i) == 0 ? null : new RiskParameters(
                (uint)v.Long("range", i), 0, 0, 0, (uint)v.Long("basisCharge", i), (uint)v.Long("basisRate", i), 0, (uint)v.Long("slippageCap", i), 0, 0, 0, 0, 0);
            Int128 askedE16 = RiskParameters.AskedOfCollateralE16(underlying, (uint)v.Long("haircutMax", i), v.Long("factor", i));
            Assert.Equal(v.Long("taken", i) == 1, askedE16 <= (Int128)Rounding.One * Rounding.One);
        }

        for (int i = 0; i < v.Count("minimum"); i++)
        {
            Assert.Equal(v.Long("minimum", i), RiskParameters.ShortMinimumOf((uint)v.Long("priceRange", i)));
        }
    }

    private static PublishedSurface Surface(Columns v, string name, int i, uint expiry)
    {
        long Of(string field) => v.Long($"{name}_{field}", i);
        return new PublishedSurface(expiry, Of("forward"), Of("spot"), Of("a"), Of("b"), (int)Of("rho"), (int)Of("m"), (uint)Of("sigma"));
    }

    private static ParameterBand Band(Columns v, int i) => new(
        (ulong)v.Long("leastE8", i), (ulong)v.Long("mostE8", i), (uint)v.Long("tightenPerHourE8", i), (uint)v.Long("tightenPerDayE8", i), (uint)v.Long("loosenPerHourE8", i), (uint)v.Long("loosenPerDayE8", i));

    [Fact]
    public void Strikes_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("CLR-028");
        int odd = 0;
        for (int i = 0; i < v.Count("strike"); i++)
        {
            long strike = v.Long("strike", i);
            Assert.Equal((v.Long("below", i), v.Long("step", i)), StrikeGrid.Around(strike));
            Assert.Equal(strike == v.Long("below", i), StrikeGrid.Holds(Instrument.Call(1, 1, strike / 10_000)));
            odd += strike == v.Long("below", i) ? 0 : 1;
        }

        Assert.InRange(odd, 100, v.Count("strike") - 100);
        Assert.True(StrikeGrid.Holds(Instrument.Perpetual(1)) && StrikeGrid.Holds(Instrument.Future(1, 1)));
    }

    /// <summary>How many strikes there can be (docs/security.md): of one expiry at all, and at most within a factor of eight of a forward.</summary>
    [Fact]
    public void Strikes_OfAnExpiry_AreCounted()
    {
        const long Limit = 1L << 40;
        var grid = new List<long>();
        for (long strike = 1; strike < Limit; strike += StrikeGrid.Around(strike).StepE8)
        {
            grid.Add(strike);
        }

        Assert.Equal(9109, grid.Count);
        int most = 0;
        for (int from = 0, to = 0; from < grid.Count; from++)
        {
            for (; to < grid.Count && grid[to] <= 64 * grid[from]; to++)
            {
            }

            most = Math.Max(most, to - from);
        }

        Assert.Equal(1744, most);
    }
}
