using System.Text.Json;
using System.Text.RegularExpressions;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>Every rule of spec/margin.md stands in the Solidity, in the C# and in the vectors, and nothing names a rule that is not there.</summary>
public sealed partial class RuleCoverageTests
{
    /// <summary>Reports that decide nothing on chain and so have no Solidity side and no shared vectors.</summary>
    private static readonly string[] ReportsOnly = ["MRG-060"];

    private static readonly string[] Rules = [.. Heading().Matches(File.ReadAllText(SpecFiles.At("spec", "margin.md"))).Select(match => match.Groups["rule"].Value)];

    [Fact]
    public void Rules_AreNumberedOnceAndAscending()
    {
        Assert.True(Rules.Length > 30);
        Assert.Equal(Rules.Order(StringComparer.Ordinal).Distinct(), Rules);
    }

    [Fact]
    public void Solidity_TagsEveryRule() => AssertCovered(Tags(SpecFiles.At("contracts"), "*.sol", SolidityTag()), ReportsOnly);

    [Fact]
    public void Engine_TagsEveryRule() => AssertCovered(Tags(SpecFiles.At("src", "OnchainMargin.Margin"), "*.cs", EngineTag()), []);

    [Fact]
    public void Vectors_CoverEveryRule() => AssertCovered(Directory.GetDirectories(VectorFiles.Folder).Where(folder => Directory.GetFiles(folder).Length > 0).Select(folder => Path.GetFileName(folder)), ReportsOnly);

    [Fact]
    public void Errors_NameRulesThatExistAndTheEngineHasThem()
    {
        foreach (JsonElement error in SpecFiles.Json("errors.json").GetProperty("errors").EnumerateArray())
        {
            Assert.All(error.GetProperty("rules").EnumerateArray(), rule => Assert.Contains(rule.GetString(), Rules));
            Assert.True(Enum.TryParse<MarginError>(error.GetProperty("name").GetString(), out _), error.GetProperty("name").GetString());
        }
    }

    private static void AssertCovered(IEnumerable<string> tagged, string[] exceptions)
    {
        string[] found = [.. tagged.Distinct()];
        Assert.Empty(Rules.Except(found).Except(exceptions));
        Assert.Empty(found.Except(Rules));
    }

    private static IEnumerable<string> Tags(string folder, string pattern, Regex tag) => Directory.GetFiles(folder, pattern, SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .SelectMany(file => tag.Matches(File.ReadAllText(file))).SelectMany(match => Number().Matches(match.Value)).Select(match => match.Value);

    [GeneratedRegex(@"^### (?<rule>MRG-\d{3}) ", RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"@custom:spec [^\n]*", RegexOptions.None, 1000)]
    private static partial Regex SolidityTag();

    [GeneratedRegex(@"SpecRule\(""MRG-\d{3}""\)", RegexOptions.None, 1000)]
    private static partial Regex EngineTag();

    [GeneratedRegex(@"MRG-\d{3}", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
