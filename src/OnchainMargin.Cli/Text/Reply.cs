using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnchainMargin.Cli.Text;

/// <summary>What a command answers: JSON for programs, or a table for people.</summary>
internal static class Reply
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DictionaryKeyPolicy = null,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a value as JSON.</summary>
    public static void WriteJson(TextWriter output, object value) => output.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Writes rows under their headings, columns aligned; numbers (a digit or sign first) to the right.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = headings.Select((heading, column) => rows.Select(row => row[column].Length).Append(heading.Length).Max()).ToList();
        output.WriteLine(Terminal.Bold(output, Line(headings, widths, rows.Count == 0 ? headings : rows[0])));
        foreach (var row in rows)
        {
            output.WriteLine(Line(row, widths, row));
        }
    }

    /// <summary>Writes what a command did: names and values, one a line, or an object with the same names for programs. Numbers stay text, so that none loses digits.</summary>
    public static void WriteResult(TextWriter output, bool isJson, params ReadOnlySpan<(string Name, string Value)> facts)
    {
        if (!isJson)
        {
            WriteFacts(output, facts);
            return;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in facts)
        {
            values[name] = value;
        }

        WriteJson(output, values);
    }

    /// <summary>Writes names and values, one a line.</summary>
    public static void WriteFacts(TextWriter output, params ReadOnlySpan<(string Name, string Value)> facts)
    {
        var width = 0;
        foreach (var (name, _) in facts)
        {
            width = Math.Max(width, name.Length);
        }

        foreach (var (name, value) in facts)
        {
            output.WriteLine($"{Terminal.Bold(output, name.PadRight(width))}  {value}");
        }
    }

    private static string Line(IReadOnlyList<string> cells, List<int> widths, IReadOnlyList<string> sample) =>
        string.Join("  ", cells.Select((cell, column) => IsNumber(sample[column]) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd();

    private static bool IsNumber(string cell) => cell.Length > 0 && (char.IsAsciiDigit(cell[0]) || cell[0] == '-');
}
