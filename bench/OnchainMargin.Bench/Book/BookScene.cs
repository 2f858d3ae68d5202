using OnchainMargin.Margin;

namespace OnchainMargin.Bench.Book;

/// <summary>
/// A market of six underlyings in two risk groups with 2,000 instruments, and accounts from a seed: of ten accounts six hold one underlying, three two, one three; one in three has spot
/// collateral besides the settlement token. Expiries run from one day to a year, so that the shortest are narrow (MRG-032).
/// </summary>
internal sealed class BookScene
{
    public const long Time = 1_700_000_000;
    public const int Instruments = 2_000;
    private const long One = 100_000_000;
    private const int Underlyings = 6;
    private const int Expiries = 10;
    private const int Strikes = 16;
    private const int ExtraStrikes = 7;
    private const int Day = 86_400;

    private static readonly int[] Days = [1, 2, 7, 14, 30, 60, 90, 180, 270, 360];
    private static readonly long[] Spots = [60_000, 3_000, 150, 25, 7, 2];

    private readonly Instrument[][] _instruments;

    public BookScene()
    {
        Checkpoint = CheckpointOf();
        _instruments = [.. Enumerable.Range(1, Underlyings).Select(InstrumentsOf)];
    }

    public Checkpoint Checkpoint { get; private set; }

    /// <summary>The same market after spot of one underlying has moved.</summary>
    public Checkpoint Tick(int underlying, long per100Thousand)
    {
        UnderlyingRecord u = Checkpoint.Underlyings[underlying];
        long Moved(long price) => price / 100_000 * (100_000 + per100Thousand);
        Checkpoint = Checkpoint with
        {
            Underlyings = Checkpoint.Underlyings.SetItem(underlying, u with
            {
                SpotE8 = Moved(u.SpotE8),
                PerpetualMarkE8 = Moved(u.PerpetualMarkE8),
                Expiries = [.. u.Expiries.Select(e => e with { Present = e.Present with { ForwardE8 = Moved(e.Present.ForwardE8) }, Delayed = e.Present with { ForwardE8 = Moved(e.Present.ForwardE8) } })],
            }),
        };
        return Checkpoint;
    }

    /// <summary>An account with so many positions.</summary>
    public (AccountState State, Balance[] Balances) Account(Random random, int count)
    {
        int kind = random.Next(10);
        int underlyings = count == 1 || kind < 6 ? 1 : kind < 9 ? 2 : 3;
        Span<int> chosen = stackalloc int[underlyings];
        for (int i = 0; i < underlyings; i++)
        {
            chosen[i] = Math.Min(random.Next(Underlyings), random.Next(Underlyings));
        }

        var positions = new SortedDictionary<Instrument, Position>();
        while (positions.Count < count)
        {
            Instrument[] offered = _instruments[chosen[positions.Count % underlyings]];
            Instrument instrument = offered[random.Next(8) == 0 ? 0 : random.Next(offered.Length)];
            long money = (long)Math.Exp(Math.Log(200) + (random.NextDouble() * Math.Log(500)));
            long size = Math.Max(1, money * One / Spots[instrument.Underlying - 1] / 1_000) * 1_000 * (random.Next(2) == 0 ? -1 : 1);
            positions[instrument] = new Position(instrument, size, instrument.IsOption ? 0 : size / 100 * (Spots[instrument.Underlying - 1] * 101));
        }

        var balances = new List<Balance> { new(0, (UInt128)random.Next(1_000_000) * 10_000) };
        if (random.Next(3) == 0)
        {
            int token = chosen[0] + 1;
            balances.Add(new Balance((ushort)token, (UInt128)(One * 1_000 / Spots[chosen[0]]) * (UInt128)random.NextInt64(1_000_000_000, 100_000_000_000)));
        }

        return (new AccountState { CashE8 = random.NextInt64(10_000 * One), Positions = [.. positions.Values] }, [.. balances]);
    }

    /// <summary>An account with so many options of its own, a unit each.</summary>
    public static AccountState Strange(int first, int count) => new()
    {
        CashE8 = One,
        Positions = [.. Enumerable.Range(first, count).Select(static i => new Position(Instrument.Call(1, (uint)(Time + (30 * Day)), (Spots[0] * 10_000) + i), 1, 0))],
    };

    /// <summary>The market after surfaces of the first underlying were published, so that two of each are in force.</summary>
    public Checkpoint Published(long step) => Checkpoint with
    {
        Underlyings = Checkpoint.Underlyings.SetItem(0, Checkpoint.Underlyings[0] with
        {
            Expiries = [.. Checkpoint.Underlyings[0].Expiries.Select(e => e with { Present = e.Present with { AE12 = e.Present.AE12 + step } })],
        }),
    };

    /// <summary>A book of so many accounts and positions.</summary>
    public BookEngine Book(int accounts, int positions, LaneWidth width, int workers, int seed = 0)
    {
        var engine = new BookEngine(workers, width);
        engine.Reckon(Checkpoint);
        var random = new Random(20_261_120 + seed);
        for (int i = 0; i < accounts; i++)
        {
            (AccountState state, Balance[] balances) = Account(random, positions);
            engine.Set((ulong)i + 1, state, balances);
        }

        return engine;
    }

    private static Checkpoint CheckpointOf() => new(
        new CheckpointHeader(1, Time, 130_000_000, 1_000_000_000_000, 1_000_000_000_000),
        [
            new CollateralRecord(0, 0, 6, 0, One),
            .. Enumerable.Range(1, Underlyings).Select(u => new CollateralRecord((ushort)u, (ushort)u, 18, 5_000_000, One)),
        ],
        [.. Enumerable.Range(1, Underlyings).Select(UnderlyingOf)]);

    private static UnderlyingRecord UnderlyingOf(int u)
    {
        long spot = Spots[u - 1] * One;
        uint range = u == 1 ? 14_000_000u : u == 2 ? 16_000_000u : 25_000_000u;
        var parameters = new RiskParameters(
            range, u <= 2 ? 50_000_000u : 60_000_000u, 50_000_000, range / 16, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);
        return new UnderlyingRecord(
            (ushort)u, (byte)(u <= 2 ? 1 : 2), MarketState.Normal, spot, spot, spot / 1_000, 1_000 * One, spot, spot / 1_000, 5_000 * One, parameters,
            [.. Days.Select(days =>
            {
                var surface = new Surface(spot + (spot / 10_000 * days), spot, 250_000_000_000 + (u * 20_000_000_000L), 700_000_000_000, -20_000_000, 0, 20_000_000);
                return new ExpiryRecord((uint)(Time + (days * Day)), Time - 60, 1_000_000_000_000 - (days * 100_000_000L), surface, surface);
            })]);
    }

    private static Instrument[] InstrumentsOf(int u)
    {
        var list = new List<Instrument> { Instrument.Perpetual((ushort)u) };
        for (int e = 0; e < Expiries; e++)
        {
            var expiry = (uint)(Time + (Days[e] * Day));
            list.Add(Instrument.Future((ushort)u, expiry));
            int strikes = Strikes + (u == 1 && e == 0 ? ExtraStrikes : 0);
            for (int k = 0; k < strikes; k++)
            {
                // From 0.9 to 1.1 of spot a day ahead, from 0.5 to 2 a year ahead.
                double width = 0.1 + (0.6 * Math.Sqrt(Days[e] / 360.0));
                long strikeE4 = (long)(Spots[u - 1] * 10_000 * Math.Exp(width * ((2.0 * k / (strikes - 1)) - 1)));
                list.Add(Instrument.Call((ushort)u, expiry, strikeE4));
                list.Add(Instrument.Put((ushort)u, expiry, strikeE4));
            }
        }

        return [.. list];
    }
}
