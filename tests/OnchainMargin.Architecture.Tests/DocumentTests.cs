using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OnchainMargin.Architecture.Tests;

/// <summary>What documents name exists: linked files and their headings, paths, tests, rules, decisions and options.</summary>
public sealed partial class DocumentTests
{
    /// <summary>What scripts and builds make, and what a reader is asked to make.</summary>
    private static readonly string[] Made = ["artifacts", "bin", "node_modules", "dist"];

    private static readonly string[] Rooms = [.. Repository.Folders(string.Empty).Where(name => !name.StartsWith('.'))];
    private static readonly Lazy<string> Code = new(() =>
        string.Join('\n', from end in new[] { ".sol", ".cs" } from room in new[] { "contracts", "src", "tests", "bench" } from file in Repository.Files(room, end) select File.ReadAllText(file)));

    /// <summary>What the contracts, the program and the constants call things. Tests and vectors are left out: their columns have names of their own.</summary>
    private static readonly Lazy<HashSet<string>> Names = new(() =>
    [
        .. from file in Repository.Files("contracts", ".sol").Concat(Repository.Files("src", ".cs")).Concat(Directory.EnumerateFiles(Path.Combine(TestFiles.Root, "spec"), "*.json"))
           where !Repository.Relative(file).StartsWith("contracts/test/", StringComparison.Ordinal)
           from Match name in Name().Matches(File.ReadAllText(file))
           select name.Value,
    ]);

    public static TheoryData<string> Documents => [.. Repository.Files(string.Empty, ".md").Select(Repository.Relative)];

    public static TheoryData<string> Specifications => [.. Directory.EnumerateFiles(Path.Combine(TestFiles.Root, "spec"), "*.md").Select(Repository.Relative).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadSomewhere(string document)
    {
        var broken = from Match link in Link().Matches(Prose(document))
                     let parts = link.Groups["to"].Value.Split('#', 2)
                     let file = parts[0].Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, parts[0])
                     where !parts[0].Contains("://", StringComparison.Ordinal) && (!Exists(file) || (parts.Length == 2 && !Headings(file).Contains(parts[1])))
                     select link.Groups["to"].Value;

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void PathsThatAreNamed_Exist(string document)
    {
        var missing = from word in Words(document)
                      let path = word.TrimEnd('/', '.', ',')
                      let rooms = path.Split('/')
                      where rooms.Length > 1 && Rooms.Contains(rooms[0], StringComparer.Ordinal) && PlainPath().IsMatch(path) && !rooms.Intersect(Made, StringComparer.Ordinal).Any()
                      where !Exists(path) && !Exists($"contracts/{path}.sol")
                      select path;

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void TestsThatAreNamed_Exist(string document)
    {
        var missing = from word in Words(document)
                      let name = word.Trim('…')
                      where SolidityTest().IsMatch(word) ? !Code.Value.Contains(name, StringComparison.Ordinal)
                          : CSharpTest().IsMatch(name) ? !Regex.IsMatch(Code.Value, $@"\b{name}\b", RegexOptions.None, TimeSpan.FromSeconds(10))
                          : name.EndsWith(".t.sol", StringComparison.Ordinal) && !name.Contains('*') && !Exists(name) && !Exists($"contracts/test/{name}")
                      select word;

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void RulesDecisionsAndOptionsThatAreNamed_Exist(string document)
    {
        var rules = Repository.Files("spec", ".md").SelectMany(File.ReadLines).Where(line => line.StartsWith('#')).SelectMany(line => Rule().Matches(line)).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var decisions = Decisions().Select(name => name[..4]).ToHashSet(StringComparer.Ordinal);
        var options = Options();
        var sections = options.Select(option => option.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        var prose = Prose(document);
        var missing = Rule().Matches(prose).Select(match => match.Value).Where(rule => !rules.Contains(rule))
            .Concat(Decision().Matches(prose).Select(match => match.Groups["number"].Value).Where(number => !decisions.Contains(number)))
            .Concat(Words(document).Where(word => Option().IsMatch(word) && sections.Contains(word.Split(':')[0]) && !options.Any(option => option == word || option.StartsWith(word + ":", StringComparison.Ordinal))));

        Assert.Empty(missing);
    }

    /// <summary>What rules call a parameter is what it is called where it is set: two names of one thing make a reader look for a second. An index (`nettingFloorE8_u`) is none of the name, and what a rule makes by `name = …` is its own.</summary>
    [Theory]
    [MemberData(nameof(Specifications))]
    public void NamesOfASpecification_AreThoseOfTheCode(string document)
    {
        var spans = Span().Matches(Prose(document)).Select(match => match.Groups["code"].Value).ToList();
        var made = spans.SelectMany(span => Definition().Matches(span)).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var named = spans.SelectMany(span => CamelCase().Matches(span)).Select(match => match.Groups["name"].Value).Where(name => name.Count(char.IsAsciiLetter) >= 3).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(named.Count >= 10, $"{document} has {named.Count} names");
        Assert.Empty(named.Where(name => !made.Contains(name) && !Names.Value.Contains(name)).ToList());
    }

    /// <summary>Messages name an option as files and the command line take it, <c>section:option</c>; with a dot, or with the root as a section, it is none.</summary>
    [Fact]
    public void OptionsThatMessagesName_Exist()
    {
        var options = Options();
        var sections = options.Where(option => option.Contains(':')).Select(option => option.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        var named = (from file in Repository.Files("src", ".cs")
                     from Match option in NamedOption().Matches(File.ReadAllText(file))
                     let section = option.Groups["section"].Value
                     let name = option.Groups["name"].Value
                     where section is "solver" ? options.Contains(name) : sections.Contains(section) && (option.Groups["mark"].Value is ":" || options.Contains($"{section}:{name}"))
                     select option.Value).ToList();

        Assert.True(named.Count >= 10, $"messages name {named.Count} options");
        Assert.DoesNotContain(named, option => !options.Any(known => known == option || known.StartsWith(option + ":", StringComparison.Ordinal)));
    }

    [Fact]
    public void Decisions_AreAllListed()
    {
        var listed = Link().Matches(Prose("docs/decisions/README.md")).Select(match => match.Groups["to"].Value).Where(link => char.IsAsciiDigit(link[0]));

        Assert.Equal(Decisions(), listed);
    }

    [Theory]
    [InlineData("clearing")]
    [InlineData("oracle")]
    [InlineData("liquidation")]
    [InlineData("risk")]
    [InlineData("vault")]
    public void Architecture_NamesEveryContractAndLibrary(string room)
    {
        string document = Read("docs/architecture.md");

        var missing = Repository.Files($"contracts/{room}", ".sol").Select(Path.GetFileNameWithoutExtension).Where(name => !Regex.IsMatch(document, $@"\b{name}\b", RegexOptions.None, TimeSpan.FromSeconds(10)));

        Assert.Empty(missing);
    }

    [Fact]
    public void Architecture_NamesEveryRoomOfTheSolver()
    {
        string document = Read("docs/architecture.md");

        var missing = Repository.Folders("src/OnchainMargin.Solver").Where(room => !document.Contains($"`{room}`", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    /// <summary>The dashboard shows each metric that an operator is told to watch, each by a query of its own: PromQL's `or` of two metrics of the same labels is the first of them alone.</summary>
    [Fact]
    public void Dashboard_ShowsEveryMetricOfTheGuide()
    {
        string dashboard = Read("docs/operations/dashboard.json");
        var named = Metric().Matches(Prose("docs/guides/operator.md")).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(named.Count > 10, $"the guide names {named.Count} metrics");
        Assert.Empty(named.Where(metric => !dashboard.Contains(metric, StringComparison.Ordinal)).ToList());
        Assert.DoesNotContain(" or ", dashboard, StringComparison.Ordinal);
    }

    /// <summary>The table of the last run is of the file that the bench wrote, to the digits that it shows.</summary>
    [Fact]
    public void LastRun_IsWhatTheBenchWrote()
    {
        using var results = JsonDocument.Parse(Read("bench/results.json"));
        string document = Read("docs/performance.md");
        string table = document[document.IndexOf("## The last run", StringComparison.Ordinal)..document.IndexOf("## The whole book", StringComparison.Ordinal)];
        MatchCollection rows = Figure().Matches(table);

        Assert.True(rows.Count > 30, $"the table has {rows.Count} rows");
        Assert.All(rows, row =>
        {
            string shown = row.Groups["shown"].Value;
            int decimals = shown.Contains('.', StringComparison.Ordinal) ? shown.Length - shown.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
            double written = results.RootElement.GetProperty(row.Groups["key"].Value).GetDouble();
            Assert.Equal(written.ToString($"N{decimals}", CultureInfo.InvariantCulture), shown);
        });
    }

    private static HashSet<string> Options() => Row().Matches(Read("docs/configuration.md")).Select(match => match.Groups["option"].Value).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Decisions() => Repository.Files("docs/decisions", ".md").Select(file => Path.GetFileName(file)!).Where(name => char.IsAsciiDigit(name[0]));

    private static string Read(string path) => File.ReadAllText(Path.Combine(TestFiles.Root, path));

    private static bool Exists(string path) => Path.Exists(Path.Combine(TestFiles.Root, path));

    /// <summary>A document without its blocks of code.</summary>
    private static string Prose(string document) => Block().Replace(Read(document), string.Empty);

    /// <summary>The words of what is set as code.</summary>
    private static IEnumerable<string> Words(string document) => Span().Matches(Prose(document)).SelectMany(match => match.Groups["code"].Value.Split(' '));

    /// <summary>A document's headings as GitHub makes anchors of them.</summary>
    private static IEnumerable<string> Headings(string document) =>
        Prose(document).Split('\n').Where(line => line.StartsWith('#')).Select(line => NoAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-'));

    [GeneratedRegex(@"^\| `(?<key>[\w.]+)` \| [^|]*\| (?<shown>[\d.,]+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Figure();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline, 10_000)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Link();

    [GeneratedRegex("`(?<code>[^`\n]+)`", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Span();

    [GeneratedRegex(@"^[\w./-]+$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex PlainPath();

    [GeneratedRegex(@"^(…?test(Fuzz)?_\w+|…\w+)…?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex SolidityTest();

    [GeneratedRegex(@"^(?=\w*[a-z])([A-Z]\w*_[A-Z]\w*|[A-Z]\w*Tests)$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex CSharpTest();

    [GeneratedRegex(@"\b(MRG|CLR|ORC|PAR)-\d+", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Rule();

    [GeneratedRegex(@"([Dd]ecision |\[)(?<number>0\d{3})\b", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Decision();

    [GeneratedRegex(@"^[a-z]+(:\w+)+$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Option();

    [GeneratedRegex(@"^\| `(?<option>[\w:]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Row();

    [GeneratedRegex(@"(?<![\w.])(?<section>[a-z]+)(?<mark>[:.])(?<name>[a-z]\w*)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NamedOption();

    [GeneratedRegex(@"\b(omargin|ethereum|http_server)_[a-z_]+", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Metric();

    [GeneratedRegex(@"\b[A-Za-z_]\w*", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<![\w.])(?<name>[a-z][a-z0-9]*[A-Z][A-Za-z0-9]*)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex CamelCase();

    [GeneratedRegex(@"\b(?<name>[a-z][A-Za-z0-9]*)(_\w+)?'?(\([^)]*\))? =", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Definition();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NoAnchor();
}
