namespace OnchainMargin.Oracle;

/// <summary>
/// max(IM, floor) ≤ 1 as linear constraints on sizes: the variables are long sizes, short sizes, three bounds for each expiry (vega below, vega above, value) and the scenario part.
/// Basis and liquidity are left out (small accounts without a net delta in any bucket do not pay them), so the requirement here is at most the true one and a loss found is never understated.
/// </summary>
public sealed class SearchConstraints
{
    private const double Initial = 1.3;
    private const double VegaCharge = 0.1;
    private const double RateCharge = 0.01;
    private const double FloorRate = 0.01;
    private const double Year = 31_536_000;
    private readonly SearchMarket _market;
    private readonly double[] _taus;
    private readonly int _n;
    private readonly int _width;
    private readonly List<(double[] Row, double Bound)> _rows = [];
    private readonly Simplex _simplex;

    /// <summary>Writes the constraints of a market, with MRG-032 or without.</summary>
    public SearchConstraints(SearchMarket market, bool between)
    {
        ArgumentNullException.ThrowIfNull(market);
        _market = market;
        _n = market.Count;
        _taus = [.. market.Options.Select(option => option.Tau).Distinct()];
        _width = (2 * _n) + (3 * _taus.Length) + 1;
        AddScenarios();
        foreach (int v in between ? new[] { -1, 0, 1 } : [])
        {
            AddBetween(v);
        }

        AddLoss(new double[_n], [.. market.Options.Select(_ => market.ShortMinimum), 0]);
        AddTotals();
        _simplex = new Simplex(_rows, 1);
    }

    /// <summary>Sizes that lose most at (q, v) after some seconds while max(IM, floor) is at most 1, and that loss.</summary>
    public (double Loss, double[] Sizes) Worst(double q, double v, double elapsed)
    {
        double[] before = _market.Values(0, 0);
        double[] after = _market.Values(q, v, elapsed);
        double[] objective = new double[_width];
        for (int i = 0; i < _n; i++)
        {
            objective[i] = before[i] - after[i];
            objective[_n + i] = after[i] - before[i];
        }

        double[] x = _simplex.Maximise(objective);
        double[] sizes = [.. Enumerable.Range(0, _n).Select(i => x[i] - x[_n + i])];
        return (-_market.Profit(sizes, q, v, elapsed), sizes);
    }

    private static double[] Weigh(double[] values, double[] mark, int weight24) => [.. values.Zip(mark, (value, before) => weight24 / 24.0 * (value - before))];

    private void AddScenarios()
    {
        double[] mark = _market.Values(0, 0);
        foreach ((int q, int v, int w) in Grid.Scenarios.Where(s => (s.Q, s.V) != (0, 0)))
        {
            AddLoss(Weigh(_market.Values(q, v), mark, w), null);
        }
    }

    /// <summary>MRG-032 at one shock.</summary>
    private void AddBetween(int v)
    {
        SearchMarket market = _market;
        bool[] narrow = [.. market.Options.Select(option => market.Deviation(option, v) < 0.75 * market.RangeOf(option) / 4)];
        if (!narrow.Contains(true))
        {
            return;
        }

        double[] mark = market.Values(0, 0);
        double[] Broken(int q)
        {
            double[] values = market.Values(q, v);
            double[] payoffs = market.Payoffs(q);
            int w = Grid.Scenarios[Grid.Index(q, v)].W;
            return Weigh([.. values.Select((value, i) => i < narrow.Length && narrow[i] ? payoffs[i] : value)], mark, w);
        }

        double[] places = [.. market.Options.Select(option => ((option.Strike / option.Forward) - 1) * 4 / market.RangeOf(option))];
        int[] nodes = [.. Grid.Axis.Where(q => Grid.Index(q, v) >= 0)];
        foreach ((int a, int b) in nodes.Zip(nodes.Skip(1)))
        {
            int weightA = Grid.Scenarios[Grid.Index(a, v)].W;
            int weightB = Grid.Scenarios[Grid.Index(b, v)].W;
            double[] left = Broken(a);
            double[] right = Broken(b);
            double[] hump = [.. market.Options.Select((option, i) => narrow[i] && a <= places[i] && places[i] <= b ? 0.4 * option.Forward * market.Deviation(option, v) : 0), 0];
            double[] Charge(int weight) => [.. hump.Select(h => h * weight / 24)];
            AddLoss(left, Charge(weightA));
            AddLoss(right, Charge(weightB));
            int[] inside = [.. Enumerable.Range(0, narrow.Length).Where(i => narrow[i] && a < places[i] && places[i] < b)];
            int weight = Math.Min(weightA, weightB);
            foreach (double y in inside.Select(i => places[i]).Distinct())
            {
                double[] line = [.. left.Zip(right, (l, r) => l + ((r - l) * (y - a) / (b - a)))];
                foreach (int j in inside)
                {
                    double slope = market.Options[j].Forward * market.RangeOf(market.Options[j]) / 4;
                    line[j] -= weight / 24.0 * slope * (((b - places[j]) * (y - a) / (b - a)) - Math.Max(y - places[j], 0));
                }

                AddLoss(line, Charge(weight));
            }
        }
    }

    private void AddTotals()
    {
        double[] mark = _market.Values(0, 0);
        double[] swing = [.. _market.Values(0, 1).Zip(_market.Values(0, -1), (up, down) => (up - down) / 2)];
        double[] total = new double[_width];
        total[^1] = Initial;
        for (int e = 0; e < _taus.Length; e++)
        {
            double tau = _taus[e];
            int first = (2 * _n) + (3 * e);
            AddAbsolute(first, (option, i) => option.Tau == tau && option.Strike < option.Forward ? swing[i] : 0);
            AddAbsolute(first + 1, (option, i) => option.Tau == tau && option.Strike >= option.Forward ? swing[i] : 0);
            AddAbsolute(first + 2, (option, i) => option.Tau == tau ? mark[i] : 0);
            total[first] = total[first + 1] = Initial * VegaCharge;
            total[first + 2] = Initial * RateCharge * tau / Year;
        }

        _rows.Add((total, 1));
        double[] floor = new double[_width];
        for (int i = 0; i < _n; i++)
        {
            floor[i] = i < _n - 1 ? Math.Min(FloorRate, Math.Max(mark[i], _market.ShortMinimum / 2)) : FloorRate;
            floor[_n + i] = FloorRate;
        }

        _rows.Add((floor, 1));
    }

    /// <summary>−profit·sizes + charge·short sizes ≤ scenario part.</summary>
    private void AddLoss(double[] profit, double[]? charge)
    {
        double[] row = new double[_width];
        for (int i = 0; i < _n; i++)
        {
            row[i] = -profit[i];
            row[_n + i] = profit[i] + (charge?[i] ?? 0);
        }

        row[^1] = -1;
        _rows.Add((row, 0));
    }

    /// <summary>|Σ weight·size| ≤ a variable.</summary>
    private void AddAbsolute(int variable, Func<SearchedCall, int, double> weight)
    {
        foreach (int sign in new[] { 1, -1 })
        {
            double[] row = new double[_width];
            for (int i = 0; i < _market.Options.Count; i++)
            {
                row[i] = sign * weight(_market.Options[i], i);
                row[_n + i] = -row[i];
            }

            row[variable] = -1;
            _rows.Add((row, 0));
        }
    }
}
