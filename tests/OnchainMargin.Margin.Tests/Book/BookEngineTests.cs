namespace OnchainMargin.Margin.Tests.Book;

/// <summary>The whole book gives for every account what the engine of one account gives, which equals the oracle and the referee.</summary>
public sealed class BookEngineTests
{
    private const int Accounts = 60;

    public static TheoryData<LaneWidth> Widths => [LaneWidth.Scalar, LaneWidth.Bits128, LaneWidth.Bits256, LaneWidth.Bits512];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Reckon_RandomBooks_EqualsTheEngineOfOneAccount(LaneWidth width)
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            var sample = new BookSample(seed, Accounts, edges: seed % 2 == 0);
            var choice = (SurfaceChoice)(seed % 3);
            var engine = new BookEngine(1 + (seed % 2), width);
            sample.Fill(engine);
            Assert.Equal(Accounts, engine.Reckon(sample.Checkpoint, choice));
            Assert.Empty(sample.Differences(engine, choice).Select(difference => $"seed {seed} {difference}"));
        }
    }

    [Fact]
    public void Reckon_TicksTradesAndParameters_EqualsFromScratch()
    {
        for (int seed = 100; seed < 130; seed++)
        {
            var sample = new BookSample(seed, Accounts);
            var engine = new BookEngine(2, LaneWidths.Best);
            sample.Fill(engine);
            for (int step = -1; step < 16; step++)
            {
                // A choice holds for a few steps: another one makes everything anew.
                var choice = (SurfaceChoice)((seed + (step / 4)) % 3);
                if (step >= 0)
                {
                    Change(sample, engine, step);
                }

                engine.Reckon(sample.Checkpoint, choice);
                Assert.Empty(sample.Differences(engine, choice).Select(difference => $"seed {seed} step {step} {difference}"));
            }
        }
    }

    [Fact]
    public void Reckon_TickOfOneUnderlying_TouchesOnlyItsAccounts()
    {
        Checkpoint before = Sample.Checkpoint(Sample.Underlying(1, 100_00000000), Sample.Underlying(2, 50_00000000), Sample.Underlying(3, 7_00000000));
        var engine = new BookEngine();
        engine.Set(1, Sample.State(0, new Position(Instrument.Perpetual(1), 5, 0)), []);
        engine.Set(2, Sample.State(0, new Position(Instrument.Perpetual(2), 5, 0)), []);
        engine.Set(3, Sample.State(0, new Position(Instrument.Perpetual(2), 5, 0), new Position(Instrument.Perpetual(3), 5, 0)), []);
        engine.Set(4, Sample.State(0), [new Balance(1, 1_000_000_000)]);
        Assert.Equal(4, engine.Reckon(before));
        Assert.Equal(0, engine.Reckon(before));
        Assert.Equal(2, engine.Reckon(before with { Underlyings = before.Underlyings.SetItem(1, before.Underlyings[1] with { SpotE8 = 51_00000000 }) }));
        engine.Set(3, Sample.State(7, new Position(Instrument.Perpetual(3), 5, 0)), []);
        Assert.Equal(1, engine.Reckon(engine.View!.Checkpoint));
        Assert.Equal(2, engine.Reckon(engine.View!.Checkpoint with { Underlyings = engine.View.Checkpoint.Underlyings.SetItem(0, before.Underlyings[0] with { SpotE8 = 99_00000000 }) }));
        Assert.Equal(4, engine.Reckon(engine.View!.Checkpoint with { Header = before.Header with { InitialFactorE8 = 140_000_000 } }));
    }

    [Fact]
    public void Reckon_ManyAccountsOfOneShape_FillsSeveralBlocks()
    {
        var sample = new BookSample(7, 1_100);
        var engine = new BookEngine();
        sample.Fill(engine);
        engine.Reckon(sample.Checkpoint);
        Assert.Empty(sample.Differences(engine, SurfaceChoice.Present));
        for (ulong id = 1; id <= 1_100; id += 3)
        {
            Assert.True(engine.Remove(id));
            sample.Accounts.Remove(id);
        }

        Assert.False(engine.Remove(1));
        Assert.Equal(sample.Accounts.Count, engine.Count);
        engine.Reckon(sample.Checkpoint);
        Assert.Empty(sample.Differences(engine, SurfaceChoice.Present));
        for (int tick = 0; tick < 6; tick++)
        {
            sample.Tick();
            engine.Reckon(sample.Checkpoint);
            Assert.Empty(sample.Differences(engine, SurfaceChoice.Present));
        }
    }

    /// <summary>Strikes that are traded and closed again leave nothing behind: of all that were ever held the tables keep twice what is held at most, and every figure stays right on the way.</summary>
    [Fact]
    public void Reckon_InstrumentsThatComeAndGo_AreForgotten()
    {
        int largest = 0;
        for (int seed = 200; seed < 204; seed++)
        {
            var sample = new BookSample(seed, Accounts, edges: seed % 2 == 0);
            var engine = new BookEngine(2, LaneWidths.Best);
            var ever = new HashSet<Instrument>();
            sample.Fill(engine);
            for (int step = 0; step < 40; step++)
            {
                for (int i = 0; i < 20; i++)
                {
                    ulong traded = sample.Pick();
                    sample.Accounts[traded] = sample.Account();
                    engine.Set(traded, sample.Accounts[traded].State, sample.Accounts[traded].Balances);
                    ever.UnionWith(sample.Accounts[traded].State.Positions.Select(position => position.Instrument));
                }

                if (step % 3 == 0)
                {
                    sample.Tick();
                }

                var choice = (SurfaceChoice)(step / 4 % 3);
                engine.Reckon(sample.Checkpoint, choice);
                Assert.Empty(sample.Differences(engine, choice).Select(difference => $"seed {seed} step {step} {difference}"));
            }

            int held = sample.Accounts.Values.SelectMany(account => account.State.Positions).Select(position => position.Instrument).Distinct().Count();
            Assert.True(engine.Instruments < Math.Max(BookEngine.ForgetLeast, 4 * held) + 1_000, $"{engine.Instruments} kept, {held} held, {ever.Count} ever");
            largest = Math.Max(largest, ever.Count - engine.Instruments);
        }

        Assert.True(largest > 2_000, $"at most {largest} were ever forgotten");
    }

    [Fact]
    public void Reckon_TenTimesTheAccounts_AllocatesTheSame()
    {
        (long Pass, long Tick) few = Allocated(300);
        Assert.True(few.Tick > 0);
        Assert.Equal(few, Allocated(3_000));
    }

    /// <summary>What a pass over a book and a tick of one underlying allocate: the tables, however many accounts there are.</summary>
    private static (long Pass, long Tick) Allocated(int accounts)
    {
        Checkpoint market = Sample.Checkpoint(
            Sample.Underlying(1, 100_00000000, Sample.Expiry(86_400, 100_00000000)),
            Sample.Underlying(2, 50_00000000, Sample.Expiry(86_400, 50_00000000)) with { Group = 2 },
            Sample.Underlying(3, 7_00000000, Sample.Expiry(86_400, 7_00000000)) with { Group = 2 });
        var engine = new BookEngine(1, LaneWidths.Best);
        engine.Reckon(market);
        for (int i = 0; i < accounts; i++)
        {
            engine.Set((ulong)i + 1, Sample.State(i, [.. Enumerable.Range(1, 1 + (i % 3)).SelectMany(u => Positions((ushort)u, i))]), [new Balance(1, (UInt128)i * 1_000_000_000)]);
        }

        (long pass, long tick) = (0, 0);
        for (int round = 1; round <= 3; round++)
        {
            market = market with { Header = market.Header with { Time = market.Header.Time + round } };
            Checkpoint moved = market with { Underlyings = market.Underlyings.SetItem(0, market.Underlyings[0] with { SpotE8 = 100_00000000 + round }) };
            long before = GC.GetAllocatedBytesForCurrentThread();
            int computed = engine.Reckon(market);
            pass = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(accounts, computed);
            before = GC.GetAllocatedBytesForCurrentThread();
            computed = engine.Reckon(moved);
            tick = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(accounts, computed);
            market = moved;
        }

        return (pass, tick);
    }

    private static IEnumerable<Position> Positions(ushort underlying, int i)
    {
        long strikeE4 = underlying switch { 1 => 1_000_000, 2 => 500_000, _ => 70_000 };
        var expiry = (uint)(Sample.Time + 86_400);
        yield return new Position(Instrument.Perpetual(underlying), 1_000_000 - i, 0);
        yield return new Position(Instrument.Call(underlying, expiry, strikeE4), 2_000_000 - (i * 1_000L), 0);
        yield return new Position(Instrument.Put(underlying, expiry, strikeE4), i + 1, 0);
    }

    private static void Change(BookSample sample, BookEngine engine, int step)
    {
        switch (step % 8)
        {
            case 0 or 1:
                sample.Tick();
                break;
            case 2:
                for (int i = 0; i < 2; i++)
                {
                    ulong traded = sample.Pick();
                    sample.Accounts[traded] = sample.Account();
                    engine.Set(traded, sample.Accounts[traded].State, sample.Accounts[traded].Balances);
                }

                break;
            case 3:
                sample.Checkpoint = sample.Checkpoint with { Header = sample.Checkpoint.Header with { InitialFactorE8 = 110_000_000 + step, Time = sample.Checkpoint.Header.Time + step } };
                break;
            case 4:
                sample.Checkpoint = sample.Checkpoint with { Collaterals = [.. sample.Checkpoint.Collaterals.Select(token => token with { PriceE8 = token.PriceE8 / 2, HaircutE8 = token.HaircutE8 / 3 })] };
                break;
            case 5:
                UnderlyingRecord head = sample.Checkpoint.Underlyings[0];
                byte other = sample.Checkpoint.Underlyings[^1].Group;
                sample.Checkpoint = sample.Checkpoint with { Underlyings = sample.Checkpoint.Underlyings.SetItem(0, head with { Group = other == head.Group ? (byte)(head.Group + 1) : other }) };
                break;
            case 6:
                sample.Publish();
                break;
            default:
                (ushort last, int count) = ((ushort)sample.Checkpoint.Underlyings.Length, sample.Checkpoint.Collaterals.Length);
                sample.Checkpoint = sample.Checkpoint with { Collaterals = sample.Checkpoint.Collaterals.SetItem(count - 1, sample.Checkpoint.Collaterals[^1] with { Underlying = last }) };
                break;
        }
    }
}
