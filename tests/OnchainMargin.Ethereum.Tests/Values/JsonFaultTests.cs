using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnchainMargin.Ethereum.Tests.Values;

public sealed class JsonFaultTests
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Theory]
    [InlineData("{\n \"size\": \"1\"", "expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed, line 2, character 13")]
    [InlineData("{ \"size\": 1 }", "'$.size' holds a value of another kind, line 1, character 12")]
    [InlineData("{ \"price\": \"1\" }", "it lacks 'size'")]
    [InlineData("{ \"size\": \"1\", \"sise\": \"1\" }", "it has no field 'sise'")]
    public void Of_AFileThatIsWrong_SaysWhereWithoutNamesOfTypes(string text, string expected)
    {
        JsonException error = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<Sample>(text, Options));

        Assert.StartsWith(expected, JsonFault.Of(error), StringComparison.Ordinal);
        Assert.DoesNotContain("OnchainMargin", JsonFault.Of(error), StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", JsonFault.Of(error), StringComparison.Ordinal);
    }

    private sealed record Sample
    {
        public required string Size { get; init; }

        public string? Price { get; init; }
    }
}
