using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>Rules MRG-026, MRG-028 and the parts of MRG-032 that belong to one instrument: everything about an instrument on one surface at one time.</summary>
public sealed class Valuation
{
    private static readonly BigInteger Four = 4 * SpecConstants.One;
    private readonly BigInteger[] _values = new BigInteger[Grid.Scenarios.Count];

    /// <summary>Values an instrument.</summary>
    public Valuation(Instrument instrument, BigInteger time, UnderlyingRecord record, ExpiryRecord? expiry, Surface? surface)
    {
        Tau = expiry is null ? 0 : BigInteger.Max(expiry.Expiry - time, 0);
        Range = expiry is null
            ? record.Parameters.PriceRangeE8
            : Floor(record.Parameters.PriceRangeE8 * expiry.FollowSeconds, 1800);
        if (expiry is null || surface is null)
        {
            Linear(record.SpotE8);
        }
        else if (!instrument.IsOption)
        {
            Linear(surface.ForwardE8);
        }
        else
        {
            Option(instrument, record, expiry, surface);
        }
    }

    /// <summary>max(expiry − time, 0); 0 for a perpetual.</summary>
    public BigInteger Tau { get; }

    /// <summary>The range of prices of its scenarios.</summary>
    public BigInteger Range { get; }

    /// <summary>A_0 of MRG-026.</summary>
    public BigInteger A0 { get; private set; }

    /// <summary>B of MRG-026.</summary>
    public BigInteger B { get; private set; }

    /// <summary>The intrinsic value at each node of the axis, options only.</summary>
    public IReadOnlyDictionary<int, BigInteger> Intrinsic { get; private set; } = new Dictionary<int, BigInteger>();

    /// <summary>The unshocked volatility in Q32, options only.</summary>
    public BigInteger VolQ32 { get; private set; }

    /// <summary>S of MRG-024 at v = −1, 0, +1; zero below 60 seconds.</summary>
    public IReadOnlyList<BigInteger> Deviations { get; private set; } = [];

    /// <summary>Whether it is narrow at v = −1, 0, +1 (MRG-032).</summary>
    public IReadOnlyList<bool> Narrow { get; private set; } = [false, false, false];

    /// <summary>humpE8 at v = −1, 0, +1 (MRG-032).</summary>
    public IReadOnlyList<BigInteger> Humps { get; private set; } = [];

    /// <summary>The place of the kink, Q16 of a quarter.</summary>
    public BigInteger Kink { get; private set; }

    /// <summary>slopeE8 of MRG-032.</summary>
    public BigInteger SlopeE8 { get; private set; }

    /// <summary>The values at the scenarios, by number.</summary>
    public IReadOnlyList<BigInteger> Values => _values;

    /// <summary>value(13).</summary>
    public BigInteger Mark => _values[13];

    /// <summary>The value at node q and shock v.</summary>
    public BigInteger At(int q, int v) => _values[Grid.Index(q, v)];

    private static BigInteger Node(BigInteger range, int q) => Four + (q * range);

    private void Linear(BigInteger priceE8)
    {
        for (int s = 0; s < _values.Length; s++)
        {
            _values[s] = Near(priceE8 * Node(Range, Grid.Scenarios[s].Q), Four);
        }
    }

    private void Option(Instrument instrument, UnderlyingRecord record, ExpiryRecord expiry, Surface surface)
    {
        bool call = instrument.Kind == Kind.Call;
        BigInteger Forward(int q) => Near(expiry.DiscountE12 * surface.ForwardE8 * Node(Range, q), 4 * Ten(20));
        BigInteger b = Near(expiry.DiscountE12 * instrument.StrikeE8, SpecConstants.OneE12);
        BigInteger kRaw = KernelRules.LogStrike(instrument.StrikeE8, surface);
        BigInteger l = Clamp(KernelRules.Ln(surface.ForwardE8, surface.PublishedForwardE8) - kRaw, -6 * Two(32), 6 * Two(32));
        VolQ32 = KernelRules.Volatility(kRaw, surface);
        BigInteger kappa = KernelRules.Kappa(Tau);
        BigInteger rootTau = KernelRules.RootTau(Tau);
        bool intrinsicOnly = Tau < 60;
        Deviations = [.. new[] { -1, 0, 1 }.Select(v => intrinsicOnly ? 0 : KernelRules.Deviation(KernelRules.Shocked(VolQ32, kappa, record.Parameters, v), rootTau))];
        A0 = Forward(0);
        B = b;
        Dictionary<int, (BigInteger A, BigInteger LnX)> nodes = Grid.Axis.ToDictionary(q => q, q => (Forward(q), intrinsicOnly ? 0 : KernelRules.Ln(Node(Range, q), Four)));
        Intrinsic = nodes.ToDictionary(node => node.Key, node => BigInteger.Max(call ? node.Value.A - b : b - node.Value.A, 0));
        for (int s = 0; s < _values.Length; s++)
        {
            (int q, int v, _) = Grid.Scenarios[s];
            (BigInteger a, BigInteger lnX) = nodes[q];
            BigInteger value;
            if (intrinsicOnly)
            {
                value = BigInteger.Max(a - b, 0);
            }
            else
            {
                BigInteger deviation = Deviations[v + 1];
                BigInteger d1 = (((l + lnX) * KernelRules.Inverse(deviation)) >> 20) + (deviation >> 1) + (1000 * Two(28));
                BigInteger d2 = d1 - deviation;
                value = ((a * KernelRules.Normal(d1)) - (b * KernelRules.Normal(d2)) + Two(59)) >> 60;
                if (BigInteger.Abs(l) == 6 * Two(32))
                {
                    value = Clamp(value, BigInteger.Max(a - b, 0), a);
                }
            }

            _values[s] = call ? value : value - a + b;
        }

        if (Range > 0)
        {
            Narrow = [.. Deviations.Select(deviation => intrinsicOnly || deviation * SpecConstants.One < 30 * Two(28) * Range)];
            Humps = [.. Deviations.Select(deviation => Ceil(surface.ForwardE8 * deviation, 400 * Two(28)))];
            Kink = Clamp(Floor((instrument.StrikeE8 - surface.ForwardE8) * Four * Two(16), surface.ForwardE8 * Range), -Two(24), Two(24));
            SlopeE8 = Floor(nodes[4].A - nodes[0].A, 4);
        }
    }
}
