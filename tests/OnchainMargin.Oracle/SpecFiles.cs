using System.Text.Json;

namespace OnchainMargin.Oracle;

/// <summary>The specification's files.</summary>
public static class SpecFiles
{
    /// <summary>A path below the root.</summary>
    public static string At(params string[] parts) => Path.Combine([TestFiles.Root, .. parts]);

    /// <summary>A parsed file of spec/.</summary>
    public static JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(At("spec", name)));
        return document.RootElement.Clone();
    }
}
