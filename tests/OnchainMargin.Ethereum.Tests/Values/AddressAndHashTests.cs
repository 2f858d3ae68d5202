using System.Text.Json;

namespace OnchainMargin.Ethereum.Tests.Values;

public sealed class AddressAndHashTests
{
    // The four examples of EIP-55 that mix cases.
    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Address_OfEip55_ComesBackAsWritten(string text)
    {
        Assert.Equal(text, Address.Parse(text).ToString());
        Assert.Equal(text, Address.Parse(text.ToLowerInvariant()).ToString());
        Assert.Equal(text, JsonSerializer.Deserialize<Address>(JsonSerializer.Serialize(Address.Parse(text))).ToString());
    }

    [Theory]
    [InlineData("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd")]
    [InlineData("0xzaAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("")]
    public void Address_WithAMistake_IsRefusedByName(string text)
    {
        EthereumFormatException failure = Assert.Throws<EthereumFormatException>(() => Address.Parse(text));

        Assert.Contains($"'{text}'", failure.Message, StringComparison.Ordinal);
        Assert.False(Address.TryParse(text, out _));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Address>(JsonSerializer.Serialize(text)));
    }

    [Fact]
    public void Hash_InEveryForm_IsTheSame()
    {
        Hash32 hash = Ethereum.Hashing.Keccak256.HashUtf8("x");

        Assert.Equal(hash, new Hash32(hash.ToArray()));
        Assert.Equal(hash, Hash32.Parse(hash.ToString()));
        Assert.Equal(hash, JsonSerializer.Deserialize<Hash32>(JsonSerializer.Serialize(hash)));
        Assert.True(Hash32.Zero < hash && hash > Hash32.Zero && Hash32.Zero <= hash && hash >= Hash32.Zero && hash != Hash32.Zero);
        Assert.Throws<EthereumFormatException>(() => new Hash32(new byte[31]));
        Assert.Throws<EthereumFormatException>(() => Hash32.Parse("0x12"));
        Assert.Throws<EthereumFormatException>(() => Hash32.LeftAligned(new byte[33]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0x1")]
    [InlineData("0x1g")]
    [InlineData("1234")]
    public void Hex_OfNoHex_IsRefused(string text) => Assert.Throws<EthereumFormatException>(() => HexData.Decode(text));

    [Fact]
    public void Quote_OfAForeignText_IsShortAndHarmless()
    {
        string quoted = HexData.Quote("\u001b[31m" + new string('x', 10_000));

        Assert.DoesNotContain('\u001b', quoted);
        Assert.InRange(quoted.Length, 1, 100);
    }
}
