namespace OnchainMargin.Oracle;

/// <summary>Largest c·x for A·x ≤ b, x ≥ 0, b ≥ 0, by the tableau method. Right-hand sides are lifted by up to 10⁻⁷ each so that no pivot is degenerate.</summary>
public sealed class Simplex
{
    private const double Tiny = 1e-10;
    private readonly double[][] _rows;
    private readonly int _variables;

    /// <summary>Constraints, each with its bound.</summary>
    public Simplex(IReadOnlyList<(double[] Row, double Bound)> constraints, int seed)
    {
        var random = new Random(seed);
        _variables = constraints[0].Row.Length;
        _rows = [.. constraints.Select(constraint => (double[])[.. constraint.Row, constraint.Bound + (1e-7 * random.NextDouble())])];
    }

    /// <summary>The best x.</summary>
    public double[] Maximise(double[] objective)
    {
        int m = _rows.Length;
        int n = _variables;
        double[][] t = [.. _rows.Select(row => (double[])row.Clone())];
        double[] cost = [.. objective.Select(c => -c), 0];
        int[] basis = [.. Enumerable.Range(n, m)];
        int[] columns = [.. Enumerable.Range(0, n)];
        for (int step = 0; step < 20_000; step++)
        {
            int enter = Enumerable.Range(0, n).MinBy(j => cost[j]);
            if (cost[enter] > -Tiny)
            {
                break;
            }

            int leave = -1;
            double least = double.PositiveInfinity;
            for (int i = 0; i < m; i++)
            {
                if (t[i][enter] > Tiny && t[i][n] / t[i][enter] < least)
                {
                    least = t[i][n] / t[i][enter];
                    leave = i;
                }
            }

            if (leave < 0)
            {
                throw new InvalidOperationException("Unbounded: some position costs nothing at all.");
            }

            Pivot(t, cost, leave, enter);
            (basis[leave], columns[enter]) = (columns[enter], basis[leave]);
        }

        double[] x = new double[n];
        for (int i = 0; i < m; i++)
        {
            if (basis[i] < n)
            {
                x[basis[i]] = t[i][n];
            }
        }

        return x;
    }

    /// <summary>Exchanges a basic and a free variable in the condensed tableau.</summary>
    private static void Pivot(double[][] t, double[] cost, int leave, int enter)
    {
        double[] row = t[leave];
        double pivot = row[enter];
        for (int j = 0; j < row.Length; j++)
        {
            row[j] = j == enter ? 1 / pivot : row[j] / pivot;
        }

        for (int i = 0; i < t.Length; i++)
        {
            if (i != leave)
            {
                Eliminate(t[i], row, enter);
            }
        }

        Eliminate(cost, row, enter);
    }

    private static void Eliminate(double[] target, double[] row, int enter)
    {
        double factor = target[enter];
        if (factor == 0)
        {
            return;
        }

        target[enter] = 0;
        for (int j = 0; j < row.Length; j++)
        {
            target[j] -= factor * row[j];
        }
    }
}
