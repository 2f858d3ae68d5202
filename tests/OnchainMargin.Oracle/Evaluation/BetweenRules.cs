using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>MRG-032: losses between the nodes, of one underlying or of the underlyings of a group together.</summary>
public static class BetweenRules
{
    /// <summary>Every loss of the rule. `e` holds E by number of the scenario.</summary>
    public static IEnumerable<Point> Points(IReadOnlyList<Kink> kinks, IReadOnlyList<BigInteger> e)
    {
        for (int v = -1; v <= 1; v++)
        {
            List<Kink> narrow = [.. kinks.Where(kink => kink.Narrow[v + 1])];
            List<int> nodes = [.. Grid.Axis.Where(q => Grid.Index(q, v) >= 0)];
            for (int i = 0; i + 1 < nodes.Count && narrow.Count > 0; i++)
            {
                foreach (Point point in Interval(narrow, e, v, nodes[i], nodes[i + 1]))
                {
                    yield return point;
                }
            }
        }
    }

    /// <summary>between24.</summary>
    public static BigInteger Loss24(IReadOnlyList<Kink> kinks, IReadOnlyList<BigInteger> e) =>
        Points(kinks, e).Select(point => point.Loss24).Append(BigInteger.Zero).Max();

    private static IEnumerable<Point> Interval(List<Kink> narrow, IReadOnlyList<BigInteger> e, int v, int a, int b)
    {
        BigInteger left = a * Two(16);
        BigInteger right = b * Two(16);
        BigInteger width = right - left;
        int indexA = Grid.Index(a, v);
        int indexB = Grid.Index(b, v);
        int weightA = Grid.Scenarios[indexA].W;
        int weightB = Grid.Scenarios[indexB].W;
        BigInteger unit = SpecConstants.One * Two(16);
        List<Kink> inside = [.. narrow.Where(kink => left < kink.Y && kink.Y < right)];
        BigInteger h = Ceil(Sum(inside.Select(kink => kink.Weight * (right - kink.Y))), unit);
        BigInteger u = Ceil(Sum(narrow.Where(kink => kink.SizeE8 < 0 && left <= kink.Y && kink.Y <= right).Select(kink => -kink.SizeE8 * kink.HumpE8[v + 1])), SpecConstants.One);
        yield return new Point(v, a, b, -1, a, -e[indexA] + (weightA * u));
        yield return new Point(v, a, b, -1, b, -e[indexB] + (weightB * u));
        foreach (Kink kink in inside)
        {
            BigInteger g = Sum(inside.Where(other => other.Y < kink.Y).Select(other => other.Weight * (kink.Y - other.Y)));
            BigInteger dip = Ceil(h * (kink.Y - left), width) - Floor(g, unit);
            BigInteger line = e[indexA] + Floor((e[indexB] - e[indexA]) * (kink.Y - left), width);
            yield return new Point(v, a, b, kink.Position, 0, -line + (Math.Min(weightA, weightB) * (dip + u)));
        }
    }

    private static BigInteger Sum(IEnumerable<BigInteger> values) => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);
}
