using System.Text.RegularExpressions;

namespace OnchainMargin.Architecture.Tests;

/// <summary>The image's page is built from a part of the tree, so that a change of the solver does not build it again: that part must be enough.</summary>
public sealed partial class ContainerfileTests
{
    private static readonly string Web = Path.Combine(TestFiles.Root, "web");

    [Fact]
    public void PageStage_CopiesWhateverThePageImports()
    {
        string[] copied = [.. Copy().Matches(Stage("page")).Where(match => match.Groups["from"].Value == match.Groups["to"].Value).Select(match => match.Groups["to"].Value)];
        string[] sources = [.. Repository.Files("web/src", ".ts"), .. Repository.Files("web/src", ".tsx"), Path.Combine(Web, "vite.config.ts")];
        string[] outside = [.. sources.SelectMany(Named).Where(path => !path.StartsWith("web/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        Assert.Equal(["abi", "spec/refusals.json"], outside);
        Assert.Contains("web", copied);
        Assert.DoesNotContain(outside, path => !copied.Any(copy => path == copy || path.StartsWith(copy + "/", StringComparison.Ordinal)));
    }

    /// <summary>Of what builds leave behind, objects above all: those of the host would be taken for the image's own.</summary>
    [Fact]
    public void Context_LeavesOutWhatIsMade()
    {
        string[] ignored = File.ReadAllLines(Path.Combine(TestFiles.Root, ".dockerignore"));

        Assert.Empty(from line in File.ReadLines(Path.Combine(TestFiles.Root, ".gitignore"))
                     let name = line.TrimEnd('/')
                     where line.EndsWith('/') && !ignored.Contains(name, StringComparer.Ordinal) && !ignored.Contains($"**/{name}", StringComparer.Ordinal)
                     select name);
    }

    /// <summary>The paths that a source names by a relative import or beside its folder, from the root on.</summary>
    private static IEnumerable<string> Named(string source)
    {
        string text = File.ReadAllText(source), folder = Path.GetDirectoryName(source)!;
        return Import().Matches(text).Select(match => match.Groups["path"].Value)
            .Concat(Beside().Matches(text).Select(match => match.Groups["path"].Value.Replace("\", \"", "/", StringComparison.Ordinal)))
            .Select(path => Repository.Relative(Path.GetFullPath(Path.Combine(folder, path))));
    }

    private static string Stage(string name) =>
        File.ReadAllText(Path.Combine(TestFiles.Root, "docs", "operations", "Containerfile")).Split("FROM ").Single(stage => stage.Split('\n')[0].EndsWith($" AS {name}", StringComparison.Ordinal));

    [GeneratedRegex(@"^COPY (?<from>\S+) (?<to>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Copy();

    [GeneratedRegex(@"\b(from|import) ?\(?""(?<path>\.\.?/[^""]+)""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Import();

    [GeneratedRegex(@"import\.meta\.dirname, ""(?<path>[^)]+)""\)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Beside();
}
