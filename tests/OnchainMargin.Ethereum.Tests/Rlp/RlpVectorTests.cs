using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum.Rlp;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Rlp;

public sealed class RlpVectorTests
{
    [SharedDataFact("reference/eth")]
    public void EncodeAndDecode_OfEthers_Agree()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("ethers_rlp.json").EnumerateArray())
        {
            RlpItem item = FromHex(vector.GetProperty("decoded"));
            Assert.Equal(vector.Bytes("encoded"), item.Encode());
            Assert.Equal(vector.Bytes("encoded"), RlpReader.Decode(vector.Bytes("encoded")).Encode());
            Assert.Equal(Shape(item), Shape(RlpReader.Decode(vector.Bytes("encoded"))));
            count++;
        }

        Assert.Equal(61, count);
    }

    [SharedDataFact("reference/eth")]
    public void EncodeAndDecode_OfEthereumTests_Agree()
    {
        int count = 0;
        foreach (JsonProperty vector in Vectors.Load("ethtests_rlptest.json").EnumerateObject())
        {
            RlpItem item = FromTest(vector.Value.GetProperty("in"));
            Assert.Equal(vector.Value.Bytes("out"), item.Encode());
            Assert.Equal(Shape(item), Shape(RlpReader.Decode(vector.Value.Bytes("out"))));
            count++;
        }

        Assert.Equal(28, count);
    }

    [SharedDataFact("reference/eth")]
    public void Decode_OfInvalidEthereumTests_Refuses()
    {
        int count = 0;
        foreach (JsonProperty vector in Vectors.Load("ethtests_invalidRLPTest.json").EnumerateObject())
        {
            string text = vector.Value.Text("out");
            Assert.Throws<EthereumFormatException>(() => RlpReader.Decode(Vectors.Hex(text)));
            count++;
        }

        Assert.Equal(26, count);
    }

    private static string Shape(RlpItem item) =>
        item.IsList ? $"[{string.Join(',', item.Items.Select(Shape))}]" : Convert.ToHexString(item.Bytes.Span);

    private static RlpItem FromHex(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? new RlpItem([.. value.EnumerateArray().Select(FromHex)])
        : new RlpItem(Vectors.Hex(value.GetString()!));

    private static RlpItem FromTest(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => new RlpItem([.. value.EnumerateArray().Select(FromTest)]),
        JsonValueKind.Number => Number(value.GetInt64()),
        _ when value.GetString() is ['#', .. var digits] => Number(BigInteger.Parse(digits, CultureInfo.InvariantCulture)),
        _ => new RlpItem(Encoding.UTF8.GetBytes(value.GetString()!)),
    };

    private static RlpItem Number(BigInteger value) => new(value.IsZero ? [] : value.ToByteArray(isUnsigned: true, isBigEndian: true));
}
