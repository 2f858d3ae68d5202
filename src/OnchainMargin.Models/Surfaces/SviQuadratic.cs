namespace OnchainMargin.Models.Surfaces;

/// <summary>
/// The inner problem of the calibration: weighted least squares of <c>a + d·y + c·z</c> over |d| ≤ c, c + |d| ≤ slope, and a ≥ 0 where total variance would not stay positive otherwise.
/// Convex in three variables with at most five planes: the best admissible point of all faces is the minimum.
/// </summary>
internal sealed class SviQuadratic
{
    private const double Inside = 1e-12;

    // Planes n·x = h with x = (a, d, c); admissible is n·x ≥ h. The slope's h is set by the call.
    private static readonly double[][] Normals = [[0, -1, 1], [0, 1, 1], [0, -1, -1], [0, 1, -1], [1, 0, 0]];

    private readonly double[] _planes = new double[5];
    private readonly double[] _system = new double[36];
    private readonly double[] _right = new double[6];
    private readonly int[] _active = new int[3];
    private double _s1;
    private double _sy;
    private double _sz;
    private double _syy;
    private double _syz;
    private double _szz;
    private double _t1;
    private double _ty;
    private double _tz;
    private double _tt;

    internal void Clear() => _s1 = _sy = _sz = _syy = _syz = _szz = _t1 = _ty = _tz = _tt = 0;

    internal void Add(double y, double z, double target, double weight)
    {
        var wy = weight * y;
        var wz = weight * z;
        var wt = weight * target;
        _s1 += weight;
        _sy += wy;
        _sz += wz;
        _syy += wy * y;
        _syz += wy * z;
        _szz += wz * z;
        _t1 += wt;
        _ty += wt * y;
        _tz += wt * z;
        _tt += wt * target;
    }

    internal double Minimise(double slope, out double a, out double d, out double c)
    {
        _planes[2] = -slope;
        _planes[3] = -slope;
        var best = double.PositiveInfinity;
        (a, d, c) = (_s1 > 0 ? _t1 / _s1 : 0, 0, 0);
        if (TrySolve(0, ref best, ref a, ref d, ref c))
        {
            return best;
        }

        // One face after another: a plane, an edge, a corner.
        for (var count = 1; count <= 3; count++)
        {
            for (_active[0] = 0; _active[0] < 5; _active[0]++)
            {
                if (count == 1)
                {
                    if (TrySolve(1, ref best, ref a, ref d, ref c))
                    {
                        return best;
                    }

                    continue;
                }

                for (_active[1] = _active[0] + 1; _active[1] < 5; _active[1]++)
                {
                    if (count == 2)
                    {
                        if (TrySolve(2, ref best, ref a, ref d, ref c))
                        {
                            return best;
                        }

                        continue;
                    }

                    for (_active[2] = _active[1] + 1; _active[2] < 5; _active[2]++)
                    {
                        TrySolve(3, ref best, ref a, ref d, ref c);
                    }
                }
            }
        }

        // Flat always exists.
        return double.IsPositiveInfinity(best) ? Value(a, d, c) : best;
    }

    /// <summary>The least point of a face: kept when admissible and the best so far.</summary>
    /// <returns>Whether it is the minimum of all.</returns>
    private bool TrySolve(int count, ref double best, ref double a, ref double d, ref double c)
    {
        var n = 3 + count;
        Span<double> m = _system.AsSpan(0, n * n);
        m.Clear();
        ReadOnlySpan<double> s = [_s1, _sy, _sz, _sy, _syy, _syz, _sz, _syz, _szz];
        for (var i = 0; i < 3; i++)
        {
            s.Slice(3 * i, 3).CopyTo(m.Slice(i * n, 3));
        }

        (_right[0], _right[1], _right[2]) = (_t1, _ty, _tz);
        for (var j = 0; j < count; j++)
        {
            var normal = Normals[_active[j]];
            for (var i = 0; i < 3; i++)
            {
                m[(i * n) + 3 + j] = normal[i];
                m[((3 + j) * n) + i] = normal[i];
            }

            _right[3 + j] = _planes[_active[j]];
        }

        if (!Eliminate(m, n))
        {
            return false;
        }

        var (x, y, z) = (_right[0], _right[1], _right[2]);
        var room = Inside * (1 + Math.Abs(z));
        if (Math.Abs(y) > z + room || z + Math.Abs(y) > -_planes[2] + room)
        {
            return false;
        }

        // Total variance is least at a + √(c² − d²).
        if (x < 0 && x + Math.Sqrt(Math.Max((z * z) - (y * y), 0)) <= Inside)
        {
            return false;
        }

        var value = Value(x, y, z);
        if (value < best)
        {
            (best, a, d, c) = (value, x, y, z);
        }

        // With every multiplier of the right sign this is the minimum, and no other face need be tried.
        for (var j = 0; j < count; j++)
        {
            if (_right[3 + j] > 0)
            {
                return false;
            }
        }

        return true;
    }

    private double Value(double a, double d, double c) =>
        Math.Max(0, _tt - (2 * ((a * _t1) + (d * _ty) + (c * _tz))) + (a * a * _s1) + (d * d * _syy) + (c * c * _szz) + (2 * ((a * d * _sy) + (a * c * _sz) + (d * c * _syz))));

    private bool Eliminate(Span<double> m, int n)
    {
        for (var column = 0; column < n; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < n; row++)
            {
                pivot = Math.Abs(m[(row * n) + column]) > Math.Abs(m[(pivot * n) + column]) ? row : pivot;
            }

            if (Math.Abs(m[(pivot * n) + column]) < 1e-200)
            {
                return false;
            }

            if (pivot != column)
            {
                for (var i = column; i < n; i++)
                {
                    (m[(column * n) + i], m[(pivot * n) + i]) = (m[(pivot * n) + i], m[(column * n) + i]);
                }

                (_right[column], _right[pivot]) = (_right[pivot], _right[column]);
            }

            for (var row = column + 1; row < n; row++)
            {
                var factor = m[(row * n) + column] / m[(column * n) + column];
                if (factor == 0)
                {
                    continue;
                }

                for (var i = column; i < n; i++)
                {
                    m[(row * n) + i] -= factor * m[(column * n) + i];
                }

                _right[row] -= factor * _right[column];
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            var sum = _right[row];
            for (var i = row + 1; i < n; i++)
            {
                sum -= m[(row * n) + i] * _right[i];
            }

            _right[row] = sum / m[(row * n) + row];
        }

        return double.IsFinite(_right[0]) && double.IsFinite(_right[1]) && double.IsFinite(_right[2]);
    }
}
