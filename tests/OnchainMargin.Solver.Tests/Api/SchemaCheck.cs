using System.Text.Json;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>Whether an answer is what the OpenAPI document promises: types, required fields, and no field that it does not name.</summary>
internal sealed class SchemaCheck(JsonElement document)
{
    public IEnumerable<string> Defects(JsonElement value, JsonElement schema, string at)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("oneOf", out JsonElement choices))
        {
            List<string>[] each = [.. choices.EnumerateArray().Select(choice => Defects(value, choice, at).ToList())];
            return each.Any(static defects => defects.Count == 0) ? [] : each.OrderBy(static defects => defects.Count).First();
        }

        string[] types = Types(schema);
        string found = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "integer",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };
        if (types.Length > 0 && !types.Contains(found) && !(found == "integer" && types.Contains("number")))
        {
            return [$"{at} is {found}, promised is {string.Join("|", types)}"];
        }

        return found switch
        {
            "array" when schema.TryGetProperty("items", out JsonElement items) => value.EnumerateArray().SelectMany((item, i) => Defects(item, items, $"{at}[{i}]")),
            "object" => ObjectDefects(value, schema, at),
            _ => [],
        };
    }

    private IEnumerable<string> ObjectDefects(JsonElement value, JsonElement schema, string at)
    {
        if (schema.TryGetProperty("required", out JsonElement required))
        {
            foreach (JsonElement name in required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)))
            {
                yield return $"{at}.{name} is missing";
            }
        }

        schema.TryGetProperty("properties", out JsonElement properties);
        schema.TryGetProperty("additionalProperties", out JsonElement others);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            JsonElement inner = default;
            bool isKnown = (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(property.Name, out inner))
                || ((inner = others).ValueKind == JsonValueKind.Object);
            if (!isKnown)
            {
                yield return $"{at}.{property.Name} is in no document";
                continue;
            }

            foreach (string defect in Defects(property.Value, inner, $"{at}.{property.Name}"))
            {
                yield return defect;
            }
        }
    }

    private JsonElement Resolve(JsonElement schema)
    {
        while (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out JsonElement reference))
        {
            schema = reference.GetString()!.Split('/').Skip(1).Aggregate(document, static (node, name) => node.GetProperty(name));
        }

        return schema;
    }

    private static string[] Types(JsonElement schema) =>
        schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out JsonElement type) ? []
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(static one => one.GetString()!)] : [type.GetString()!];
}
