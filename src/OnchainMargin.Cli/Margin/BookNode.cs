using System.Numerics;
using System.Text.Json;
using OnchainMargin.Cli.Text;

namespace OnchainMargin.Cli.Margin;

/// <summary>One object of a book file, whose fields are read by name; every error names the place and the field.</summary>
/// <param name="element">The object.</param>
/// <param name="where">Its place, for errors: <c>underlyings.ETH</c>, <c>account 7</c>.</param>
internal readonly struct BookNode(JsonElement element, string where)
{
    /// <summary>The place.</summary>
    public string Where => where;

    /// <summary>Takes an element that must be an object of known fields.</summary>
    public static BookNode Of(JsonElement element, string where, params ReadOnlySpan<string> known)
    {
        BookNode node = Any(element, where);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw new CliException($"The field '{property.Name}' of {where} is not known: remove it, or use one of {string.Join(", ", known)}.");
            }
        }

        return node;
    }

    /// <summary>Takes an element that must be an object of names.</summary>
    public static BookNode Any(JsonElement element, string where) => element.ValueKind == JsonValueKind.Object
        ? new BookNode(element, where)
        : throw new CliException($"{Capital(where)} is not an object: write it in braces.");

    /// <summary>Whether a field is there.</summary>
    public bool Has(string field) => element.TryGetProperty(field, out _);

    /// <summary>A field as an element, or null.</summary>
    public JsonElement? Get(string field) => element.TryGetProperty(field, out JsonElement value) ? value : null;

    /// <summary>The members of an object of names.</summary>
    public IEnumerable<JsonProperty> Members() => element.EnumerateObject();

    /// <summary>The items of a list, empty when the field is left out.</summary>
    public IEnumerable<JsonElement> Items(string field)
    {
        if (!element.TryGetProperty(field, out JsonElement list))
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new CliException($"The {field} of {where} is not a list: write it in square brackets.");
    }

    /// <summary>A text field.</summary>
    public string Text(string field, string? otherwise = null)
    {
        if (!element.TryGetProperty(field, out JsonElement value))
        {
            return otherwise ?? throw Missing(field);
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new CliException($"The {field} of {where} is not a text: write it in quotes.");
    }

    /// <summary>A decimal number, written as text or as a number, exactly; within limits that are given in the field's own scale.</summary>
    public BigInteger Number(string field, int decimals, BigInteger least, BigInteger most, BigInteger? otherwise = null)
    {
        if (!element.TryGetProperty(field, out JsonElement value))
        {
            return otherwise ?? throw Missing(field);
        }

        return Parse(value, decimals, least, most, $"{field} of {where}");
    }

    /// <summary>A number that fits 64 bits.</summary>
    public long Long(string field, int decimals, long least, long most, long? otherwise = null) => (long)Number(field, decimals, least, most, otherwise);

    /// <summary>A decimal number of a JSON value.</summary>
    public static BigInteger Parse(JsonElement value, int decimals, BigInteger least, BigInteger most, string what)
    {
        string text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => throw new CliException($"The {what} is not a number: write it like \"1250.75\"."),
        };
        BigInteger parsed = FixedPointText.Parse(text, decimals, what);
        return parsed >= least && parsed <= most
            ? parsed
            : throw new CliException($"The {what} '{text}' is out of range: give {FixedPointText.Format(least, decimals)} to {FixedPointText.Format(most, decimals)}.");
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private CliException Missing(string field) => new($"The {field} of {where} is missing: give it.");
}
