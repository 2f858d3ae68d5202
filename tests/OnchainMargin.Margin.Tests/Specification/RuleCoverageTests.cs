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

    /// <summary>In what is deployed: a tag of a test or of a contract for local chains alone is no implementation.</summary>
    [Fact]
    public void Solidity_TagsEveryRule() => AssertCovered(
        Directory.GetDirectories(SpecFiles.At("contracts")).Where(folder => Path.GetFileName(folder) is not ("test" or "dev")).SelectMany(folder => Tags(folder, "*.sol", SolidityTag())), ReportsOnly);

    [Fact]
    public void Engine_TagsEveryRule() => AssertCovered(Tags(SpecFiles.At("src", "OnchainMargin.Margin"), "*.cs", EngineTag()), []);

    [Fact]
    public void Vectors_CoverEveryRule() => AssertCovered(Directory.GetDirectories(VectorFiles.Folder).Where(folder => Directory.GetFiles(folder).Length > 0).Select(folder => Path.GetFileName(folder)), ReportsOnly);

    [Fact]
    public void Errors_NameRulesThatExist_AndBothLanguagesHaveThem()
    {
        foreach (JsonElement error in SpecFiles.Json("errors.json").GetProperty("errors").EnumerateArray())
        {
            Assert.All(error.GetProperty("rules").EnumerateArray(), rule => Assert.Contains(rule.GetString(), Rules));
        }

        // The same errors in the same order of precedence everywhere, none of them in one place alone.
        string[] names = [.. SpecFiles.Json("errors.json").GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("name").GetString()!)];
        Assert.Equal(names, Enum.GetNames<MarginError>().Skip(1));
        Assert.Equal(names, ErrorOfSolidity().Matches(File.ReadAllText(SpecFiles.At("contracts", "margin", "MarginErrors.sol"))).Select(match => match.Groups["name"].Value));
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

    [GeneratedRegex(@"^error (?<name>\w+)\(", RegexOptions.Multiline, 1000)]
    private static partial Regex ErrorOfSolidity();

    [GeneratedRegex(@"@custom:spec [^\n]*", RegexOptions.None, 1000)]
    private static partial Regex SolidityTag();

    [GeneratedRegex(@"SpecRule\(""MRG-\d{3}""\)", RegexOptions.None, 1000)]
    private static partial Regex EngineTag();

    [GeneratedRegex(@"MRG-\d{3}", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
