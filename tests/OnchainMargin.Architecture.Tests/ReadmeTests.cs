namespace OnchainMargin.Architecture.Tests;

public sealed class ReadmeTests
{
    private const int MostLines = 120;
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(TestFiles.Root, "README.md"));

    [Fact]
    public void Readme_IsShort() => Assert.True(Lines.Length <= MostLines, $"README.md has {Lines.Length} lines, {MostLines} allowed");

    [Fact]
    public void Tree_NamesEveryTopLevelFolder()
    {
        var folders = Repository.Folders(string.Empty).Where(name => !name.StartsWith('.') && Repository.Files(name, string.Empty).Any());

        Assert.Equal(folders, Tree().Where(path => !path.Contains('/')).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("src")]
    [InlineData("contracts")]
    public void Tree_NamesEveryRoom(string folder)
    {
        var folders = Repository.Folders(folder).Where(name => Repository.Files($"{folder}/{name}", string.Empty).Any());
        var named = Tree().Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Select(path => path[(folder.Length + 1)..]);

        Assert.Equal(folders, named.Order(StringComparer.Ordinal));
    }

    /// <summary>Folders named in the README's tree: a line `name/  what it is`, indented by two for what lies inside.</summary>
    private static List<string> Tree()
    {
        var paths = new List<string>();
        var parent = string.Empty;
        foreach (var line in Lines.SkipWhile(line => line is not "```text").Skip(1).TakeWhile(line => line is not "```"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is not [var first, ..] || !first.EndsWith('/'))
            {
                continue;
            }

            var name = first.TrimEnd('/');
            if (line.StartsWith(' '))
            {
                paths.Add($"{parent}/{name}");
            }
            else
            {
                parent = name;
                paths.Add(name);
            }
        }

        return paths;
    }
}
