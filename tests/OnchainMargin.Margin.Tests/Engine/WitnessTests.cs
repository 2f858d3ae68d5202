namespace OnchainMargin.Margin.Tests.Engine;

public sealed class WitnessTests
{
    private const long One = 100_000_000;
    private static readonly uint Soon = (uint)(Sample.Time + 3600);

    private static readonly CheckpointView View = Sample.View(
        Sample.Underlying(1, 100 * One, Sample.Expiry(3600, 100 * One, 10_000_000_000)), Sample.Underlying(2, 50 * One));

    private static readonly AccountState Single = Sample.State(100 * One, new Position(Instrument.Perpetual(1), -10 * One, 0));

    private static readonly AccountState Both = Sample.State(
        0,
        new Position(Instrument.Call(1, Soon, 1_001_000), -100 * One, 0),
        new Position(Instrument.Call(1, Soon, 1_020_000), 200 * One, 0),
        new Position(Instrument.Call(1, Soon, 1_039_000), -100 * One, 0),
        new Position(Instrument.Perpetual(2), -20 * One, 0));

    [Fact]
    public void Best_OneDirection_ShowsTheWholeMargin()
    {
        byte[] witness = Witness.Best(Single, [], View, SurfaceChoice.Better);
        Assert.Equal(MarginError.None, Witness.Evaluate(Single, [], View, SurfaceChoice.Better, witness, out Int128 equity, out Int128 shown));
        AccountFigures figures = MarginEngine.Compute(Single, [], View);
        Assert.Equal(figures.EquityE8, equity);
        Assert.Equal(figures.MaintenanceE8, shown);
        Assert.Equal(3, witness.Length);
    }

    [Fact]
    public void Best_WithoutAddOns_LeavesThemOut()
    {
        byte[] witness = Witness.Best(Single, [], View, SurfaceChoice.Present, addOns: false);
        Witness.Evaluate(Single, [], View, SurfaceChoice.Present, witness, out _, out Int128 shown);
        MarginReport report = MarginEngine.Report(Single, [], View);
        Assert.Equal(report.Groups[0].MaintenanceE8, shown);
    }

    [Fact]
    public void Evaluate_NettingFloorWithAKink_ShowsThatBranch()
    {
        MarginReport report = MarginEngine.Report(Both, [], View);
        Assert.NotNull(report.Underlyings[0].Worst.Kink);
        byte[] witness = [(byte)WitnessBranch.NettingFloor, report.Underlyings[0].Worst.Code, report.Underlyings[1].Worst.Code, 0];
        Assert.Equal(MarginError.None, Witness.Evaluate(Both, [], View, SurfaceChoice.Present, witness, out _, out Int128 shown));
        Int128 loss = report.Underlyings[0].Between24E8 + report.Underlyings[1].Scenario24E8;
        Assert.Equal(RiskGroups.FromTwentyFourths(loss / 2), shown);
        Assert.True(shown <= report.Figures.MaintenanceE8);
    }

    [Fact]
    public void Evaluate_ShortMinimum_ShowsIt()
    {
        Witness.Evaluate(Both, [], View, SurfaceChoice.Present, [2, 0], out _, out Int128 shown);
        Assert.Equal(200 * One, shown);
    }

    [Fact]
    public void Evaluate_EveryByte_NeverShowsMoreThanTheMargin()
    {
        Int128 maintenance = MarginEngine.Compute(Both, [], View).MaintenanceE8;
        int shownOnes = 0;
        for (int a = 0; a < 256; a++)
        {
            for (int b = 0; b < 256; b++)
            {
                if (Witness.Evaluate(Both, [], View, SurfaceChoice.Present, [1, (byte)a, (byte)b, 1], out _, out Int128 shown) == MarginError.None)
                {
                    shownOnes++;
                    Assert.True(shown <= maintenance);
                }
            }
        }

        Assert.Equal((37 + 3 + 15) * (37 + 15), shownOnes);
    }

    [Fact]
    public void Best_KinksOfTwoUnderlyings_ShowsTheWholeMargin()
    {
        byte[] witness = Witness.Best(Both, [], View, SurfaceChoice.Present);
        Witness.Evaluate(Both, [], View, SurfaceChoice.Present, witness, out _, out Int128 shown);
        Assert.Equal(MarginEngine.Compute(Both, [], View).MaintenanceE8, shown);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 1 })]
    [InlineData(new byte[] { 0, 37, 0 })]
    [InlineData(new byte[] { 3, 0, 0 })]
    [InlineData(new byte[] { 0, 1, 2 })]
    [InlineData(new byte[] { 0, 1, 1, 0 })]
    [InlineData(new byte[] { 1, 64, 0 })]
    [InlineData(new byte[] { 1, 40, 0 })]
    public void Evaluate_Malformed_IsNamed(byte[] witness) =>
        Assert.Equal(MarginError.WitnessMalformed, Witness.Evaluate(Single, [], View, SurfaceChoice.Present, witness, out _, out _));

    [Fact]
    public void Rise_Perpetual_IsTheHandWorkedSum()
    {
        Assert.Equal(MarginError.None, Headroom.Rise(Instrument.Perpetual(2), 20 * One, View, SurfaceChoice.Worse, out Int128 rise));

        // 160 of scenarios, cross (2·10 % + 1.5·0.4 %) of 1000, times 1.3, and 8 units.
        Assert.Equal(((160 + 206) * 13 * One / 10) + 8, rise);
        Assert.Equal(MarginError.ExpiryMissing, Headroom.Rise(Instrument.Future(2, 5), One, View, SurfaceChoice.Worse, out _));
        Assert.True(Headroom.Shows(10, 5, 4, 3, 2));
        Assert.False(Headroom.Shows(9, 5, 4, 3, 2));
    }
}
