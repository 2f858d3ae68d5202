using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Tests.Abi;

public sealed class HumanReadableAbiTests
{
    [Fact]
    public void FromSignatures_OfEveryKind_ReadsThem()
    {
        ContractAbi abi = ContractAbi.FromSignatures(
            "function transfer(address to, uint256 amount) external returns (bool)",
            "function sum((uint a, uint[2] b)[] calldata items) view returns (uint256 total, string memory note)",
            "event Transfer(address indexed from, address indexed to, uint256 value)",
            "event Ping() anonymous",
            "error InsufficientBalance(uint256 available, uint256 required);",
            "constructor(address owner) payable");

        Assert.Equal(0xa9059cbbU, abi.Function("transfer").Selector);
        Assert.Equal("sum((uint256,uint256[2])[])", abi.Function("sum").Signature);
        Assert.Equal("view", abi.Function("sum").StateMutability);
        Assert.Equal("total,note", string.Join(',', abi.Function("sum").Outputs.Select(static output => output.Name)));
        Assert.Equal("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", abi.Events[0].Topic.ToString());
        Assert.True(abi.Events[1].IsAnonymous);
        Assert.Equal(0xcf479181U, abi.Errors[0].Selector);
        Assert.Equal("payable", abi.Constructor.StateMutability);
    }

    [Theory]
    [InlineData("function (uint256)")]
    [InlineData("function f")]
    [InlineData("function f(uint256 a b)")]
    [InlineData("function f() wrong")]
    [InlineData("event E(uint256 indexed)x")]
    [InlineData("")]
    public void FromSignatures_OfNoDeclaration_Refuses(string signature) =>
        Assert.Throws<EthereumFormatException>(() => ContractAbi.FromSignatures(signature));

    [Fact]
    public void DecodeEvent_AtRunTime_GivesTopicsAndData()
    {
        AbiEvent transfer = ContractAbi.FromSignatures("event Transfer(address indexed from, string indexed tag, uint256 value)").Events[0];
        Hash32 from = new(new byte[12].Concat(Enumerable.Repeat((byte)1, 20)).ToArray());
        Hash32 tag = Ethereum.Hashing.Keccak256.HashUtf8("tag");

        object[] values = transfer.Decode([transfer.Topic, from, tag], new UInt256(0, 5).ToHash32().ToArray());

        Assert.Equal([new Address(Enumerable.Repeat((byte)1, 20).ToArray()), tag, (UInt256)5U], values);
        Assert.Throws<EthereumFormatException>(() => transfer.Decode([transfer.Topic, from], []));
        Assert.Throws<EthereumFormatException>(() => transfer.Decode([from, from, tag], []));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{\"type\":\"function\"}]")]
    [InlineData("[{\"type\":\"modifier\",\"name\":\"x\"}]")]
    [InlineData("[{\"type\":\"function\",\"name\":5}]")]
    [InlineData("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":{}}]")]
    [InlineData("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"type\":\"uint999\"}]}]")]
    [InlineData("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"type\":\"tuplex\"}]}]")]
    public void FromJson_OfNoAbi_Refuses(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);

        Assert.Throws<EthereumFormatException>(() => ContractAbi.FromJson(document.RootElement));
    }
}
