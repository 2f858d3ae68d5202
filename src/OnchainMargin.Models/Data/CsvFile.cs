using System.Globalization;
using System.IO.Compression;

namespace OnchainMargin.Models.Data;

/// <summary>A comma-separated file with a heading, compressed or not. None of the layouts read here quotes a field.</summary>
internal sealed class CsvFile
{
    private readonly Dictionary<string, int> _columns;

    private CsvFile(string path, string[] columns, List<string[]> rows)
    {
        Path = path;
        Rows = rows;
        _columns = columns.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
    }

    internal string Path { get; }

    internal IReadOnlyList<string[]> Rows { get; }

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="DataFileException">It cannot be read, or a row has another number of fields than the heading.</exception>
    internal static CsvFile Read(string path)
    {
        try
        {
            using Stream file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var reader = new StreamReader(stream);
            string[] columns = (reader.ReadLine() ?? throw new DataFileException($"The file '{path}' is empty: give one with a heading and rows.")).Split(',');
            var rows = new List<string[]>();
            while (reader.ReadLine() is { } line)
            {
                if (line.Length == 0)
                {
                    continue;
                }

                string[] fields = line.Split(',');
                rows.Add(fields.Length == columns.Length
                    ? fields
                    : throw new DataFileException($"Line {rows.Count + 2} of '{path}' has {fields.Length} fields, its heading {columns.Length}: correct or drop the line."));
            }

            return new CsvFile(path, columns, rows);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            throw new DataFileException($"The file '{path}' {(File.Exists(path) ? "cannot be read" : "does not exist")}: check the path, its permissions, and that only compressed files end in .gz.", exception);
        }
    }

    /// <summary>The place of the first of these columns that is there, or −1.</summary>
    internal int Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_columns.TryGetValue(name, out var place))
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>The place of the first of these columns that is there.</summary>
    internal int Column(params ReadOnlySpan<string> names) => Find(names) is >= 0 and var place
        ? place
        : throw new DataFileException($"The file '{Path}' has no column '{names[0]}': give a file in the layout that the help names.");

    /// <summary>A number; NaN where the field is empty and that is allowed.</summary>
    internal double Number(int row, int column, bool mayBeEmpty = false)
    {
        var text = Rows[row][column];
        return mayBeEmpty && text.Length == 0 ? double.NaN
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value
            : throw new DataFileException($"Line {row + 2} of '{Path}' has '{text}' where a number belongs: correct or drop the line.");
    }
}
