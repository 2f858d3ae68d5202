namespace OnchainMargin.Margin.Tests.Book;

/// <summary>
/// Accounts that do not belong to the checkpoint, or that no account of the protocol can be: the book names the error that the engine of one account names, or has its figures, and everybody else's figures stay right,
/// also while underlyings, expiries and tokens come and go.
/// </summary>
public sealed class BookMisfitTests
{
    private const long One = 100_000_000;
    private const uint Soon = (uint)(Sample.Time + 86_400);
    private const uint Later = Soon + 86_400;

    private static readonly UnderlyingRecord First = Sample.Underlying(1, 100 * One, Sample.Expiry(86_400, 100 * One));
    private static readonly UnderlyingRecord Second = Sample.Underlying(2, 50 * One);
    private static readonly UnderlyingRecord Ninth = Sample.Underlying(9, 7 * One, Sample.Expiry(172_800, 7 * One)) with { Group = 2 };

    private static readonly Checkpoint Market = Sample.Checkpoint(First, Second);

    /// <summary>Markets one after another: what is missing comes, changes its kind, and goes.</summary>
    private static readonly Checkpoint[] Markets =
    [
        Market,
        Sample.Checkpoint(First, Second, Ninth),
        Sample.Checkpoint(First with { Expiries = [.. First.Expiries, Sample.Expiry(172_800, 100 * One)] }, Second, Ninth),
        Market with { Collaterals = [.. Market.Collaterals, new CollateralRecord(7, 0, 6, 15_000_000, 2 * One)] },
        Market with { Collaterals = [.. Market.Collaterals, new CollateralRecord(7, 2, 6, 5_000_000, One)] },
        Market with { Collaterals = [Market.Collaterals[0]] },
        Sample.Checkpoint(Second),
        Sample.Checkpoint(First with { Expiries = [] }, Second),
        Market,
    ];

    private static readonly (AccountState State, Balance[] Balances)[] Accounts =
    [
        (Sample.State(One, new Position(Instrument.Perpetual(1), One, 0)), [new Balance(1, 1_000_000_000_000_000_000)]),
        (Sample.State(One, new Position(Instrument.Call(1, Soon, 1_000_000), -One, 0), new Position(Instrument.Perpetual(2), One, 0)), [new Balance(0, 5_000_000)]),
        (Sample.State(0, new Position(Instrument.Perpetual(9), One, 0)), []),
        (Sample.State(0, new Position(Instrument.Perpetual(1), One, 0), new Position(Instrument.Put(9, Later, 70_000), One, 0)), []),
        (Sample.State(0, new Position(Instrument.Call(1, Later, 1_000_000), One, 0)), []),
        (Sample.State(0, new Position(Instrument.Future(2, Soon), One, 0)), []),
        (Sample.State(0, new Position(Instrument.Perpetual(2), One, 0)), [new Balance(7, 3_000_000)]),
        (Sample.State(5), [new Balance(7, 3_000_000), new Balance(8, 1)]),
        (Sample.State(0), [new Balance(1, 1), new Balance(0, 1)]),
        (Sample.State(0), [new Balance(1, 1), new Balance(1, 1)]),
        (Sample.State(0), [new Balance(ushort.MaxValue, UInt128.MaxValue)]),
        (Sample.State(0, new Position(Instrument.Perpetual(65), One, 0)), []),
        (Sample.State(0, new Position(Instrument.Perpetual(ushort.MaxValue), One, 0)), []),
        (Sample.State(0, new Position(Instrument.Perpetual(2), One, 0), new Position(Instrument.Perpetual(1), One, 0)), []),
        (Sample.State(0, new Position(Instrument.Perpetual(1), One, 0), new Position(Instrument.Perpetual(1), -One, 0)), []),
        (Sample.State(0, new Position(Instrument.Perpetual(1), long.MaxValue, 0), new Position(Instrument.Perpetual(2), long.MinValue + 1, 0)), []),
        (Sample.State(0, new Position(Instrument.Perpetual(2), 0, 0)), []),
    ];

    [Theory]
    [MemberData(nameof(BookEngineTests.Widths), MemberType = typeof(BookEngineTests))]
    public void Reckon_WhatTheCheckpointLacksOrNoAccountIs_IsThatOfTheEngineOfOneAccount(LaneWidth width)
    {
        var engine = new BookEngine(2, width);
        for (int i = 0; i < Accounts.Length; i++)
        {
            engine.Set((ulong)i + 1, Accounts[i].State, Accounts[i].Balances);
        }

        var met = new HashSet<MarginError>();
        foreach (Checkpoint market in Markets)
        {
            engine.Reckon(market);
            var view = new CheckpointView(market);
            for (int i = 0; i < Accounts.Length; i++)
            {
                MarginError expected = MarginEngine.TryCompute(Accounts[i].State, Accounts[i].Balances, view, SurfaceChoice.Present, out AccountFigures figures);
                Assert.True(engine.TryFind((ulong)i + 1, out AccountFigures found, out MarginError error));
                Assert.Equal((i, expected), (i, error));
                Assert.Equal((i, expected == MarginError.None ? figures : default), (i, error == MarginError.None ? found : default));
                met.Add(error);
            }
        }

        Assert.Superset(new HashSet<MarginError> { MarginError.None, MarginError.UnderlyingMissing, MarginError.ExpiryMissing, MarginError.CollateralMissing, MarginError.BalancesUnsorted }, met);
        for (int i = 0; i < Accounts.Length; i++)
        {
            Assert.True(engine.Remove((ulong)i + 1));
        }

        Assert.Equal(0, engine.Count);
    }
}
