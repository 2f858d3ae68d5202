using System.Text.Json;
using System.Text.Json.Nodes;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Tests.Support;
using OnchainMargin.Ethereum.TypedData;

namespace OnchainMargin.Ethereum.Tests.TypedData;

public sealed class TypedDataVectorTests
{
    [SharedDataFact("reference/eth")]
    public void Digest_OfEthers_IsTheirs()
    {
        int count = 0;
        int signed = 0;
        foreach (JsonElement vector in Vectors.Load("ethers_typed-data.json.gz").EnumerateArray())
        {
            var json = new JsonObject
            {
                ["types"] = JsonNode.Parse(vector.GetProperty("types").GetRawText()),
                ["primaryType"] = vector.Text("primaryType"),
                ["domain"] = JsonNode.Parse(vector.GetProperty("domain").GetRawText()),
                ["message"] = JsonNode.Parse(vector.GetProperty("data").GetRawText()),
            };
            TypedDataDocument document = TypedDataDocument.Parse(json.ToJsonString());

            Assert.Equal(vector.Text("encoded"), HexData.Encode(document.EncodeMessage()));
            Assert.Equal(vector.Text("digest"), document.Digest().ToString());
            if (vector.TryGetProperty("signature", out JsonElement signature))
            {
                using PrivateKey key = PrivateKey.Parse(vector.Text("privateKey"), "the vector");
                Assert.Equal(signature.GetString(), key.SignHash(document.Digest()).ToString());
                signed++;
            }

            count++;
        }

        Assert.Equal(130, count);
        Assert.Equal(1, signed);
    }

    [SharedDataFact("reference/eth")]
    public void MailExample_OfTheStandard_GivesItsHashesAndSignature()
    {
        JsonElement vector = Vectors.Load("eip712_mail_example.json");
        JsonElement domain = vector.GetProperty("domain");
        var typedDomain = new TypedDataDomain
        {
            Name = domain.Text("name"),
            Version = domain.Text("version"),
            ChainId = domain.GetProperty("chainId").GetUInt64(),
            VerifyingContract = Address.Parse(domain.Text("verifyingContract")),
        };
        JsonElement message = vector.GetProperty("message");
        var mail = new Mail(Read(message.GetProperty("from")), Read(message.GetProperty("to")), message.Text("contents"));
        using PrivateKey key = PrivateKey.Parse(Keccak256.HashUtf8("cow").ToString(), "the vector");

        Signature signature = key.SignHash(TypedDataDigest.Of(typedDomain.Separator(), mail.HashStruct()));

        Assert.Equal(vector.Text("typeHash"), Mail.TypeHash.ToString());
        Assert.Equal(Mail.EncodedType, vector.Text("encodeType"));
        Assert.Equal(vector.Text("domainSeparator"), typedDomain.Separator().ToString());
        Assert.Equal(vector.Text("structHash"), mail.HashStruct().ToString());
        Assert.Equal(vector.Text("signHash"), TypedDataDigest.Of(typedDomain.Separator(), mail.HashStruct()).ToString());
        Assert.Equal(vector.Text("address"), key.Address.ToString());
        Assert.Equal(vector.GetProperty("v").GetInt32(), signature.V);
        Assert.Equal(UInt256.Parse(vector.Text("r")), signature.R);
        Assert.Equal(UInt256.Parse(vector.Text("s")), signature.S);
        Assert.True(Secp256k1.TryRecoverAddress(TypedDataDigest.Of(typedDomain.Separator(), mail.HashStruct()), signature, out Address signer));
        Assert.Equal(key.Address, signer);
    }

    private static Person Read(JsonElement person) => new(person.Text("name"), Address.Parse(person.Text("wallet")));
}
