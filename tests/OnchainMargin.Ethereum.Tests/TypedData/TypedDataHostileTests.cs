using OnchainMargin.Ethereum.TypedData;

namespace OnchainMargin.Ethereum.Tests.TypedData;

public sealed class TypedDataHostileTests
{
    private const string Good = """{"types":{"A":[{"name":"x","type":"uint8"},{"name":"y","type":"B[2]"}],"B":[{"name":"z","type":"string"}]},"primaryType":"A","domain":{"name":"n"},"message":{"x":1,"y":[{"z":"a"},{"z":"b"}]}}""";

    [Fact]
    public void Digest_OfAGoodDocument_IsComputed()
    {
        TypedDataDocument document = TypedDataDocument.Parse(Good);

        Assert.NotEqual(Hash32.Zero, document.Digest());
        Assert.Equal("A(uint8 x,B[2] y)B(string z)", document.EncodeType("A"));
        Assert.Equal(new TypedDataDomain { Name = "n" }.Separator(), document.DomainSeparator());
    }

    [Theory]
    [InlineData("\"x\":1", "\"x\":256")]
    [InlineData("\"x\":1", "\"x\":-1")]
    [InlineData("\"x\":1", "\"x\":1.5")]
    [InlineData("\"x\":1", "\"x\":1e2")]
    [InlineData("\"x\":1", "\"x\":null")]
    [InlineData("\"x\":1", "\"w\":1")]
    [InlineData("\"x\":1", "\"x\":true")]
    [InlineData(",{\"z\":\"b\"}]", "]")]
    [InlineData("{\"z\":\"b\"}", "5")]
    [InlineData("\"type\":\"B[2]\"", "\"type\":\"C[2]\"")]
    [InlineData("\"type\":\"B[2]\"", "\"type\":\"[2]\"")]
    [InlineData("\"type\":\"B[2]\"", "\"type\":5")]
    [InlineData("\"primaryType\":\"A\"", "\"primaryType\":\"C\"")]
    [InlineData("\"primaryType\":\"A\"", "\"primaryType\":7")]
    [InlineData("\"domain\":{\"name\":\"n\"}", "\"domain\":[]")]
    [InlineData("{\"types\"", "[{\"types\"")]
    public void Digest_OfADamagedDocument_IsRefused(string part, string replacement)
    {
        string json = Good.Replace(part, replacement, StringComparison.Ordinal);

        Assert.False(string.Equals(Good, json, StringComparison.Ordinal));
        Assert.Throws<EthereumFormatException>(() => TypedDataDocument.Parse(json).Digest());
    }

    [Fact]
    public void Digest_OfATypeWithinItself_EndsWhereTheValueEnds()
    {
        const string Json = """{"types":{"N":[{"name":"next","type":"N[]"}]},"primaryType":"N","domain":{},"message":{"next":[{"next":[]}]}}""";

        Assert.NotEqual(Hash32.Zero, TypedDataDocument.Parse(Json).Digest());
    }
}
