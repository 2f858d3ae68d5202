using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Protocol.Tests;

public sealed class MarginModelTests
{
    [Fact]
    public void Hash_IsOfTheTableThatTheSpecificationNames()
    {
        using JsonDocument constants = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "spec", "constants.json")));
        string table = constants.RootElement.GetProperty("kernel").GetProperty("cdfTableKeccak256").GetString()!;
        Assert.Equal(Keccak256.Hash([.. Encoding.ASCII.GetBytes("OnchainMargin margin model 1"), .. HexData.Decode(table)]), MarginModel.Hash);
    }
}
