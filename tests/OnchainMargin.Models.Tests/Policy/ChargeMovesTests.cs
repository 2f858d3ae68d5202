using OnchainMargin.Margin;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Tests.Policy;

public sealed class ChargeMovesTests
{
    private const long Day = 86_400;
    private const double E8 = 1e8;

    [Fact]
    public void Basis_Perpetual_IsTheMoveOfItsPremium() =>
        Assert.Equal(0.005, ChargeMoves.Basis(Hour(0, 100, 0.001), Hour(Day, 130, -0.004), 0.075)!.Value, 1e-12);

    [Theory]
    [InlineData(10, 0.03, 0.03)]
    [InlineData(73, 0.010, 0.005)]
    [InlineData(73, 0.004, 0)]
    [InlineData(73, 0.020, 0.020)]
    public void Basis_Expiry_IsWhatTheGrowingChargeLeavesOver(int days, double move, double expected)
    {
        // 7.5 % a year is 1.5 % of an expiry 73 days away: half of it is there for the pair already.
        var then = Hour(0, 100, null, (days * Day, Flat(100, 0.5)));
        var now = Hour(Day, 120, null, (days * Day, Flat(120 * (1 + move), 0.5)));
        Assert.Equal(expected, ChargeMoves.Basis(then, now, 0.075)!.Value, 1e-8);
    }

    [Fact]
    public void Basis_AsTheEngineChargesIt_HoldsTheLossOfThePair()
    {
        // One unit of an expiry against one of the perpetual, margined with the charge that the move needs: the basis charge is the loss, to a unit of the eighth decimal a bucket.
        const double Move = 0.010;
        var needed = ChargeMoves.Basis(Hour(0, 100, 0, (73 * Day, Flat(100, 0.5))), Hour(Day, 100, 0, (73 * Day, Flat(101, 0.5))), 0.075)!.Value;
        var record = new UnderlyingRecord(
            1, 1, MarketState.Normal, 10_000_000_000, 10_000_000_000, 0, 0, 10_000_000_000, 0, 500_000_000_000,
            new RiskParameters(14_000_000, 45_000_000, 50_000_000, 1_000_000, (uint)Math.Round(needed * E8), 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000),
            [new ExpiryRecord((uint)(73 * Day), 0, 1_000_000_000_000, Flat(100, 0.5), Flat(100, 0.5))]);
        var view = new CheckpointView(new Checkpoint(new CheckpointHeader(1, 0, 130_000_000, 1_000_000_000_000, 1_000_000_000_000), [], [record]));
        var state = new AccountState
        {
            CashE8 = 0,
            Positions = [new Position(Instrument.Perpetual(1), 100_000_000, 10_000_000_000), new Position(Instrument.Future(1, (uint)(73 * Day)), -100_000_000, -10_000_000_000)],
        };
        Assert.Equal(100 * Move, (double)MarginEngine.Report(state, [], view).Underlyings[0].BasisE8 / E8, 2e-8);
    }

    [Fact]
    public void Vega_ParallelByKappa_IsNothing()
    {
        // 20 % at a month (κ = 1) is 14 % at three months (0.7) and 8 % at a year (0.4); what has less than a week left does not count.
        var then = Hour(0, 100, null, (7 * Day, Flat(100, 0.5)), (30 * Day, Flat(100, 0.6)), (90 * Day, Flat(100, 0.7)), (365 * Day, Flat(100, 0.8)));
        var now = Hour(Day, 90, null, (7 * Day, Flat(90, 2)), (30 * Day, Flat(90, 0.6 * 1.2)), (90 * Day, Flat(90, 0.7 * 1.14)), (365 * Day, Flat(90, 0.8 * 1.08)));
        Assert.Equal(0, ChargeMoves.Vega(then, now)!.Value, 1e-6);
    }

    [Fact]
    public void Vega_OneExpiryAlone_IsItsMoveLessTheCommonOne()
    {
        // The month rises by 10 %, the others stay: the common move is a third of it, and two thirds, a third and a third have a mean square of two ninths.
        var then = Hour(0, 100, null, (365 * Day, Flat(100, 0.5)), (30 * Day, Flat(100, 0.6)), (90 * Day, Flat(100, 0.7)));
        var now = Hour(Day, 100, null, (365 * Day, Flat(100, 0.5)), (30 * Day, Flat(100, 0.66)), (90 * Day, Flat(100, 0.7)));
        Assert.Equal(0.1 * Math.Sqrt(2) / 3, ChargeMoves.Vega(then, now)!.Value, 1e-6);
    }

    [Fact]
    public void Moves_WithoutARecordOfBoth_AreUnknown()
    {
        var bare = Hour(0, 100, null);
        Assert.Null(ChargeMoves.Basis(bare, Hour(Day, 100, 0.001), 0.075));
        Assert.Null(ChargeMoves.Basis(Hour(0, 100, null, (Day, Flat(100, 0.5))), Hour(Day, 100, null, (Day, Flat(100, 0.5))), 0.075));
        Assert.Null(ChargeMoves.Vega(Hour(0, 100, null, (30 * Day, Flat(100, 0.5))), Hour(Day, 100, null, (30 * Day, Flat(100, 0.9)))));
    }

    [Fact]
    public void Observe_TenDaysOfPremiums_TellsTheirQuantiles()
    {
        var options = new PolicyOptions();
        var forecaster = new MarketForecaster(options);
        PolicyInputs inputs = default;
        for (var i = 0; i < 600; i++)
        {
            // A premium that jumps to 0.6 % for one day: 24 of the moves to it and 24 from it, of which the last week has seen none.
            inputs = forecaster.Observe(Hour(i * 3600L, 100, i is >= 300 and < 324 ? 0.006 : 0));
            Assert.Equal(i >= 24 + 240, inputs.Basis is not null);
        }

        Assert.Equal((0, 0.006, 0.006), (inputs.Basis!.Value.Recent, inputs.Basis.Value.Floor, inputs.Basis.Value.Stressed));
        Assert.Null(inputs.Vega);
        Assert.Null(inputs.DailyVolume);
    }

    [Fact]
    public void Observe_ABurstOfVolume_DoesNotDeepenTheMarketAtOnce()
    {
        var forecaster = new MarketForecaster(new PolicyOptions());
        PolicyInputs inputs = default;
        for (var i = 0; i < 1000; i++)
        {
            inputs = forecaster.Observe(new MarketHour(i * 3600L, 100, i < 976 ? 10 : 1000, null, []));
        }

        // A day of a hundred times the volume makes the month's mean 3.4 times as large, the two days' 38 times.
        Assert.InRange(inputs.DailyVolume!.Value / 240, 3, 4);
    }

    [Fact]
    public void Funding_Payment_IsThePremiumThatItWasPaidFor()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("omargin-funding-").FullName, "x_funding.csv");
        File.WriteAllText(path, "timestamp,funding_rate\n28800,0.0001\n57600,0.0012\n86400,-0.003\n");
        var file = FundingFile.Read(path);
        Assert.Equal("X", file.Underlying);
        Assert.Null(file.PremiumAt(28_799));
        Assert.Equal(0.0001, file.PremiumAt(57_599));
        Assert.Equal(0.0017, file.PremiumAt(57_600)!.Value, 1e-12);
        Assert.Equal(-0.0035, file.PremiumAt(86_400 + 28_800)!.Value, 1e-12);
        Assert.Null(file.PremiumAt(86_400 + 28_801));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static MarketHour Hour(long time, double close, double? premium, params (long Expiry, Surface Surface)[] expiries) =>
        new(time, close, null, premium, [.. expiries.Select(one => new ExpirySurface(one.Expiry, one.Surface))]);

    private static Surface Flat(double forward, double vol) => new((long)(forward * E8), (long)(forward * E8), (long)(vol * vol * 1e12), 0, 0, 0, 100_000_000);
}
