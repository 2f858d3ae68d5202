using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OnchainMargin.Oracle;

/// <summary>Reads and writes spec/vectors/RULE/NAME.json and spec/corpus/NAME.json.</summary>
public static class VectorFiles
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The folder of the vectors.</summary>
    public static string Folder => SpecFiles.At("spec", "vectors");

    /// <summary>The text of a vector's file.</summary>
    public static string Text(Vector vector) => new JsonObject
    {
        ["rule"] = vector.Rule,
        ["about"] = vector.About,
        ["inputs"] = vector.Inputs.DeepClone(),
        ["expected"] = vector.Expected.DeepClone(),
    }.ToJsonString(Layout) + "\n";

    /// <summary>Every vector on disk, then the corpus, by name.</summary>
    public static IReadOnlyList<Vector> Read() =>
    [
        .. Directory.GetFiles(Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Parse),
        .. CorpusFiles().Select(Parse),
    ];

    /// <summary>Writes vectors, one file each.</summary>
    public static void Write(IEnumerable<Vector> vectors)
    {
        foreach (Vector vector in vectors)
        {
            string path = Path.Combine(Folder, vector.Rule, vector.Name + ".json");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Text(vector));
        }
    }

    /// <summary>Writes the corpus with what the oracle says now: its cases stay, a rule that changes changes their numbers.</summary>
    public static void RenewCorpus()
    {
        foreach (string path in CorpusFiles())
        {
            Vector vector = Parse(path);
            File.WriteAllText(path, Text(vector with { Expected = VectorEvaluator.Evaluate(vector) }));
        }
    }

    private static IEnumerable<string> CorpusFiles() => Directory.GetFiles(SpecFiles.At("spec", "corpus"), "*.json").Order(StringComparer.Ordinal);

    private static Vector Parse(string path)
    {
        JsonNode file = JsonNode.Parse(File.ReadAllText(path))!;
        return new Vector(file["rule"]!.GetValue<string>(), Path.GetFileNameWithoutExtension(path), file["about"]!.GetValue<string>(), file["inputs"]!.AsObject(), file["expected"]!.AsObject());
    }
}
