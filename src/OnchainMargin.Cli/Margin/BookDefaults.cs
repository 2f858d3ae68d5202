using System.Globalization;
using System.Text.Json;

namespace OnchainMargin.Cli.Margin;

/// <summary>Defaults of a book, from <c>spec/constants.json</c>.</summary>
internal static class BookDefaults
{
    private static readonly JsonDocument Constants = Load();

    /// <summary>A constant of all underlyings: <c>depthE8</c>.</summary>
    public static long Common(string name) => Read(Constants.RootElement.GetProperty("margin").GetProperty(name));

    /// <summary>A constant of one underlying: its own, or that of the others.</summary>
    public static long Of(string underlying, string name)
    {
        JsonElement table = Constants.RootElement.GetProperty("margin").GetProperty("underlyings");
        return Read((table.TryGetProperty(underlying, out JsonElement own) ? own : table.GetProperty("others")).GetProperty(name));
    }

    /// <summary>What stands before the table of the normal distribution in its contract's creation code.</summary>
    public static string TableCreationPrefix => Constants.RootElement.GetProperty("kernel").GetProperty("cdfTableCreationPrefix").GetString()!;

    private static long Read(JsonElement value) => long.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private static JsonDocument Load()
    {
        using Stream stream = typeof(BookDefaults).Assembly.GetManifestResourceStream("OnchainMargin.Cli.Margin.constants.json")!;
        return JsonDocument.Parse(stream);
    }
}
