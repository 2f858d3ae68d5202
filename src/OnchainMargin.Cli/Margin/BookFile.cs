using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>Reads book files: decimal numbers exactly, every error naming account and field.</summary>
internal static class BookFile
{
    private const string DefaultSettlementToken = "USDC";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";
    private const int E8 = 8;
    private const long One = 100_000_000;
    private const int CollateralsMax = 32;
    private const long IndexOne = 1_000_000_000_000;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the book of a path.</summary>
    /// <exception cref="CliException">It cannot be read or is no book.</exception>
    public static Book Read(string path) => Parse(FileText.Read(path, "book"));

    /// <summary>Reads the book of a text.</summary>
    /// <exception cref="CliException">It is no book.</exception>
    public static Book Parse(string text)
    {
        JsonElement root = ReadJson(text);
        return Unprintable(root) is { } place ? throw new CliException($"The text at '{place.TrimStart('.')}' of the book holds a control character or half of a character: write it without.") : Parse(root);
    }

    private static JsonElement ReadJson(string text)
    {
        try
        {
            return JsonDocument.Parse(text, Options).RootElement;
        }
        catch (JsonException exception)
        {
            throw new CliException($"The book is not JSON ({JsonFault.Of(exception)}): mend it there.", exception);
        }
        catch (InvalidOperationException exception)
        {
            // What the library says when it compares names of which one holds half of a pair of UTF-16.
            throw new CliException("A name in the book holds half of a character, like \\ud800: write it whole.", exception);
        }
    }

    private static Book Parse(JsonElement element)
    {
        BookNode root = BookNode.Of(element, "the book", "time", "underlyings", "collateral", "parameters", "accounts", "settlementToken");
        long time = ReadTime(root.Text("time"));
        BookNode underlyings = BookNode.Any(root.Get("underlyings") ?? throw new CliException("The underlyings of the book are missing: give at least one."), "underlyings");
        string settlementToken = root.Text("settlementToken", DefaultSettlementToken);
        BookNames names = ReadNames(underlyings, root.Get("collateral"), settlementToken);
        BookNode parameters = root.Get("parameters") is { } given ? BookNode.Of(given, "parameters", ["initialFactor", "groups", .. names.Underlyings]) : default;
        ImmutableArray<UnderlyingRecord> records =
        [
            .. names.Underlyings.Select(name => BookUnderlyings.Read(
                names, name, underlyings.Get(name)!.Value, parameters.Where is null ? null : parameters.Get(name), NettingFloor(parameters, GroupOf(underlyings, name)), time)),
        ];
        long factorE8 = parameters.Where is null ? BookDefaults.Common("initialFactorE8") : parameters.Long("initialFactor", E8, One, 3 * One, BookDefaults.Common("initialFactorE8"));
        var checkpoint = new Checkpoint(new CheckpointHeader(1, time, factorE8, IndexOne, IndexOne), BookCollateral.Read(names, root.Get("collateral")), records);
        CheckGroups(underlyings, parameters, names);
        var view = new CheckpointView(checkpoint);
        return new Book(checkpoint, view, names, new BookAccounts(names, view).Read(root.Items("accounts")));
    }

    /// <summary>The place of the first text that no terminal should be given: one with a control character, or with half of a pair of UTF-16, which is no character. Null when there is none.</summary>
    private static string? Unprintable(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return IsPrintable(element) ? null : string.Empty;
            case JsonValueKind.Array:
                return element.EnumerateArray().Index().Select(item => Unprintable(item.Item) is { } place ? $"[{item.Index}]{place}" : null).FirstOrDefault(place => place is not null);
            case JsonValueKind.Object:
                return element.EnumerateObject().Select(member => member.Name.Any(char.IsControl) ? ".(a name)" : Unprintable(member.Value) is { } place ? $".{member.Name}{place}" : null)
                    .FirstOrDefault(place => place is not null);
            default:
                return null;
        }
    }

    private static bool IsPrintable(JsonElement text)
    {
        try
        {
            return !text.GetString()!.Any(char.IsControl);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static long ReadTime(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) && time.ToUnixTimeSeconds() is >= 0 and var seconds
            ? seconds
            : throw new CliException($"The time of the book '{text}' is not a time: write it like 2020-03-12T10:00:00Z.");

    private static BookNames ReadNames(BookNode underlyings, JsonElement? collateral, string settlementToken)
    {
        string[] names = [.. underlyings.Members().Select(p => p.Name).Order(StringComparer.Ordinal)];
        if (names.Length is 0 or > MarginDomain.UnderlyingsMax)
        {
            throw new CliException($"The underlyings of the book are {names.Length}: give 1 to {MarginDomain.UnderlyingsMax}.");
        }

        if (Array.Find(names, n => n.Length == 0 || n.Contains('-', StringComparison.Ordinal) || n is "initialFactor" or "groups") is { } wrong)
        {
            throw new CliException($"The underlying's name '{wrong}' cannot be used: give one without '-' that is no field of parameters.");
        }

        string[] groups = [.. names.Select(n => GroupOf(underlyings, n)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] tokens = collateral is { } table
            ? [.. BookNode.Any(table, "collateral").Members().Select(p => p.Name).Where(n => !string.Equals(n, settlementToken, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];
        return tokens.Length < CollateralsMax
            ? new BookNames(names, groups, settlementToken, tokens)
            : throw new CliException($"The collateral of the book has {tokens.Length} tokens beside {settlementToken}: give at most {CollateralsMax - 1}.");
    }

    private static string GroupOf(BookNode underlyings, string name) => BookNode.Any(underlyings.Get(name)!.Value, $"underlyings.{name}").Text("group", name);

    private static long NettingFloor(BookNode parameters, string group)
    {
        long otherwise = BookDefaults.Common("nettingFloorE8");
        return parameters.Where is not null && parameters.Get("groups") is { } groups && BookNode.Any(groups, "parameters.groups").Get(group) is { } own
            ? BookNode.Of(own, $"parameters.groups.{group}", "nettingFloor").Long("nettingFloor", E8, One / 2, One, otherwise)
            : otherwise;
    }

    private static void CheckGroups(BookNode underlyings, BookNode parameters, BookNames names)
    {
        if (parameters.Where is null || parameters.Get("groups") is not { } groups)
        {
            return;
        }

        foreach (JsonProperty group in BookNode.Any(groups, "parameters.groups").Members())
        {
            if (!names.Underlyings.Any(n => string.Equals(GroupOf(underlyings, n), group.Name, StringComparison.Ordinal)))
            {
                throw new CliException($"The group '{group.Name}' of parameters.groups has no underlying: name it as the group of one, or remove it.");
            }
        }
    }
}
