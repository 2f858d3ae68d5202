using System.Text.Json;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Abi;

public sealed class AbiVectorTests
{
    [SharedDataFact("reference/eth")]
    public void EncodeAndDecode_OfEthers_Agree()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("ethers_abi.json.gz").EnumerateArray())
        {
            AbiType type = AbiTypeParser.Parse(vector.Text("type"));
            AbiParameter[] parameter = [new AbiParameter("", type)];
            byte[] encoded = vector.Bytes("encoded");

            byte[] ours = AbiCodec.Encode(parameter, Plain(vector.GetProperty("value")));
            object[] decoded = AbiCodec.Decode(parameter, encoded);

            Assert.Equal(encoded, ours);
            Assert.Equal(encoded, AbiCodec.Encode(parameter, decoded));
            count++;
        }

        Assert.Equal(1024, count);
    }

    [SharedDataFact("reference/eth")]
    public void Encode_OfEthereumTests_GivesTheirBytes()
    {
        int count = 0;
        foreach (JsonProperty vector in Vectors.Load("ethtests_basic_abi_tests.json").EnumerateObject())
        {
            AbiParameter[] parameters = [.. vector.Value.GetProperty("types").EnumerateArray().Select(static type => new AbiParameter("", AbiTypeParser.Parse(type.GetString()!)))];
            object[] values = [.. vector.Value.GetProperty("args").EnumerateArray().Select((value, i) => AsText(parameters[i].Type, value))];

            Assert.Equal(vector.Value.Text("result"), Convert.ToHexStringLower(AbiCodec.Encode(parameters, values)));
            count++;
        }

        Assert.Equal(3, count);
    }

    [SharedDataFact("reference/eth")]
    public void Packed_OfEthersSolidityHashes_HasTheirHashes()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("ethers_solidity-hashes.json.gz").EnumerateArray())
        {
            AbiType[] types = [.. vector.GetProperty("types").EnumerateArray().Select(static type => AbiTypeParser.Parse(type.GetString()!))];
            byte[] packed = AbiPacked.Encode(types, (object[])Plain(vector.GetProperty("values")));
            var ripemd = new Org.BouncyCastle.Crypto.Digests.RipeMD160Digest();
            ripemd.BlockUpdate(packed, 0, packed.Length);
            var ripemdHash = new byte[32];
            ripemd.DoFinal(ripemdHash, 0);

            Assert.Equal(vector.Text("keccak256"), Ethereum.Hashing.Keccak256.Hash(packed).ToString());
            Assert.Equal(vector.Text("sha256"), HexData.Encode(System.Security.Cryptography.SHA256.HashData(packed)));
            Assert.Equal(vector.Text("ripemd160"), HexData.Encode(ripemdHash));
            count++;
        }

        Assert.Equal(2016, count);
    }

    /// <summary>The tests of the old suite give bytes as text.</summary>
    private static object AsText(AbiType type, JsonElement value) => type.Kind is AbiKind.Bytes or AbiKind.FixedBytes
        ? System.Text.Encoding.ASCII.GetBytes(value.GetString()!)
        : Plain(value);

    private static object Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToArray(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetRawText(),
        _ => value.GetString()!,
    };
}
