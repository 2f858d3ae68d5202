namespace OnchainMargin.Tests.Shared;

/// <summary>Where tests find the repository and the market data beside it.</summary>
internal static class TestFiles
{
    /// <summary>The repository's root: the folder above the tests' output that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a file or folder of ../shared/data; it may be absent.</summary>
    public static string SharedData(string path) => Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", path));

    /// <summary>The rows of a comma-separated file of ../shared/data, by column name.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string path)
    {
        string[] lines = [.. File.ReadAllLines(SharedData(path)).Where(line => line.Length > 0)];
        string[] columns = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => columns.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal))];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OnchainMargin.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository: no OnchainMargin.sln above " + AppContext.BaseDirectory);
    }
}
