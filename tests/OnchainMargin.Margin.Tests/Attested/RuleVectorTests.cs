using System.Text.RegularExpressions;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Attested;

/// <summary>Every rule of spec/oracle.md has vectors, and every rule that has some stands in the specification and in both languages, and is tested in both.</summary>
public sealed partial class RuleVectorTests
{
    private static readonly string[] WithVectors = [.. Directory.GetFiles(SpecFiles.At("spec", "attested"), "*.json").Select(static file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void OracleRules_AllHaveVectors()
    {
        string[] rules = [.. Heading().Matches(Specification("oracle.md")).Select(static match => match.Groups["rule"].Value).Where(static rule => rule.StartsWith("ORC-", StringComparison.Ordinal))];
        Assert.True(rules.Length >= 11);
        Assert.Equal(rules, WithVectors.Where(static rule => rule.StartsWith("ORC-", StringComparison.Ordinal)));
    }

    [Fact]
    public void Rules_WithVectors_StandInTheSpecificationAndInBothLanguages()
    {
        string solidity = All("*.sol", "contracts");
        string engine = All("*.cs", "src", "OnchainMargin.Margin");
        string specification = Specification("oracle.md") + Specification("parameters.md") + Specification("clearing.md");
        foreach (string rule in WithVectors)
        {
            Assert.Contains($"@custom:spec {rule}", solidity, StringComparison.Ordinal);
            Assert.Contains($"SpecRule(\"{rule}\")", engine, StringComparison.Ordinal);
            Assert.Contains($"### {rule} ", specification, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Vectors_AreReadByTestsOfBothLanguages()
    {
        string solidity = All("*.t.sol", "contracts", "test");
        string engine = All("*VectorTests.cs", "tests", "OnchainMargin.Margin.Tests", "Attested");
        foreach (string rule in WithVectors)
        {
            Assert.Contains($"spec/attested/{rule}.json", solidity, StringComparison.Ordinal);
            Assert.Contains($"Columns.Of(\"{rule}\")", engine, StringComparison.Ordinal);
        }
    }

    private static string Specification(string name) => File.ReadAllText(SpecFiles.At("spec", name));

    private static string All(string pattern, params string[] folder) => string.Concat(Directory.GetFiles(SpecFiles.At(folder), pattern, SearchOption.AllDirectories).Select(File.ReadAllText));

    [GeneratedRegex(@"^### (?<rule>\w+-\d{3}) ", RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();
}
