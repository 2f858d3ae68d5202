using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>Random markets and accounts over the whole domain (MRG-003, MRG-010), most of them plausible, many of them not. The same seed gives the same accounts on every machine.</summary>
public class AccountGenerator(int seed)
{
    /// <summary>The time of every market.</summary>
    protected const long Now = 1_700_000_000;

    private readonly Random _random = new(seed);

    /// <summary>A stream of its own, so that what is observed of a window changes nothing else of an account.</summary>
    private readonly Random _observed = new(~seed);

    /// <summary>A market: a checkpoint with several underlyings, groups, expiries in all regimes and collateral.</summary>
    public virtual Checkpoint Market()
    {
        int count = 1 + _random.Next(Chance(0.1) ? 12 : 4);
        List<UnderlyingRecord> underlyings = [.. Enumerable.Range(1, count).Select(Underlying)];
        List<CollateralRecord> tokens = [new CollateralRecord(0, 0, 6, Chance(0.7) ? 0 : Between(0, 50_000_000), Chance(0.7) ? Ten(8) : Between(80_000_000, 100_000_000))];
        int token = 0;
        int collaterals = _random.Next(1, 6);
        for (int i = 0; i < collaterals; i++)
        {
            token += 1 + _random.Next(4);
            bool spot = Chance(0.6);
            tokens.Add(new CollateralRecord(
                token, spot ? 1 + _random.Next(count) : 0, Pick(0, 6, 8, 18), Between(0, Chance(0.1) ? 100_000_000 : 30_000_000), spot ? Near(Ten(8) * Between(90, 130), 100) : Price()));
        }

        return new Checkpoint(Between(1, long.MaxValue), Now, Chance(0.7) ? 130_000_000 : Between(100_000_000, 300_000_000), Between(1_000_000_000_000, 2_000_000_000_000), Between(1_000_000, 2_000_000_000_000), tokens, underlyings);
    }

    /// <summary>An account in a market.</summary>
    public virtual AccountInputs Account(Checkpoint market)
    {
        int size = Chance(0.03) ? 128 : Chance(0.2) ? _random.Next(17, 129) : _random.Next(1, 17);
        Dictionary<BigInteger, Position> positions = [];
        List<UnderlyingRecord> pool = Chance(0.4) ? [market.Underlyings[_random.Next(market.Underlyings.Count)]] : [.. market.Underlyings];
        BigInteger scale = Scale();
        bool structured = Chance(0.4);
        for (int i = 0; i < size; i++)
        {
            UnderlyingRecord u = pool[_random.Next(pool.Count)];
            Instrument instrument = Instrument(u);
            BigInteger sizeE8 = structured ? Ten(8) * _random.Next(-5, 6) : EitherSign(Log(1, Chance(0.05) ? Two(53) : scale));
            if (sizeE8 != 0)
            {
                BigInteger cost = instrument.IsOption ? 0 : EitherSign(Log(1, Ten(16)));
                positions[instrument.Packed] = new Position(instrument, Clamp(sizeE8, -Two(53), Two(53)), cost);
            }
        }

        List<Balance> balances = [.. market.Collaterals.Where(_ => Chance(0.4)).Select(token => new Balance(token.Token, Chance(0.02) ? Two(128) - 1 : Chance(0.05) ? 0 : Log(1, Ten(token.Decimals) * 100_000)))];
        return new AccountInputs(
            AccountState.Of(Chance(0.02) ? EitherSign(Two(100) - 1) : EitherSign(Log(1, Ten(16))), positions.Values), balances, market, (Choice)_random.Next(3));
    }

    /// <summary>An instrument of an underlying.</summary>
    public virtual Instrument Instrument(UnderlyingRecord u)
    {
        if (u.Expiries.Count == 0 || Chance(0.1))
        {
            return new Instrument(u.Underlying, 0, 0, Kind.Perpetual);
        }

        ExpiryRecord expiry = u.Expiries[_random.Next(u.Expiries.Count)];
        if (Chance(0.1))
        {
            return new Instrument(u.Underlying, expiry.Expiry, 0, Kind.Future);
        }

        // Strikes crowd near the money, sit at nodes exactly, or lie anywhere that can be held.
        BigInteger forward = expiry.Present.ForwardE8;
        BigInteger strikeE8 = _random.Next(10) switch
        {
            < 6 => Near(forward * Between(70, 130), 100),
            6 => Near(forward * ((4 * Ten(8)) + (_random.Next(-12, 13) * u.Parameters.PriceRangeE8)), 4 * Ten(8)),
            7 => forward,
            8 => Near(forward * Log(1_250, 80_000), 10_000),
            _ => Near(forward * Log(1, 100_000_000), 10_000),
        };
        return new Instrument(u.Underlying, expiry.Expiry, Clamp(Near(strikeE8, 10_000), 1, Two(40) - 1), Chance(0.5) ? Kind.Call : Kind.Put);
    }

    /// <summary>A size of a fill.</summary>
    public virtual BigInteger FillSize() => EitherSign(Log(1, Chance(0.05) ? Two(53) : Scale()));

    /// <summary>Any witness of the right shape for a report, often with a point that does not exist.</summary>
    public byte[] Witness(AccountReport report)
    {
        List<byte> bytes = [];
        foreach (GroupReport group in report.Groups)
        {
            var branch = (byte)_random.Next(3);
            bytes.Add(branch);
            int points = branch switch { 0 => 1, 1 => report.Underlyings.Count(u => u.Record.Group == group.Group), _ => 0 };
            for (int i = 0; i < points; i++)
            {
                List<Kink> kinks = [.. report.Underlyings.Where(u => u.Record.Group == group.Group).SelectMany(u => u.Kinks)];
                bytes.Add((byte)(_random.Next(10) switch
                {
                    < 5 => _random.Next(37),
                    < 8 when kinks.Count > 0 => 64 + kinks[_random.Next(kinks.Count)].Position,
                    < 9 => 192 + _random.Next(15),
                    _ => _random.Next(256),
                }));
            }
        }

        bytes.Add((byte)_random.Next(2));
        return [.. bytes];
    }

    private UnderlyingRecord Underlying(int number)
    {
        BigInteger spot = Price();
        int group = Pick(1, 1, 2, number);
        BigInteger range = Chance(0.7) ? Pick(14_000_000, 16_000_000, 25_000_000) : Between(1_000_000, 32_000_000);
        var parameters = new RiskParameters(
            range, Chance(0.7) ? Pick(45_000_000, 50_000_000, 60_000_000) : Between(0, 200_000_000), Chance(0.7) ? 50_000_000 : Between(0, 500_000_000),
            Chance(0.7) ? BigInteger.Max(1_000_000, range / 16) : Between(0, 100_000_000), Parameter(400_000), Parameter(7_500_000), Parameter(1_000_000), Parameter(10_000_000), Parameter(5_000_000),
            Parameter(10_000_000), Parameter(1_000_000), Chance(0.8) ? 1_000_000 : Between(0, 10_000_000), Chance(0.7) ? 50_000_000 : Between(50_000_000, 100_000_000));
        SortedSet<BigInteger> expiries = [.. Enumerable.Range(0, _random.Next(0, Chance(0.05) ? 33 : 6)).Select(_ => Now + Tau()).Where(expiry => expiry > 0)];
        return new UnderlyingRecord(
            number, group, _random.Next(3), spot, Near(spot * Between(9_900, 10_100), 10_000) is var mark && mark < 1 ? 1 : Clamp(mark, 1, Two(48)), Chance(0.3) ? 0 : Between(0, Chance(0.1) ? spot : spot / 100),
            Chance(0.3) ? 0 : Log(1, Two(62)), spot, Chance(0.05) ? EitherSign(Two(62)) : EitherSign(Log(1, spot)), Chance(0.6) ? 500_000_000_000 : Log(Ten(8), Two(62)), parameters,
            [.. expiries.Select(expiry => Expiry(expiry, spot))]);
    }

    private ExpiryRecord Expiry(BigInteger expiry, BigInteger spot)
    {
        BigInteger tau = BigInteger.Max(0, expiry - Now);
        Surface present = Surface(tau, spot);
        Surface delayed = Chance(0.4) ? present : Chance(0.3) ? present with { AE12 = present.AE12 + Between(-10_000_000_000, 10_000_000_000) } : Surface(tau, spot);
        BigInteger discount = tau == 0 ? SpecConstants.OneE12 : Chance(0.05) ? Between(1, 1_000_000_000_000) : KernelRules.Discount(Chance(0.1) ? SpecConstants.OneE12 : Between(0, 200_000_000_000), tau);
        BigInteger published = Now - (Chance(0.6) ? Between(0, 600) : Chance(0.5) ? Between(600, 90_000) : Between(0, 10_000_000));
        return new ExpiryRecord(expiry, published, discount, present, delayed) { FollowSeconds = Following(expiry - Now) };
    }

    private Surface Surface(BigInteger tau, BigInteger spot)
    {
        BigInteger forward = Clamp(tau <= 1800 ? spot : Near(spot * Between(9_500, 10_800), 10_000), 1, Two(49));
        BigInteger published = Clamp(Chance(0.9) ? Near(forward * Between(9_000, 11_000), 10_000) : Log(1, Two(49)), 1, Two(49));
        if (Chance(0.05))
        {
            forward = Log(1, Two(49));
        }

        // Variance a year: from 1 % to 500 % of volatility mostly; at the edges of the domain sometimes.
        BigInteger level = Log(Ten(8), 25 * SpecConstants.OneE12);
        return _random.Next(10) switch
        {
            < 6 => new Surface(forward, published, Near(level * Between(50, 100), 100), Near(level * Between(0, 50), 100), Between(-90_000_000, 90_000_000), Between(-20_000_000, 20_000_000), Between(1_000_000, 60_000_000)),
            < 8 => new Surface(forward, published, level, 0, 0, 0, 10_000_000),
            8 => new Surface(forward, published, Between(-(long)Two(53), (long)Two(53)), Between(0, (long)Two(52)), Between(-100_000_000, 100_000_000), Between(-600_000_000, 600_000_000), Between(1, 600_000_000)),
            _ => new Surface(forward, published, Pick(-(long)Two(53), 0L, (long)Two(53)), Pick(0L, (long)Two(52)), Pick(-100_000_000, 0, 100_000_000), Pick(-600_000_000, 0, 600_000_000), Pick(1, 600_000_000)),
        };
    }

    /// <summary>How many of 1800 parts follow the spot: in and after the settlement window by the clock, or whatever else can be observed of it.</summary>
    protected BigInteger Following(BigInteger tau) => tau > 1800 ? 1800 : _observed.Next(6) switch
    {
        < 2 => Clamp(tau, 0, 1800),
        2 => 1800,
        3 => _observed.Next(2),
        _ => _observed.Next(1801),
    };

    private BigInteger Tau() => _random.Next(12) switch
    {
        0 => Between(-10_000, 0),
        1 => Pick<BigInteger>(1, 59, 60, 61, 1799, 1800, 1801, 86_400, 604_800),
        2 => Between(1, 60),
        3 => Between(60, 1800),
        4 => Between(1800, 10_000),
        5 => Between(10_000, 86_400),
        6 or 7 => Between(86_400, 604_800),
        8 => Between(604_800, 1_209_600),
        9 => Between(1_209_600, 7_776_000),
        10 => Between(7_776_000, 31_536_000),
        _ => Between(31_536_000, 63_072_000),
    };

    private BigInteger Price() => Chance(0.9) ? Log(Ten(8), Ten(14)) : Pick<BigInteger>(1, 2, 99, Ten(8), Two(48), Two(48) - 1);

    private BigInteger Parameter(long usual) => Chance(0.8) ? usual : Between(0, 100_000_000);

    private BigInteger Scale() => Ten(_random.Next(6, 14));

    /// <summary>A value or its opposite.</summary>
    protected BigInteger EitherSign(BigInteger value) => Chance(0.5) ? value : -value;

    /// <summary>True as often as that.</summary>
    protected bool Chance(double probability) => _random.NextDouble() < probability;

    /// <summary>A number from lo up to hi.</summary>
    protected BigInteger Between(BigInteger lo, BigInteger hi) => lo + (BigInteger)((double)(hi - lo) * _random.NextDouble());

    /// <summary>The same with even logarithms.</summary>
    protected BigInteger Log(BigInteger lo, BigInteger hi) =>
        Clamp((BigInteger)Math.Exp(BigInteger.Log(lo) + ((BigInteger.Log(hi) - BigInteger.Log(lo)) * _random.NextDouble())), lo, hi);

    /// <summary>One of several.</summary>
    protected T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
