using System.Numerics;
using OnchainMargin.Models.Simulation;
using OnchainMargin.Models.Tails;

namespace OnchainMargin.Models.Portfolios;

/// <summary>
/// Value at risk and expected shortfall of many accounts by full revaluation: every instrument is valued anew in every scenario, once for all accounts; an account's loss is the
/// weighted sum of its instruments' rows. Vectors of doubles; nothing here reaches the chain.
/// </summary>
public sealed class PortfolioRisk
{
    private const int SampleEvery = 16;
    private const double SampleMargin = 2.5;

    private readonly double[][] _gains;
    private readonly OptionLine[] _lines;
    private readonly int _scenarios;

    /// <summary>Revalues instruments.</summary>
    /// <param name="instruments">The instruments of all accounts.</param>
    /// <param name="paths">Moves of their underlyings.</param>
    /// <param name="horizonYears">Time that passes.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">An instrument of an underlying without paths.</exception>
    public PortfolioRisk(IReadOnlyList<RiskInstrument> instruments, MarketPaths paths, double horizonYears, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        ArgumentNullException.ThrowIfNull(paths);
        if (instruments.Any(i => i.Market < 0 || i.Market >= paths.LogMoves.Length))
        {
            throw new ArgumentException("an instrument's underlying has no simulated moves: simulate every underlying of the book", nameof(instruments));
        }

        _scenarios = paths.Count;
        _lines = Lines(instruments);
        var growth = Array.ConvertAll(paths.LogMoves, moves => Array.ConvertAll(moves, Math.Exp));
        var inverse = Array.ConvertAll(paths.VolatilityFactors, factors => Array.ConvertAll(factors, f => 1 / f));
        _gains = new double[instruments.Count][];
        Parallel.For(0, instruments.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            var own = instruments[i];
            _gains[i] = new double[_scenarios];
            Revalue(own, growth[own.Market], paths.LogMoves[own.Market], paths.VolatilityFactors[own.Market], inverse[own.Market], horizonYears, _lines[i].Value, _gains[i]);
        });
    }

    /// <summary>What one unit of an instrument gains in each scenario.</summary>
    public ReadOnlySpan<double> Gains(int instrument) => _gains[instrument];

    /// <summary>What one unit of an instrument is worth now, discounted, and what a unit of its forward and of volatility (a year, 1 = 100 %) adds to that.</summary>
    public OptionLine Line(int instrument) => _lines[instrument];

    /// <summary>Gains of an account in every scenario.</summary>
    public void AddUp(ReadOnlySpan<RiskPosition> positions, Span<double> gains)
    {
        gains.Clear();
        var i = 0;

        // Four rows at a time: the sums stay in registers between them.
        for (; i + 4 <= positions.Length; i += 4)
        {
            AddFour(positions.Slice(i, 4), gains);
        }

        for (; i < positions.Length; i++)
        {
            var size = new Vector<double>(positions[i].Size);
            ReadOnlySpan<double> row = _gains[positions[i].Instrument];
            var s = 0;
            for (; s + Vector<double>.Count <= gains.Length; s += Vector<double>.Count)
            {
                (new Vector<double>(gains[s..]) + (size * new Vector<double>(row[s..]))).CopyTo(gains[s..]);
            }

            for (; s < gains.Length; s++)
            {
                gains[s] += positions[i].Size * row[s];
            }
        }
    }

    /// <summary>Value at risk and expected shortfall of every account, without intervals or contributions: the fast way for a whole book.</summary>
    public (double ValueAtRisk, double Shortfall)[] Tails(IReadOnlyList<RiskPosition[]> accounts, double level, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        EmpiricalTail.Require(level, nameof(level));
        var tails = new (double, double)[accounts.Count];
        Parallel.For(0, accounts.Count, new ParallelOptions { CancellationToken = cancellationToken }, () => (Gains: new double[_scenarios], Room: new double[_scenarios]), (a, _, room) =>
        {
            AddUp(accounts[a], room.Gains);
            tails[a] = Tail(room.Gains, room.Room, level);
            return room;
        }, _ => { });
        return tails;
    }

    /// <summary>The tail of one account with intervals and the contribution of each position.</summary>
    public AccountTail Explain(ReadOnlySpan<RiskPosition> positions, double level)
    {
        var gains = new double[_scenarios];
        AddUp(positions, gains);
        var tail = EmpiricalTail.Estimate(Array.ConvertAll(gains, g => -g), level);
        var order = new int[_scenarios];
        for (var s = 0; s < order.Length; s++)
        {
            order[s] = s;
        }

        Array.Sort((double[])gains.Clone(), order);
        var worst = order.AsSpan(0, TailCount(level));
        var contributions = new double[positions.Length];
        for (var i = 0; i < positions.Length; i++)
        {
            var row = _gains[positions[i].Instrument];
            foreach (var s in worst)
            {
                contributions[i] -= positions[i].Size * row[s] / worst.Length;
            }
        }

        return new AccountTail(tail, contributions);
    }

    private int TailCount(double level) => _scenarios - Math.Clamp((int)Math.Ceiling(level * _scenarios) - 1, 0, _scenarios - 1);

    private void AddFour(ReadOnlySpan<RiskPosition> positions, Span<double> gains)
    {
        var (a, b, c, d) = (new Vector<double>(positions[0].Size), new Vector<double>(positions[1].Size), new Vector<double>(positions[2].Size), new Vector<double>(positions[3].Size));
        ReadOnlySpan<double> ra = _gains[positions[0].Instrument], rb = _gains[positions[1].Instrument], rc = _gains[positions[2].Instrument], rd = _gains[positions[3].Instrument];
        var s = 0;
        for (; s + Vector<double>.Count <= gains.Length; s += Vector<double>.Count)
        {
            var sum = new Vector<double>(gains[s..]) + (a * new Vector<double>(ra[s..]));
            sum += b * new Vector<double>(rb[s..]);
            sum += c * new Vector<double>(rc[s..]);
            sum += d * new Vector<double>(rd[s..]);
            sum.CopyTo(gains[s..]);
        }

        for (; s < gains.Length; s++)
        {
            gains[s] += (positions[0].Size * ra[s]) + (positions[1].Size * rb[s]) + (positions[2].Size * rc[s]) + (positions[3].Size * rd[s]);
        }
    }

    /// <summary>The same order statistic as <see cref="EmpiricalTail"/>, found without sorting: a sample says where the tail begins, only what lies there is sorted.</summary>
    private (double ValueAtRisk, double Shortfall) Tail(double[] gains, double[] room, double level)
    {
        var wanted = TailCount(level);
        var samples = 0;
        for (var s = 0; s < gains.Length; s += SampleEvery)
        {
            room[samples++] = gains[s];
        }

        Array.Sort(room, 0, samples);
        var part = (double)wanted / gains.Length;
        var at = (int)Math.Ceiling((part * samples) + (SampleMargin * Math.Sqrt(part * samples)) + 2);
        var threshold = at < samples ? room[at] : double.PositiveInfinity;
        var count = Collect(gains, threshold, room);
        if (count < wanted)
        {
            // The sample was unlucky: everything is looked at.
            count = Collect(gains, double.PositiveInfinity, room);
        }

        Array.Sort(room, 0, count);
        double sum = 0;
        for (var i = 0; i < wanted; i++)
        {
            sum += room[i];
        }

        return (-room[wanted - 1], -sum / wanted);
    }

    private static int Collect(double[] gains, double threshold, double[] room)
    {
        var count = 0;
        var limit = new Vector<double>(threshold);
        var s = 0;
        for (; s + Vector<double>.Count <= gains.Length; s += Vector<double>.Count)
        {
            if (Vector.LessThanOrEqualAny(new Vector<double>(gains, s), limit))
            {
                for (var i = s; i < s + Vector<double>.Count; i++)
                {
                    if (gains[i] <= threshold)
                    {
                        room[count++] = gains[i];
                    }
                }
            }
        }

        for (; s < gains.Length; s++)
        {
            if (gains[s] <= threshold)
            {
                room[count++] = gains[s];
            }
        }

        return count;
    }

    /// <summary>All instruments as they are now. Anything linear, and an option without time left, is worth what it would bring and has no curvature.</summary>
    private static OptionLine[] Lines(IReadOnlyList<RiskInstrument> instruments)
    {
        int[] options = [.. Enumerable.Range(0, instruments.Count).Where(i => instruments[i].Strike > 0 && instruments[i].Volatility > 0 && instruments[i].Years > 0)];
        var found = new OptionLine[options.Length];
        Black76Vector.Evaluate(
            [.. options.Select(i => instruments[i].Forward)],
            [.. options.Select(i => instruments[i].Strike)],
            [.. options.Select(i => instruments[i].Volatility * Math.Sqrt(instruments[i].Years))],
            [.. options.Select(i => instruments[i].IsCall ? 1.0 : -1.0)],
            found);
        OptionLine[] lines = [.. instruments.Select(static own => own.Strike > 0
            ? new OptionLine(Value(own, own.Forward, 0), Value(own, own.Forward, 0) > 0 ? own.Discount * (own.IsCall ? 1 : -1) : 0, 0, 0)
            : new OptionLine(own.Forward, 1, 0, 0))];
        for (var i = 0; i < options.Length; i++)
        {
            var own = instruments[options[i]];
            lines[options[i]] = new OptionLine(own.Discount * found[i].Value, own.Discount * found[i].Delta, own.Discount * found[i].Gamma, own.Discount * found[i].Vega * Math.Sqrt(own.Years));
        }

        return lines;
    }

    private static void Revalue(RiskInstrument own, double[] growth, double[] moves, double[] factors, double[] inverse, double horizonYears, double now, double[] gains)
    {
        if (!(own.Strike > 0))
        {
            for (var i = 0; i < gains.Length; i++)
            {
                gains[i] = own.Forward * (growth[i] - 1);
            }

            return;
        }

        var left = own.Years - horizonYears;
        var s = 0;
        if (left > 0)
        {
            var root = own.Volatility * Math.Sqrt(left);
            Vector<double> forward = new(own.Forward), strike = new(own.Strike), log = new(Math.Log(own.Forward / own.Strike)), discount = new(own.Discount), before = new(now), deviation = new(root), inverseRoot = new(1 / root), sign = new(own.IsCall ? 1 : -1);
            for (; s + Vector<double>.Count <= gains.Length; s += Vector<double>.Count)
            {
                var value = Black76Vector.Value(
                    forward * new Vector<double>(growth, s), strike, log + new Vector<double>(moves, s), inverseRoot * new Vector<double>(inverse, s), deviation * new Vector<double>(factors, s), sign);
                ((discount * value) - before).CopyTo(gains, s);
            }
        }

        for (; s < gains.Length; s++)
        {
            gains[s] = Value(own, own.Forward * growth[s], left > 0 ? own.Volatility * factors[s] * Math.Sqrt(left) : 0) - now;
        }
    }

    private static double Value(RiskInstrument own, double forward, double deviation) => own.Discount * Surfaces.Black76.Value(forward, own.Strike, deviation, own.IsCall);
}
