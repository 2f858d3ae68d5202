using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Accuracy;

/// <summary>A fact that needs a file of the shared data folder and is skipped, with the reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string file)
    {
        if (!File.Exists(At(file)))
        {
            Skip = $"needs ../shared/data/{file}";
        }
    }

    /// <summary>Rows as dictionaries by column.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string file)
    {
        string[] lines = [.. File.ReadAllLines(At(file)).Where(line => line.Length > 0)];
        string[] header = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => header.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    private static string At(string file) => Path.GetFullPath(Path.Combine(SpecFiles.Root, "..", "shared", "data", file));
}
