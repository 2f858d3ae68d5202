using System.Text.Json;

namespace OnchainMargin.Oracle;

/// <summary>Where the specification's files are: in the nearest folder above the program that holds spec/margin.md.</summary>
public static class SpecFiles
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = Find();

    /// <summary>A path below the root.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A parsed file of spec/.</summary>
    public static JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(At("spec", name)));
        return document.RootElement.Clone();
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "spec", "margin.md")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds spec/margin.md; run from a checkout of the repository.");
    }
}
