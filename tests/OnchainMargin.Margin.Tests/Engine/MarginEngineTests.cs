namespace OnchainMargin.Margin.Tests.Engine;

/// <summary>Every term of small accounts, worked by hand. Spot 100, range 16 %, parameters of <see cref="Sample"/>.</summary>
public sealed class MarginEngineTests
{
    private const long One = 100_000_000;
    private static readonly CheckpointView View = Sample.View(Sample.Underlying(1, 100 * One, Sample.Expiry(30 * 86_400, 100 * One)));

    [Fact]
    public void Compute_EmptyAccount_IsItsCash()
    {
        AccountFigures figures = MarginEngine.Compute(Sample.State(5 * One), [], View);
        Assert.Equal(new AccountFigures(5 * One, 0, 0, 0, 5 * One, 0), figures);
    }

    /// <summary>Ten long perpetuals at 90: loses 16 a unit at −R, 32·½ at −2R, 48·⅓ at −3R, all 160. Delta is 1000; slippage 1 % · 10/5000 of 1000.</summary>
    [Fact]
    public void Compute_LongPerpetual_IsTheHandWorkedSum()
    {
        AccountState state = Sample.State(200 * One, new Position(Instrument.Perpetual(1), 10 * One, 900 * One));
        AccountFigures figures = MarginEngine.Compute(state, [], View);
        Int128 maintenance = (160 * One) + (2 * One / 100);
        Assert.Equal(300 * One, figures.EquityE8);
        Assert.Equal(maintenance, figures.MaintenanceE8);
        Assert.Equal(maintenance * 13 / 10, figures.InitialE8);
        Assert.Equal(10 * One, figures.FloorE8);
        Assert.Equal(300 * One, figures.FloorEquityE8);
        Assert.Equal(figures.InitialE8 - (100 * One), figures.LeastCashE8);
    }

    /// <summary>A perpetual against a future of the same size nets to nothing but basis and half the liquidity.</summary>
    [Fact]
    public void Compute_PerpetualAgainstFuture_IsBasisAndLiquidity()
    {
        AccountState state = Sample.State(
            0, new Position(Instrument.Perpetual(1), 10 * One, 1000 * One), new Position(Instrument.Future(1, (uint)(Sample.Time + (30 * 86_400))), -10 * One, -1000 * One));
        MarginReport report = MarginEngine.Report(state, [], View);
        UnderlyingReport terms = Assert.Single(report.Underlyings);
        Assert.Equal(0, terms.Scenario24E8);
        Assert.Equal(0, terms.NetE8);
        Assert.Equal(2000 * One, terms.GrossE8);

        // Charges: 0.4 % for the perpetual, 7.5 % · 30/365 for the future, of 1000 each, halved.
        long future = ((7_500_000L * 30) + 364) / 365;
        Assert.Equal(((400_000L + future) * 1000) / 2, terms.BasisE8);

        // Open = half of 2000: 1000 · 1 % · 10/5000.
        Assert.Equal(2 * One / 100, terms.LiquidityE8);
        Assert.Equal(terms.BasisE8 + terms.LiquidityE8, report.Figures.MaintenanceE8);
        Assert.True(report.StandardE8 > 10 * report.Figures.MaintenanceE8);
    }

    /// <summary>Spot collateral is worth its size at spot, loses in scenarios and bears its haircut.</summary>
    [Fact]
    public void Compute_SpotCollateral_HasValueScenarioAndHaircut()
    {
        Balance[] balances = [new Balance(0, 7_000_000), new Balance(1, 2_000_000_000_000_000_000)];
        AccountFigures figures = MarginEngine.Compute(Sample.State(0), balances, View);
        Assert.Equal(207 * One, figures.EquityE8);
        Assert.Equal((32 * One) + (10 * One) + (200 * 1_000_000L * 2 / 5000), figures.MaintenanceE8);
        Assert.Equal(197 * One, figures.FloorEquityE8);
        Assert.Equal(0, figures.FloorE8);
    }

    /// <summary>A covered call loses less than its parts, and standard margin adds the parts.</summary>
    [Fact]
    public void Report_CoveredCall_NetsInsideTheScenarios()
    {
        uint expiry = (uint)(Sample.Time + (30 * 86_400));
        AccountState state = Sample.State(0, new Position(Instrument.Call(1, expiry, 1_100_000), -2 * One, 0));
        MarginReport report = MarginEngine.Report(state, [new Balance(1, 2_000_000_000_000_000_000)], View);
        MarginReport call = MarginEngine.Report(state, [], View);
        MarginReport spot = MarginEngine.Report(Sample.State(0), [new Balance(1, 2_000_000_000_000_000_000)], View);
        Assert.Equal(call.Figures.MaintenanceE8 + spot.Figures.MaintenanceE8, report.StandardE8);
        Assert.True(report.Figures.MaintenanceE8 < report.StandardE8);
        Assert.Equal(call.Figures.MaintenanceE8, call.StandardE8);
        Assert.Equal(2, report.Greeks.Length);
    }

    /// <summary>A forward far over the spot, a minute before expiry: the change of delta a unit of price is larger than 128 bits, and a report still comes.</summary>
    [Fact]
    public void Report_LargestGamma_IsReported()
    {
        uint expiry = (uint)(Sample.Time + 60);
        CheckpointView view = Sample.View(Sample.Underlying(1, 1, Sample.Expiry(60, 10_000, 100_000_000) with { FollowSeconds = 1_800 }));
        MarginReport report = MarginEngine.Report(Sample.State(0, new Position(Instrument.Call(1, expiry, 1), 1L << 50, 0)), [], view);
        Assert.True(Assert.Single(report.Greeks).GammaE16 > Int128.MaxValue);
    }

    /// <summary>A short butterfly that is flat at the nodes loses between them near expiry: the kink at its own strike binds.</summary>
    [Fact]
    public void Report_ShortButterflyNearExpiry_BindsAtItsStrike()
    {
        CheckpointView view = Sample.View(Sample.Underlying(1, 100 * One, Sample.Expiry(3600, 100 * One, 10_000_000_000)));
        uint expiry = (uint)(Sample.Time + 3600);
        AccountState state = Sample.State(
            0,
            new Position(Instrument.Call(1, expiry, 1_001_000), -One, 0),
            new Position(Instrument.Call(1, expiry, 1_020_000), 2 * One, 0),
            new Position(Instrument.Call(1, expiry, 1_039_000), -One, 0));
        MarginReport report = MarginEngine.Report(state, [], view);
        UnderlyingReport terms = report.Underlyings[0];
        Assert.True(terms.Between24E8 > terms.Scenario24E8);
        Assert.Equal(1, terms.Worst.Kink);
        Assert.Equal(terms.Worst, report.Worst!.Point);
        Assert.Equal(terms.Between24E8, report.Groups[0].Joint24E8);
    }

    /// <summary>Two underlyings of a group, long one and short the other: the joint loss nets, half of the sum stays.</summary>
    [Fact]
    public void Report_LongAndShortInAGroup_KeepsTheNettingFloor()
    {
        CheckpointView view = Sample.View(Sample.Underlying(1, 100 * One), Sample.Underlying(2, 50 * One));
        AccountState state = Sample.State(0, new Position(Instrument.Perpetual(1), 10 * One, 0), new Position(Instrument.Perpetual(2), -20 * One, 0));
        MarginReport report = MarginEngine.Report(state, [], view);
        GroupReport group = Assert.Single(report.Groups);
        Assert.Equal(24 * 320 * One, group.Loss24E8);
        Assert.Equal(0, group.Joint24E8);
        Assert.Equal(24 * 160 * One, group.NettingFloor24E8);
        Assert.Equal(160 * One, group.MaintenanceE8);
        Assert.Equal(WitnessBranch.NettingFloor, report.Worst!.Branch);
    }

    /// <summary>Underlyings of one group whose netting floors differ: each keeps its own part, so dust of the third, which a stranger may deposit, brings no more than its own loss.</summary>
    [Fact]
    public void Report_UnequalNettingFloors_CountEachLossByItsOwn()
    {
        RiskParameters stricter = Sample.Parameters with { NettingFloorE8 = 60_000_000 };
        CheckpointView view = Sample.View(
            Sample.Underlying(1, 100 * One), Sample.Underlying(2, 50 * One), Sample.Underlying(3, 100 * One) with { Parameters = stricter });
        Position[] hedged = [new Position(Instrument.Perpetual(1), 10 * One, 0), new Position(Instrument.Perpetual(2), -20 * One, 0)];
        Int128 without = MarginEngine.Report(Sample.State(0, [.. hedged]), [], view).Groups[0].MaintenanceE8;
        MarginReport dust = MarginEngine.Report(Sample.State(0, [.. hedged, new Position(Instrument.Perpetual(3), 1, 0)]), [], view);
        Assert.Equal(160 * One, without);
        Assert.Equal(24 * 16, dust.Underlyings[2].Scenario24E8);
        Assert.Equal((24 * 160 * One) + 231, dust.Groups[0].NettingFloor24E8);
        Assert.Equal(without + 10, dust.Groups[0].MaintenanceE8);

        GroupReport crossed = MarginEngine.Report(Sample.State(0, hedged[0], new Position(Instrument.Perpetual(3), -10 * One, 0)), [], view).Groups[0];
        Assert.Equal((80 + 96) * One, crossed.MaintenanceE8);
    }

    [Fact]
    public void TryCompute_InputsThatDoNotBelongTogether_NameTheError()
    {
        Assert.Equal(MarginError.UnderlyingMissing, Error(Sample.State(0, new Position(Instrument.Perpetual(9), One, 0))));
        Assert.Equal(MarginError.ExpiryMissing, Error(Sample.State(0, new Position(Instrument.Future(1, 5), One, 0))));
        Assert.Equal(MarginError.CollateralMissing, Error(Sample.State(0), new Balance(7, 1)));
        Assert.Equal(MarginError.BalancesUnsorted, Error(Sample.State(0), new Balance(1, 1), new Balance(0, 1)));
        Assert.Equal(MarginError.UnderlyingMissing, Error(Sample.State(0, new Position(Instrument.Perpetual(9), One, 0)), new Balance(7, 1)));
    }

    /// <summary>A surface republished within the delay: liquidation takes the better, a trade the worse, each for this account.</summary>
    [Fact]
    public void Compute_TwoSurfaces_TakesTheOneOfTheChoice()
    {
        var expiry = Sample.Expiry(30 * 86_400, 100 * One);
        expiry = expiry with { Delayed = Sample.Flat(100 * One, 1_440_000_000_000) };
        CheckpointView view = Sample.View(Sample.Underlying(1, 100 * One, expiry));
        foreach (int side in (int[])[1, -1])
        {
            AccountState state = Sample.State(0, new Position(Instrument.Call(1, expiry.Expiry, 1_000_000), side * One, 0));
            Int128 present = MarginEngine.Compute(state, [], view).EquityE8;
            Int128 better = MarginEngine.Compute(state, [], view, SurfaceChoice.Better).EquityE8;
            Int128 worse = MarginEngine.Compute(state, [], view, SurfaceChoice.Worse).EquityE8;
            Assert.True(better > worse);
            Assert.Equal(side > 0 ? worse : better, present);
        }
    }

    /// <summary>A surface a day past its age: vega is charged whole in initial margin and floor, never in maintenance.</summary>
    [Fact]
    public void Compute_StaleSurface_RaisesInitialAndFloorOnly()
    {
        ExpiryRecord fresh = Sample.Expiry(30 * 86_400, 100 * One);
        AccountState state = Sample.State(0, new Position(Instrument.Call(1, fresh.Expiry, 1_000_000), One, 0));
        MarginReport before = MarginEngine.Report(state, [], Sample.View(Sample.Underlying(1, 100 * One, fresh)));
        MarginReport after = MarginEngine.Report(state, [], Sample.View(Sample.Underlying(1, 100 * One, fresh with { SurfaceTime = Sample.Time - 600 - 86_400 })));
        Int128 stale = after.Underlyings[0].StaleE8;
        Assert.Equal(before.Figures.MaintenanceE8, after.Figures.MaintenanceE8);
        Assert.InRange(stale - (9 * before.Underlyings[0].VegaE8), -9, 9);
        Assert.Equal(before.Figures.FloorE8 + stale, after.Figures.FloorE8);
        Assert.InRange(after.Figures.InitialE8 - before.Figures.InitialE8 - (stale * 13 / 10), -1, 1);
    }

    [Fact]
    public void Compute_WarmView_AllocatesNothing()
    {
        uint expiry = (uint)(Sample.Time + (30 * 86_400));
        AccountState state = Sample.State(0, new Position(Instrument.Perpetual(1), One, 0), new Position(Instrument.Call(1, expiry, 1_000_000), -One, 0), new Position(Instrument.Put(1, expiry, 900_000), One, 0));
        Balance[] balances = [new Balance(1, 5)];
        MarginEngine.Compute(state, balances, View);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            MarginEngine.Compute(state, balances, View);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static MarginError Error(AccountState state, params Balance[] balances) => MarginEngine.TryCompute(state, balances, View, SurfaceChoice.Present, out _);
}
