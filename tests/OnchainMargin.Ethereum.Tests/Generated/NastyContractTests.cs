using System.Text.Json;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Generation;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Generated;

/// <summary>An ABI that no sane contract has: names that clash with the generator's own, overloads, arrays within arrays. The generated code must agree with the codec that reads the ABI.</summary>
public sealed class NastyContractTests
{
    private static readonly ContractAbi Abi = LoadAbi();

    private static readonly Nasty.Lot Lot = new(7, 0xffffff, -1, [1, 2, 3]);

    private static readonly object[] LotValues = [7UL, 0xffffff, -1, new byte[] { 1, 2, 3 }];

    [Fact]
    public void Encode_OfNestedArrays_IsTheCodecs()
    {
        var call = new Nasty.LotPairCall(new Nasty.Pair(Lot, [Lot, Lot], [["a", ""], ["ü", new string('x', 40)]]));
        object[] values = [new object[] { LotValues, new object[] { LotValues, LotValues }, new object[] { new object[] { "a", "" }, new object[] { "ü", new string('x', 40) } } }];

        byte[] data = call.Encode();

        AbiFunction function = Abi.Functions.Single(static function => function.Name is "_lot");
        Assert.Equal(function.EncodeCall(values), data);
        Assert.Equal(data, Nasty.LotPairCall.Decode(data).Encode());
        Assert.Throws<EthereumFormatException>(() => new Nasty.LotPairCall(new Nasty.Pair(Lot, [Lot], [])).Encode());
    }

    [Fact]
    public void Encode_OfNamesThatClash_IsTheCodecs()
    {
        var clash = new Nasty.ClashCall(1U, [9], Hash32.LeftAligned([1, 2, 3, 4]), 8, true, Address.Zero);
        var odd = new Nasty.ObjectCall((UInt128)5, -3, [[1, 2], [3, 4]], [[[1], []], []]);

        Assert.Equal(Abi.Function("clash").EncodeCall(1, new byte[] { 9 }, "0x01020304", 8, true, Address.Zero), clash.Encode());
        Assert.Equal(Abi.Function("object").EncodeCall(5, -3, new object[] { new object[] { 1, 2 }, new object[] { 3, 4 } }, new object[] { new object[] { new byte[] { 1 }, Array.Empty<byte>() }, Array.Empty<object>() }), odd.Encode());
        Assert.Equal(odd.Encode(), Nasty.ObjectCall.Decode(odd.Encode()).Encode());
        Assert.Equal(Abi.Function("run").EncodeCall(), new Nasty.RunCall().Encode());
        Assert.Equal(Abi.Function("over(uint256[2])").EncodeCall((object)new object[] { 1, 2 }), new Nasty.OverUint256Array2Call([1U, 2U]).Encode());
    }

    [Fact]
    public void DecodeResult_OfNestedArrays_IsTheCodecs()
    {
        byte[] lots = AbiCodec.Encode(Abi.Functions.Single(static function => function.Name is "lot").Outputs, (object)new object[] { new object[] { LotValues }, new object[] { LotValues, LotValues } });
        byte[] flats = AbiCodec.Encode(Abi.Functions.Single(static function => function.Name is "_lot").Outputs, (object)new object[] { Enumerable.Range(0, 3).Select(static i => new object[] { i == 1, true, new byte[] { 1, 2, 3 }, new byte[24] }).ToArray<object>() });

        Nasty.Lot[][] read = new Nasty.LotLotCall(Lot).DecodeResult(lots);
        Nasty.Flat[][] flat = new Nasty.LotPairCall(default).DecodeResult(flats);

        Assert.Equal([1, 2], read.Select(static row => row.Length));
        Assert.All(read.SelectMany(static row => row), static lot => Assert.Equal(Lot.Encode(), lot.Encode()));
        Assert.True(Assert.Single(flat)[1].AB);
        Assert.False(flat[0][0].AB);
    }

    [Fact]
    public void TryDecode_OfEventsOfEveryShape_ReadsThem()
    {
        Hash32 hash = Keccak256.HashUtf8("indexed");
        AbiEvent big = Abi.Events.Single(static declared => declared.Inputs.Count == 4 && !declared.IsAnonymous);
        var log = new LogEntry { Address = Address.Zero, Topics = [big.Topic, hash, hash, hash], Data = AbiCodec.Encode([big.Inputs[3]], (object)LotValues) };
        var hidden = new LogEntry { Address = Address.Zero, Topics = [Word(5), Hash32.Parse("0x" + new string('f', 64)), Word(6), Hash32.LeftAligned([1, 2])], Data = [] };
        var empty = new LogEntry { Address = Address.Zero, Topics = [Keccak256.HashUtf8("Empty()")], Data = [] };

        Assert.True(Nasty.ClashLotUint256Array2StringLotEvent.TryDecode(log, out Nasty.ClashLotUint256Array2StringLotEvent read));
        Assert.Equal((hash, hash, hash), (read.TopicValue, read.Words, read.DecodeValue));
        Assert.Equal(Lot.Encode(), read.Lot.Encode());
        Assert.True(Nasty.HiddenEvent.TryDecode(hidden, out Nasty.HiddenEvent small));
        Assert.Equal(((byte)5, (sbyte)-1, Hash32.LeftAligned([1, 2])), (small.A, small.B, small.D));
        Assert.IsType<Nasty.EmptyEvent>(Nasty.DecodeEvent(empty));
        Assert.Null(Nasty.DecodeEvent(hidden));
        Assert.False(Nasty.ClashUint8Event.TryDecode(log, out _));
        Assert.Throws<EthereumFormatException>(() => Nasty.EmptyEvent.TryDecode(empty with { Topics = [empty.Topics[0], hash] }, out _));
        Assert.Throws<EthereumFormatException>(() => Nasty.ClashLotUint256Array2StringLotEvent.TryDecode(log with { Data = [] }, out _));
        Assert.Throws<EthereumFormatException>(() => Nasty.HiddenEvent.TryDecode(hidden with { Topics = [Word(256), Word(0), Word(0), Word(0)] }, out _));
    }

    [Fact]
    public void Generate_OfNamesThatCannotBeTold_Refuses()
    {
        ContractAbi twice = ContractAbi.FromSignatures("function pay() returns (uint256, uint256)", "function payResult()");
        Assert.Contains("class Other", ContractGenerator.Generate("Other", twice, "N"), StringComparison.Ordinal);

        Assert.Throws<EthereumFormatException>(() => ContractGenerator.Generate("PayCall", twice, "N"));
        using JsonDocument abi = JsonDocument.Parse("""[{"type":"function","name":"f","inputs":[{"name":"a","type":"tuple","internalType":"struct Deployment","components":[{"name":"x","type":"uint8"}]}]}]""");
        Assert.Throws<EthereumFormatException>(() => ContractGenerator.Generate("C", abi.RootElement, "N"));
    }

    [Fact]
    public void StructLibrary_OfTwoContracts_HasWhatTheyShare()
    {
        using JsonDocument artifact = JsonDocument.Parse(File.ReadAllText(Assets.PathOf("EchoLab.json")));
        ContractAbi echo = ContractAbi.FromJson(artifact.RootElement.GetProperty("abi"));

        StructLibrary library = StructLibrary.Create("Shared", [Abi, echo, echo], "N");

        Assert.Contains("record struct Order(", library.Source, StringComparison.Ordinal);
        Assert.Contains("record struct Bundle(", library.Source, StringComparison.Ordinal);
        Assert.DoesNotContain("record struct Lot(", library.Source, StringComparison.Ordinal);
        Assert.DoesNotContain("record struct Order(", ContractGenerator.Generate("EchoLab", echo, "N", library), StringComparison.Ordinal);
        Assert.Contains("global::N.Shared.Order", ContractGenerator.Generate("EchoLab", echo, "N", library), StringComparison.Ordinal);
    }

    private static Hash32 Word(uint value) => ((UInt256)value).ToHash32();

    private static ContractAbi LoadAbi()
    {
        using JsonDocument artifact = JsonDocument.Parse(File.ReadAllText(Assets.PathOf("Nasty.json")));
        return ContractAbi.FromJson(artifact.RootElement.GetProperty("abi"));
    }
}
