using OnchainMargin.Margin;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Tests.Surfaces;

/// <summary>What is planned is what the contract's checks accept, and as near the fit as they let it.</summary>
public sealed class SurfaceStepsTests
{
    private const long Now = 1_800_000_000;
    private const long Spot = 90_000_00000000;
    private const uint Week = (uint)Now + (7 * 86_400);
    private const uint Month = (uint)Now + (30 * 86_400);

    private static readonly SurfaceBands Bands = new(15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000);

    [Fact]
    public void Plan_Listing_IsTheFitItself()
    {
        IReadOnlyList<SteppedSurface> plan = SurfaceSteps.Plan([], [Target(Week, 0.6), Target(Month, 0.6)], Bands, Spot, Now, WindowReading.Unopened);
        Assert.All(plan, step => Assert.Equal((1.0, SurfaceFault.None), (step.Part, step.Bound)));
        Assert.All(plan, step => Assert.Equal(0.6, step.Surface.VolatilityQ32(0) / Math.Pow(2, 32), 1e-6));
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.4)]
    public void Plan_FitFarAway_GoesAsFarAsTheStepAndIsAccepted(double level)
    {
        SurfaceInForce before = Listed(Week, 0.6);
        long later = Now + 600;
        SteppedSurface step = Assert.Single(SurfaceSteps.Plan([before], [Target(Week, level)], Bands, Spot, later, WindowReading.Unopened));

        Assert.Equal(SurfaceFault.Step, step.Bound);
        Assert.InRange(step.Part, 0.01, 0.99);
        double moved = Math.Abs((step.Surface.VolatilityQ32(0) / (double)before.Surface.VolatilityQ32(0)) - 1);

        // A sixth of the hour's 15 % times kappa, which is 1.5 at a week.
        Assert.InRange(moved, 0.02, 0.0375);
        Assert.Equal(SurfaceFault.None, SurfaceChecks.Fault(step.Surface, (before.Surface, before.SinceSeconds), null, null, Bands, later + 12, Spot, WindowReading.Unopened));
    }

    [Theory]
    [InlineData(1.06)]
    [InlineData(0.94)]
    public void Plan_SpotJumps_StrikesKeepTheirVolatilities(double jump)
    {
        SurfaceInForce before = Listed(Week, 0.6);
        var spot = (long)(Spot * jump);
        SteppedSurface step = Assert.Single(SurfaceSteps.Plan([before], [Target(Week, 1.2)], Bands, spot, Now + 60, WindowReading.Unopened));

        Assert.True(step.IsPublishable);
        double k = Math.Log((double)step.Surface.ForwardE8 / before.Surface.ForwardE8);
        double was = before.Surface.VolatilityQ32((long)(k * Math.Pow(2, 32)));
        Assert.InRange(step.Surface.VolatilityQ32(0) / was, 0.996, 1.0045);
        Assert.Equal(spot, step.Surface.SpotE8);
    }

    [Fact]
    public void Plan_EverythingRises_FartherGoesFirst()
    {
        SurfaceInForce[] before = [Listed(Week, 0.6), Listed(Month, 0.3)];
        IReadOnlyList<SteppedSurface> plan = SurfaceSteps.Plan(before, [Target(Week, 0.63), Target(Month, 0.32)], Bands, Spot, Now + 3600, WindowReading.Unopened);

        Assert.Equal([Month, Week], plan.Select(step => step.Expiry));
        Assert.All(plan, step => Assert.True(step.IsPublishable));
    }

    [Fact]
    public void Plan_ForwardFarAway_RatioMovesByItsStep()
    {
        SurfaceInForce before = Listed(Week, 0.6);
        SteppedSurface step = Assert.Single(SurfaceSteps.Plan([before], [Target(Week, 0.6) with { ForwardRatio = 1.012 }], Bands, Spot, Now + 360, WindowReading.Unopened));

        // A tenth of the hour's half percent.
        Assert.Equal(SurfaceChecks.RatioE8(before.Surface) + 50_000, SurfaceChecks.RatioE8(step.Surface));
    }

    /// <summary>At the edge of a month's band, and then not renewed for twelve days: the band of eighteen days is 2.23 %, more than a step away.</summary>
    [Fact]
    public void Plan_ForwardThatItsBandHasLeft_ComesNearerByItsStep()
    {
        SurfaceTarget target = Target(Month, 0.6) with { ForwardRatio = 1.03 };
        SteppedSurface listed = Assert.Single(SurfaceSteps.Plan([], [target], Bands, Spot, Now, WindowReading.Unopened));
        long later = Now + (12 * 86_400);
        SteppedSurface step = Assert.Single(SurfaceSteps.Plan([new SurfaceInForce(listed.Surface, Now, Now)], [target], Bands, Spot, later, WindowReading.Unopened));

        Assert.True(step.IsPublishable);
        Assert.Equal(SurfaceChecks.RatioE8(listed.Surface) - 500_000, SurfaceChecks.RatioE8(step.Surface));
        Assert.True(SurfaceChecks.RatioE8(step.Surface) - 100_000_000 > SurfaceChecks.ForwardBandE8(Bands, Month - later));
    }

    /// <summary>Governance narrows the band below what is in force: the way back takes some hours, and each of them goes a step of it.</summary>
    /// <param name="fit">Where the quotes are: inside the band, or beyond it still.</param>
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.45)]
    public void Plan_VolatilityThatItsBandHasLeft_ComesBackStepByStep(double fit)
    {
        SurfaceBands narrow = Bands with { VolMaxE8 = 40_000_000 };
        SurfaceInForce held = Listed(Month, 0.6);
        for (long time = Now + 3600; time <= Now + (12 * 3600); time += 3600)
        {
            double was = held.Surface.VolatilityQ32(0);
            SteppedSurface step = Assert.Single(SurfaceSteps.Plan([held], [Target(Month, fit, -0.2, time)], narrow, Spot, time, WindowReading.Unopened));
            Assert.True(step.IsPublishable);
            Assert.InRange(step.Surface.VolatilityQ32(0) / Math.Pow(2, 32), fit - 1e-6, was / Math.Pow(2, 32));
            held = new SurfaceInForce(step.Surface, time, time);
        }

        Assert.Equal(fit, held.Surface.VolatilityQ32(0) / Math.Pow(2, 32), 1e-4);
    }

    /// <summary>Seen from another spot the slice in force is rounded, now and then to a unit farther out, where the contract would not let it stay: the way back goes on all the same.</summary>
    [Fact]
    public void Plan_SpotMovesBesideABandThatWasLeft_EveryStepGoesOn()
    {
        SurfaceBands narrow = Bands with { VolMaxE8 = 40_000_000 };
        SurfaceInForce held = Listed(Month, 0.6);
        for (int i = 1; i <= 40; i++)
        {
            long time = Now + (i * 60), spot = Spot + (i * 1_234_567_891L);
            SteppedSurface step = Assert.Single(SurfaceSteps.Plan([held], [Target(Month, 0.3, -0.2, time)], narrow, spot, time, WindowReading.Unopened));
            Assert.InRange(step.Part, 0.001, 0.1);
            Assert.Equal(spot, step.Surface.SpotE8);
            held = new SurfaceInForce(step.Surface, time, time);
        }
    }

    [Fact]
    public void Plan_VolatilityBeyondTheBand_IsNotPublishedAsAListing() =>
        Assert.Equal((false, SurfaceFault.Band), Assert.Single(SurfaceSteps.Plan([], [Target(Week, 5.5)], Bands, Spot, Now, WindowReading.Unopened)) is var step ? (step.IsPublishable, step.Bound) : default);

    /// <summary>The nearer expiry's window has 1,200 s at 98,500 and goes on at 100,000: the contract sees its smile around 99,000, where it has more total variance than the farther one.</summary>
    [Fact]
    public void Plan_NeighbourInItsSettlementWindow_IsComparedAroundTheForwardOfThatWindow()
    {
        const long Published = 100_000_00000000;
        const uint Nearer = (uint)Now + 600, Farther = (uint)Now + 4200;
        const double Years = 4200 / (365.0 * 86_400);
        var near = new SurfaceInForce(new PublishedSurface(Nearer, Published, Published, 1_275_000_000_000, 60_000_000_000_000, 0, 0, 1_000_000), Now - 60, Now - 60);
        var flat = new SurfaceTarget(Farther, 1, new SviSlice(0.36 * Years, 0, 0, 0, 0.1), Years);
        SteppedSurface Planned(in WindowReading window) => Assert.Single(SurfaceSteps.Plan([near], [flat], Bands, Published, Now, window));

        Assert.Equal(SurfaceFault.None, Planned(WindowReading.Unopened).Bound);
        SteppedSurface step = Planned(new WindowReading((Int128)1200 * 98_500_00000000, 1200, 600));
        Assert.Equal((SurfaceFault.Calendar, false), (step.Bound, step.IsPublishable));
    }

    /// <summary>Random markets for a day of publications: nothing that is planned is ever refused, and without bounds the fit is reached.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Plan_RandomWalks_AreAcceptedInTheirOrder(int seed)
    {
        var random = new Random(seed);
        List<SurfaceInForce> held = [];
        double level = 0.6;
        double spot = Spot;
        for (long time = Now; time < Now + 86_400; time += 300)
        {
            level = Math.Clamp(level * Math.Exp(0.1 * (random.NextDouble() - 0.5)), 0.2, 2);
            spot *= Math.Exp(0.02 * (random.NextDouble() - 0.5));
            SurfaceTarget[] targets = [Target(Week, level * 1.1, -0.4, time), Target(Month, level, -0.2, time)];
            foreach (SteppedSurface step in SurfaceSteps.Plan(held, targets, Bands, (long)spot, time, WindowReading.Unopened).Where(step => step.IsPublishable))
            {
                (PublishedSurface, long)? before = held.FindIndex(one => one.Surface.Expiry == step.Expiry) is var at and >= 0 ? (held[at].Surface, held[at].SinceSeconds) : null;
                PublishedSurface? near = step.Expiry == Month ? held.Where(one => one.Surface.Expiry == Week).Select(one => (PublishedSurface?)one.Surface).FirstOrDefault() : null;
                PublishedSurface? far = step.Expiry == Week ? held.Where(one => one.Surface.Expiry == Month).Select(one => (PublishedSurface?)one.Surface).FirstOrDefault() : null;
                Assert.Equal(SurfaceFault.None, SurfaceChecks.Fault(step.Surface, before, near, far, Bands, time + 5, (long)spot, WindowReading.Unopened));
                held.RemoveAll(one => one.Surface.Expiry == step.Expiry);
                held.Add(new SurfaceInForce(step.Surface, time, time));
            }
        }

        Assert.Equal(2, held.Count);
        Assert.All(held, one => Assert.True(one.TimeSeconds > Now + 82_800));
    }

    /// <summary>Spot moves between the plan and the block that it lands in, and the points with it: what steps hold back is still accepted.</summary>
    /// <param name="moved">By which part spot moves.</param>
    [Theory]
    [InlineData(0.003)]
    [InlineData(0.01)]
    [InlineData(-0.01)]
    public void Plan_SpotMovesBeforeItLands_IsAccepted(double moved)
    {
        var random = new Random(5);
        int heldBack = 0;
        List<SurfaceInForce> held = [];
        double level = 0.6, rho = -0.2, spot = Spot;
        for (long time = Now; time < Now + 86_400; time += 600)
        {
            level = Math.Clamp(level * Math.Exp(0.08 * (random.NextDouble() - 0.5)), 0.2, 2);
            rho = Math.Clamp(rho + (0.1 * (random.NextDouble() - 0.5)), -0.6, 0.3);
            spot *= Math.Exp(0.01 * (random.NextDouble() - 0.5));
            SurfaceTarget[] targets = [Target((uint)Now + (2 * 86_400), level * 1.2, rho, time), Target(Week, level * 1.1, rho, time), Target(Month, level, rho, time)];
            long landed = (long)(spot * (1 + moved));
            foreach (SteppedSurface step in SurfaceSteps.Plan(held, targets, Bands, (long)spot, time, WindowReading.Unopened).Where(step => step.IsPublishable))
            {
                (PublishedSurface, long)? before = held.FindIndex(one => one.Surface.Expiry == step.Expiry) is var at and >= 0 ? (held[at].Surface, held[at].SinceSeconds) : null;
                Assert.Equal(SurfaceFault.None, SurfaceChecks.Fault(step.Surface, before, null, null, Bands, time + 2, landed, WindowReading.Unopened));
                heldBack += step.Bound == SurfaceFault.None ? 0 : 1;
                held.RemoveAll(one => one.Surface.Expiry == step.Expiry);
                held.Add(new SurfaceInForce(step.Surface, time, time));
            }
        }

        Assert.True(heldBack > 100);
    }

    private static SurfaceTarget Target(uint expiry, double level, double rho = -0.2, long time = Now)
    {
        double years = (expiry - time) / (365.0 * 86_400);
        double w = level * level * years;

        // At the money: a + b·σ = w, with wings that leave the slice free at any level of these tests.
        double b = 0.2 * Math.Sqrt(w) / (1 + Math.Abs(rho));
        const double sigma = 0.2;
        return new SurfaceTarget(expiry, 1.001, new SviSlice(w - (b * sigma), b, rho, 0, sigma), years);
    }

    private static SurfaceInForce Listed(uint expiry, double level) =>
        new(Assert.Single(SurfaceSteps.Plan([], [Target(expiry, level)], Bands, Spot, Now, WindowReading.Unopened)).Surface, Now, Now);
}
