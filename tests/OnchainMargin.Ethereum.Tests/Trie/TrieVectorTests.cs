using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Trie;

/// <summary>The roots of Merkle-Patricia tries: RLP and Keccak together on inputs of every shape. The client itself has no trie; the builder is the tests' own.</summary>
public sealed class TrieVectorTests
{
    [SharedDataFact("reference/eth")]
    public void Root_OfEthereumTests_IsTheirs()
    {
        int count = Run("ethtests_trieanyorder.json", isSecure: false) + Run("ethtests_trietest.json", isSecure: false) + Run("ethtests_hex_encoded_securetrie_test.json", isSecure: true);

        Assert.Equal(15, count);
    }

    private static int Run(string name, bool isSecure)
    {
        int count = 0;
        foreach (JsonProperty vector in Vectors.Load(name).EnumerateObject())
        {
            var entries = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            foreach ((string key, string? value) in Pairs(vector.Value.GetProperty("in")))
            {
                byte[] path = isSecure ? Keccak256.Hash(Bytes(key)).ToArray() : Bytes(key);
                if (value is null)
                {
                    _ = entries.Remove(Convert.ToHexString(path));
                }
                else
                {
                    entries[Convert.ToHexString(path)] = Bytes(value);
                }
            }

            Assert.Equal(vector.Value.Text("root"), TrieRoot.Compute(entries).ToString());
            count++;
        }

        return count;
    }

    private static IEnumerable<(string Key, string? Value)> Pairs(JsonElement entries) => entries.ValueKind == JsonValueKind.Object
        ? entries.EnumerateObject().Select(static entry => (entry.Name, entry.Value.GetString()))
        : entries.EnumerateArray().Select(static entry => (entry[0].GetString()!, entry[1].GetString()));

    private static byte[] Bytes(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Vectors.Hex(text) : Encoding.UTF8.GetBytes(text);
}
