using OnchainMargin.Margin.Tests.Properties;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Book;

/// <summary>A market and accounts in it, from a seed, over the whole domain.</summary>
internal sealed class BookSample
{
    private readonly AccountGenerator _generator;
    private readonly Oracle.Checkpoint _market;
    private readonly Random _random;

    public BookSample(int seed, int accounts, bool edges = false)
    {
        _generator = edges ? new EdgeGenerator(seed) : new AccountGenerator(seed);
        _random = new Random(seed);
        _market = _generator.Market();
        Checkpoint = EngineDecode.Checkpoint(_market);
        for (int i = 0; i < accounts; i++)
        {
            Accounts[(ulong)i + 1] = Account();
        }
    }

    public Checkpoint Checkpoint { get; set; }

    public SortedDictionary<ulong, (AccountState State, Balance[] Balances)> Accounts { get; } = [];

    public (AccountState State, Balance[] Balances) Account()
    {
        AccountInputs inputs = _generator.Account(_market);
        return (EngineDecode.State(inputs.State), [.. inputs.Balances.Select(balance => new Balance((ushort)balance.Token, (UInt128)balance.AmountRaw))]);
    }

    /// <summary>Any account of the book.</summary>
    public ulong Pick() => (ulong)_random.Next(Accounts.Count) + 1;

    /// <summary>Moves spot of one underlying by up to a tenth, with its forwards.</summary>
    public void Tick()
    {
        int at = _random.Next(Checkpoint.Underlyings.Length);
        long per = 90 + _random.Next(21);
        UnderlyingRecord u = Checkpoint.Underlyings[at];
        UnderlyingRecord moved = u with
        {
            SpotE8 = Moved(u.SpotE8, per),
            PerpetualMarkE8 = Moved(u.PerpetualMarkE8, per),
            Expiries = [.. u.Expiries.Select(e => e with { Present = e.Present with { ForwardE8 = Moved(e.Present.ForwardE8, per) }, Delayed = e.Delayed with { ForwardE8 = Moved(e.Delayed.ForwardE8, per) } })],
        };
        Checkpoint = Checkpoint with { Underlyings = Checkpoint.Underlyings.SetItem(at, moved) };
    }

    /// <summary>Publishes a surface for every second expiry of one underlying: a tenth more variance, and what was present is delayed.</summary>
    public void Publish()
    {
        int at = _random.Next(Checkpoint.Underlyings.Length);
        UnderlyingRecord u = Checkpoint.Underlyings[at];
        IEnumerable<ExpiryRecord> expiries = u.Expiries.Select((e, i) => i % 2 == 1 ? e : e with
        {
            SurfaceTime = Checkpoint.Header.Time,
            Present = e.Present with { AE12 = e.Present.AE12 + (Math.Abs(e.Present.AE12) / 10) },
            Delayed = e.Present,
        });
        Checkpoint = Checkpoint with { Underlyings = Checkpoint.Underlyings.SetItem(at, u with { Expiries = [.. expiries] }) };
    }

    public void Fill(BookEngine engine)
    {
        foreach ((ulong id, (AccountState state, Balance[] balances)) in Accounts)
        {
            engine.Set(id, state, balances);
        }
    }

    /// <summary>Every account whose figures or error differ from those of the engine of one account.</summary>
    public IEnumerable<string> Differences(BookEngine engine, SurfaceChoice choice)
    {
        var view = new CheckpointView(Checkpoint);
        var under = new SortedSet<ulong>();
        foreach ((ulong id, (AccountState state, Balance[] balances)) in Accounts)
        {
            MarginError expected = MarginEngine.TryCompute(state, balances, view, choice, out AccountFigures figures);
            if (!engine.TryFind(id, out AccountFigures found, out MarginError error))
            {
                yield return $"account {id} is not there";
            }
            else if (error != expected || (error == MarginError.None && found != figures))
            {
                yield return $"account {id}: {figures} ({expected}), the book has {found} ({error})";
            }

            if (expected == MarginError.None && figures.EquityE8 < figures.MaintenanceE8)
            {
                under.Add(id);
            }
        }

        if (!under.SetEquals(engine.UnderWater()))
        {
            yield return "the index of accounts under water differs";
        }
    }

    private static long Moved(long price, long per) => Math.Max(1, price / 100 * per);
}
