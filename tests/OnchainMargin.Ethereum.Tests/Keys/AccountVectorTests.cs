using System.Text.Json;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Tests.Support;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Tests.Keys;

public sealed class AccountVectorTests
{
    [SharedDataFact("reference/eth")]
    public void Address_OfEthersAccounts_IsTheirsWithChecksum()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("ethers_accounts.json.gz").EnumerateArray())
        {
            // The older ICAP form of the address, also in the file, has no use in this project and is not read.
            using PrivateKey key = PrivateKey.Parse(vector.Text("privateKey"), "the vector");
            string address = vector.Text("address");
            Assert.Equal(address, key.Address.ToString());
            Assert.Equal(key.Address, Address.Parse(address));
            Assert.Equal(key.Address, Address.Parse("0x" + address[2..].ToUpperInvariant()));
            count++;
        }

        Assert.Equal(259, count);
    }

    [SharedDataFact("reference/eth")]
    public void Create2_OfEthers_GivesTheirAddresses()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("ethers_create2.json.gz").EnumerateArray())
        {
            foreach (JsonElement creation in vector.GetProperty("creates").EnumerateArray())
            {
                Hash32 hash = Keccak256.Hash(creation.Bytes("initCode"));
                Assert.Equal(creation.Text("initCodeHash"), hash.ToString());
                Assert.Equal(creation.Text("address"), ContractAddress.Create2(Address.Parse(vector.Text("sender")), Hash32.Parse(creation.Text("salt")), hash).ToString());
                count++;
            }
        }

        Assert.Equal(128, count);
    }
}
