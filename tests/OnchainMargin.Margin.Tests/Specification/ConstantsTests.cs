using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>spec/constants.json against the values that Solidity and C# hold.</summary>
public sealed partial class ConstantsTests
{
    private static readonly JsonElement Constants = SpecFiles.Json("constants.json");
    private static readonly JsonElement Kernel = Constants.GetProperty("kernel");

    [Fact]
    public void Engine_Kernel_HasTheConstants()
    {
        Assert.Equal(Kernel.GetProperty("deviationMinCellsQ28").GetString(), Deviation.Cells(0, 0).ToString());
        Assert.Equal(Kernel.GetProperty("deviationMaxCellsQ28").GetString(), Deviation.Cells(1L << 36, 1L << 50).ToString());
        Assert.Equal(Kernel.GetProperty("cells").GetInt32() * BigInteger.Pow(2, 28), (BigInteger)(long)NormalTable.End);
        var least = new Surface(1, 1, -(1L << 53), 0, 0, 0, 1);
        var largest = new Surface(1, 1, 1L << 53, 1L << 52, 0, 0, 600_000_000);
        Assert.Equal(Integers.Root(Text(Kernel, "varianceMinQ64")), (BigInteger)new Smile(least).AtStrike(0));
        Assert.Equal(Integers.Root(Text(Kernel, "varianceMaxQ64")), (BigInteger)new Smile(largest).AtStrike(0));
        foreach (JsonElement knot in Constants.GetProperty("scenarios").GetProperty("kappaKnots").EnumerateArray())
        {
            Assert.Equal(knot.GetProperty("kappaE8").GetString(), Volatility.Kappa(knot.GetProperty("seconds").GetInt64()).ToString());
        }
    }

    [Fact]
    public void Engine_Scenarios_AreThoseOfTheConstants()
    {
        JsonElement scenarios = Constants.GetProperty("scenarios");
        Assert.Equal(Scenarios.Count, scenarios.GetProperty("count").GetInt32());
        Assert.Equal(Scenarios.Mark, scenarios.GetProperty("mark").GetInt32());
        List<string> expected = [.. scenarios.GetProperty("quarters").EnumerateArray().SelectMany(q => new[] { -1, 0, 1 }.Select(v => $"{q.GetInt32()} {v} 24"))];
        foreach (JsonElement tail in scenarios.GetProperty("tails").EnumerateArray())
        {
            int size = tail.GetProperty("quarters").GetInt32();
            foreach (int q in tail.GetProperty("bothSides").GetBoolean() ? new[] { -size, size } : [size])
            {
                expected.AddRange(tail.GetProperty("volatility").EnumerateArray().Select(v => $"{q} {v.GetInt32()} {tail.GetProperty("weight24").GetInt32()}"));
            }
        }

        Assert.Equal(expected, Enumerable.Range(0, Scenarios.Count).Select(Scenarios.Scenario).Select(s => $"{s.Quarters} {s.Volatility} {s.Weight24}"));
        Assert.Equal(expected, Grid.Scenarios.Select(s => $"{s.Q} {s.V} {s.W}"));
    }

    [Fact]
    public void Engine_Limits_AreThoseOfTheConstants() => Assert.Equal(AccountState.PositionsMax, Constants.GetProperty("limits").GetProperty("positionsMax").GetInt32());

    /// <summary>Numbers long enough to be nobody's accident must stand in the Solidity as they are, in decimal, hexadecimal, or scientific form.</summary>
    [Fact]
    public void Solidity_HasTheKernelsConstants()
    {
        string source = string.Concat(Directory.GetFiles(SpecFiles.At("contracts", "margin"), "*.sol").Select(File.ReadAllText));
        HashSet<BigInteger> numbers = [.. Literal().Matches(source).Select(match => Parse(match.Value))];
        IEnumerable<BigInteger> wanted =
        [
            .. Kernel.GetProperty("lnCoefficientsQ44").EnumerateArray().Select(value => BigInteger.Parse(value.GetString()!)),
            Text(Kernel, "ln2Q88"), Text(Kernel, "deviationMinCellsQ28"), Text(Kernel, "varianceMinQ64"),
            BigInteger.Parse("0" + Kernel.GetProperty("cdfTableKeccak256").GetString()![2..], NumberStyles.HexNumber),
            .. Constants.GetProperty("scenarios").GetProperty("kappaKnots").EnumerateArray().Select(knot => (BigInteger)knot.GetProperty("seconds").GetInt64()).Skip(1),
        ];
        Assert.Subset(numbers, wanted.ToHashSet());
    }

    private static BigInteger Text(JsonElement element, string name) => BigInteger.Parse(element.GetProperty(name).GetString()!);

    private static BigInteger Parse(string literal) => literal.StartsWith("0x", StringComparison.Ordinal)
        ? BigInteger.Parse("0" + literal[2..].Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.HexNumber)
        : BigInteger.Parse(literal.Replace("_", string.Empty, StringComparison.Ordinal));

    [GeneratedRegex(@"\b(?:0x[0-9a-fA-F_]+|\d[\d_]*)\b", RegexOptions.None, 1000)]
    private static partial Regex Literal();
}
