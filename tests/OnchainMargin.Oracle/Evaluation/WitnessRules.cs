using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>MRG-057: what a witness shows.</summary>
public static class WitnessRules
{
    private const int FirstKink = 64;
    private const int FirstNode = 192;

    /// <summary>MM_w.</summary>
    public static BigInteger Maintenance(AccountInputs inputs, byte[] witness)
    {
        AccountReport report = AccountRules.Evaluate(inputs);
        var bytes = new Queue<byte>(witness);
        BigInteger sum = report.Haircut;
        foreach (GroupReport group in report.Groups)
        {
            List<UnderlyingReport> members = [.. report.Underlyings.Where(u => u.Record.Group == group.Group)];
            switch (Next(bytes))
            {
                case 0:
                    sum += Ceil(BigInteger.Max(0, Loss24(members, Next(bytes))), 24);
                    break;
                case 1:
                    sum += Ceil(AccountRules.NettingFloor24(members, members.Select(u => BigInteger.Max(0, Loss24([u], Next(bytes))))), 24);
                    break;
                case 2:
                    sum += group.ShortMinimum;
                    break;
                default:
                    throw new SpecException("WitnessMalformed");
            }
        }

        sum += Next(bytes) switch
        {
            0 => BigInteger.Zero,
            1 => AccountRules.Sum(report.Underlyings.Select(u => u.AddOns)),
            _ => throw new SpecException("WitnessMalformed"),
        };
        return bytes.Count == 0 ? sum : throw new SpecException("WitnessMalformed");
    }

    /// <summary>The witness that shows all of MM.</summary>
    public static byte[] Best(AccountReport report)
    {
        List<byte> bytes = [];
        foreach (GroupReport group in report.Groups)
        {
            List<UnderlyingReport> members = [.. report.Underlyings.Where(u => u.Record.Group == group.Group)];
            if (group.Maintenance == Ceil(group.Joint24, 24))
            {
                bytes.AddRange([0, BestPoint(members)]);
            }
            else if (group.Maintenance == group.ShortMinimum)
            {
                bytes.Add(2);
            }
            else
            {
                bytes.Add(1);
                bytes.AddRange(members.Select(u => BestPoint([u])));
            }
        }

        bytes.Add(1);
        return [.. bytes];
    }

    private static byte BestPoint(List<UnderlyingReport> members)
    {
        BigInteger[] n = Together(members, u => u.Weighted24);
        BigInteger scenario = n.Select(value => -value).Max();
        Point? between = Points(members).MaxBy(point => point.Loss24);
        if (between is null || scenario >= between.Loss24)
        {
            return (byte)Array.IndexOf(n, -scenario);
        }

        return (byte)(between.Position >= 0 ? FirstKink + between.Position : FirstNode + Grid.Axis.ToList().IndexOf(between.Node));
    }

    private static BigInteger Loss24(List<UnderlyingReport> members, byte point)
    {
        BigInteger[] n = Together(members, u => u.Weighted24);
        if (point < Grid.Scenarios.Count)
        {
            return -n[point];
        }

        List<Point> points = Points(members);
        if (point is >= FirstKink and < FirstNode)
        {
            List<Point> kinks = [.. points.Where(candidate => candidate.Position == point - FirstKink)];
            return kinks.Count > 0 ? kinks.Max(candidate => candidate.Loss24) : throw new SpecException("WitnessMalformed");
        }

        if (point < FirstNode || point >= FirstNode + Grid.Axis.Count)
        {
            throw new SpecException("WitnessMalformed");
        }

        int node = Grid.Axis[point - FirstNode];
        IEnumerable<BigInteger> plain = Enumerable.Range(-1, 3).Where(v => Grid.Index(node, v) >= 0 && !members.Any(u => u.Kinks.Any(kink => kink.Narrow[v + 1]))).Select(v => -n[Grid.Index(node, v)]);
        return points.Where(candidate => candidate.Position < 0 && candidate.Node == node).Select(candidate => candidate.Loss24).Concat(plain).Max();
    }

    private static List<Point> Points(List<UnderlyingReport> members) =>
        [.. BetweenRules.Points([.. members.SelectMany(u => u.Kinks)], Together(members, u => u.Between24Nodes))];

    private static BigInteger[] Together(List<UnderlyingReport> members, Func<UnderlyingReport, IReadOnlyList<BigInteger>> pick) =>
        [.. Enumerable.Range(0, Grid.Scenarios.Count).Select(s => AccountRules.Sum(members.Select(u => pick(u)[s])))];

    private static byte Next(Queue<byte> bytes) => bytes.Count > 0 ? bytes.Dequeue() : throw new SpecException("WitnessMalformed");
}
