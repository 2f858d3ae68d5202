using OnchainMargin.Margin;
using OnchainMargin.Models.Portfolios;
using OnchainMargin.Models.Simulation;

namespace OnchainMargin.Models.Tests.Portfolios;

public sealed class RevaluationTests
{
    private const long One = 100_000_000;
    private const long Time = 1_700_000_000;
    private const uint Expiry = (uint)(Time + (73 * 86_400));

    // A smile of variance 0.36 + 0.5·(√(k² + 0.04) − 0.2): 60 % at the money.
    private static readonly Surface Smile = new(2100 * One, 2100 * One, 260_000_000_000, 500_000_000_000, 0, 0, 20_000_000);

    private static readonly Checkpoint Checkpoint = new(
        new CheckpointHeader(1, Time, 130_000_000, 1_000_000_000_000, 1_000_000_000_000),
        [new CollateralRecord(1, 1, 18, 5_000_000, One), new CollateralRecord(2, 0, 6, 15_000_000, One)],
        [
            new UnderlyingRecord(
                1, 1, MarketState.Normal, 2000 * One, 2010 * One, 0, 0, 2000 * One, 0, 5000 * One,
                new RiskParameters(16_000_000, 50_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000),
                [new ExpiryRecord(Expiry, Time, 990_000_000_000, Smile, Smile)]),
        ]);

    [Fact]
    public void Add_EveryKind_IsWhatTheCheckpointSays()
    {
        var revaluation = new Revaluation(Checkpoint);
        var state = new AccountState
        {
            Positions =
            [
                new(Instrument.Perpetual(1), -3 * One, 0), new(Instrument.Future(1, Expiry), One, 0), new(Instrument.Call(1, Expiry, 21_000_000), 2 * One, 0), new(Instrument.Put(1, Expiry, 15_000_000), One / 2, 0),
            ],
        };
        var positions = revaluation.Add(state, [new Balance(1, 4_000_000_000_000_000_000), new Balance(2, 77)]);
        Assert.Equal([4, -3, 1, 2, 0.5], positions.Select(p => p.Size));
        Assert.Equal([2000, 2010, 2100, 2100, 2100], positions.Select(p => revaluation.Instruments[p.Instrument].Forward));
        var call = revaluation.Instruments[positions[3].Instrument];
        Assert.Equal(0.6, call.Volatility, 1e-9);
        Assert.Equal(0.2, call.Years, 1e-12);
        Assert.Equal(0.99, call.Discount);
        var put = revaluation.Instruments[positions[4].Instrument];
        var k = Math.Log(1500.0 / 2100);
        Assert.Equal(Math.Sqrt(0.26 + (0.5 * Math.Sqrt((k * k) + 0.04))), put.Volatility, 1e-9);
        Assert.False(put.IsCall);

        // The same instrument of another account is the same row.
        Assert.Equal(positions[1].Instrument, revaluation.Add(new AccountState { Positions = [new(Instrument.Perpetual(1), One, 0)] }, [])[0].Instrument);
    }

    [Fact]
    public void Values_BesideTheEngine_AgreeOnTheMark()
    {
        // What a unit is worth to the engine and to the revaluation differ by rounding and the engine's table only.
        var state = new AccountState { Positions = [new(Instrument.Call(1, Expiry, 23_000_000), One, 0)] };
        var engine = (double)MarginEngine.Compute(state, [], new CheckpointView(Checkpoint)).EquityE8 / One;
        var revaluation = new Revaluation(Checkpoint);
        var own = revaluation.Instruments[revaluation.Add(state, [])[0].Instrument];
        Assert.Equal(engine, own.Discount * Models.Surfaces.Black76.Value(own.Forward, own.Strike, own.Volatility * Math.Sqrt(own.Years), own.IsCall), 1e-4);
    }

    [Fact]
    public void BookModel_OfSurfaces_HasTheirVolatilityAndItsStress()
    {
        var model = BookModel.Of(Checkpoint with { Underlyings = [.. Checkpoint.Underlyings, Checkpoint.Underlyings[0] with { Underlying = 2, Expiries = [] }] }, stress: 0.5);
        Assert.Equal(0.6, model.Volatilities[0], 1e-9);
        Assert.Equal(BookModel.Volatility, model.Volatilities[1]);
        Assert.Equal(0.9, model.Correlation[0, 1], 1e-12);
        Assert.Equal(100, MonteCarlo.Draw(model, 0.01, 100, 1).Count);
    }

    [Fact]
    public void Add_UnknownExpiry_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new Revaluation(Checkpoint).Add(new AccountState { Positions = [new(Instrument.Future(1, Expiry + 1), One, 0)] }, []));
}
