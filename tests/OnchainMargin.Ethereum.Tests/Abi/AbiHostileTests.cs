using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Tests.Generated;

namespace OnchainMargin.Ethereum.Tests.Abi;

/// <summary>Data that claims more than it holds is refused with a sentence, and without making room for the claim.</summary>
public sealed class AbiHostileTests
{
    private const int Ample = 200_000;

    [Theory]
    [InlineData("bytes", "20", "7fffffff")]
    [InlineData("bytes", "20", "ffffffffffffffff")]
    [InlineData("string", "20", "7fffffff")]
    [InlineData("uint256[]", "20", "7fffffff")]
    [InlineData("uint256[]", "20", "0800000000000000")]
    [InlineData("uint8[2000000][]", "20", "1")]
    [InlineData("(string,bytes)[]", "20", "3fffffff")]
    [InlineData("bytes[][]", "20", "1fffffff")]
    [InlineData("bytes", "ffffffffffffffff", "0")]
    [InlineData("bytes", "7fffffe0", "0")]
    [InlineData("bytes", "10000000000000000", "0")]
    [InlineData("uint256[2097152]", "0", "0")]
    public void Decode_OfClaimsWithoutBytes_RefusesWithoutAllocatingThem(string type, string first, string second)
    {
        byte[] data = [.. Word(first), .. Word(second), .. new byte[64]];
        AbiParameter[] parameters = [new("", AbiTypeParser.Parse(type))];
        long before = GC.GetAllocatedBytesForCurrentThread();

        EthereumFormatException failure = Assert.Throws<EthereumFormatException>(() => AbiCodec.Decode(parameters, data));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Ample);
        Assert.Contains("128 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_OfArraysThatShareOneTarget_IsBoundedByTheInput()
    {
        // 512 offsets that all point to one array of 512 offsets that all point to one array of 512 numbers: 134 million numbers in 50 kB.
        const int Count = 512;
        var data = new List<byte>();
        data.AddRange(Word("20"));
        for (int level = 0; level < 3; level++)
        {
            data.AddRange(Word(Count.ToString("x")));
            for (int i = 0; i < Count; i++)
            {
                data.AddRange(Word(level < 2 ? (Count * 32).ToString("x") : "1"));
            }
        }

        byte[] bytes = [.. data];
        AbiParameter[] parameters = [new("", AbiTypeParser.Parse("uint256[][][]"))];
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<EthereumFormatException>(() => AbiCodec.Decode(parameters, bytes));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L * bytes.Length);
    }

    [Fact]
    public void Decode_OfEveryTruncation_Refuses()
    {
        foreach (string type in (string[])["uint8", "int8", "uint256", "int256", "bool", "address", "bytes4", "bytes", "string", "uint8[]", "uint8[2]", "bytes[2]", "(uint8,bytes)"])
        {
            AbiParameter[] parameters = [new("", AbiTypeParser.Parse(type))];
            for (int length = 0; length < 32; length++)
            {
                var data = new byte[length];
                Assert.Throws<EthereumFormatException>(() => AbiCodec.Decode(parameters, data));
            }
        }
    }

    [Theory]
    [InlineData("uint8", "100")]
    [InlineData("uint64", "10000000000000000")]
    [InlineData("uint96", "1000000000000000000000000")]
    [InlineData("int8", "80")]
    [InlineData("int128", "80000000000000000000000000000000")]
    [InlineData("bool", "2")]
    [InlineData("address", "10000000000000000000000000000000000000000")]
    [InlineData("bytes4", "1")]
    public void Decode_OfDirtyPadding_RefusesAsSolidityDoes(string type, string word) =>
        Assert.Throws<EthereumFormatException>(() => AbiCodec.Decode([new AbiParameter("", AbiTypeParser.Parse(type))], Word(word)));

    [Fact]
    public void Decode_OfTextThatIsNotUtf8_Refuses() =>
        Assert.Throws<EthereumFormatException>(() => AbiCodec.Decode([new AbiParameter("", AbiTypeParser.Parse("string"))], [.. Word("20"), .. Word("2"), 0xff, 0xfe, .. new byte[30]]));

    [Fact]
    public void GeneratedDecode_OfAnyDamage_DecodesOrRefuses()
    {
        var bundle = new EchoLab.Bundle("name", [new(Address.Zero, 1, -1, 3, true, Hash32.Zero)], [[1, 2], []], [1, 2, 3], [[UInt256.One, UInt256.Zero]]);
        byte[] good = new EchoLab.EchoCall(bundle).Encode();

        Prop.ForAll(ArbMap.Default.ArbFor<(int At, byte Value, int Length)>(), damage =>
        {
            byte[] bad = [.. good];
            bad[4 + (Math.Abs(damage.At % (good.Length - 4)))] = damage.Value;
            bad = bad[..(bad.Length - Math.Abs(damage.Length % 40))];
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = EchoLab.EchoCall.Decode(bad);
            }
            catch (EthereumFormatException)
            {
                // A refusal is as good as a result; anything else fails the property.
            }

            return GC.GetAllocatedBytesForCurrentThread() - before < Ample;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Encode_ThenDecode_OfAnyValues_IsTheSame() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(ulong Number, long Signed, byte[] Bytes, NonNull<string> Text, int[] List)>(), static input =>
        {
            string text = new([.. input.Text.Get.Where(static letter => !char.IsSurrogate(letter))]);
            AbiParameter[] parameters = [.. ((string[])["uint64", "int64", "bytes", "string", "int32[]", "(bytes,uint64[2])"]).Select(static type => new AbiParameter("", AbiTypeParser.Parse(type)))];
            object[] values = [input.Number, input.Signed, input.Bytes, text, input.List, new object[] { input.Bytes, new object[] { input.Number, 7 } }];
            byte[] encoded = AbiCodec.Encode(parameters, values);
            object[] decoded = AbiCodec.Decode(parameters, encoded);
            return (UInt256)decoded[0] == input.Number
                && (Int256)decoded[1] == input.Signed
                && ((byte[])decoded[2]).AsSpan().SequenceEqual(input.Bytes)
                && string.Equals((string)decoded[3], text, StringComparison.Ordinal)
                && ((object[])decoded[4]).Length == input.List.Length
                && AbiCodec.Encode(parameters, decoded).AsSpan().SequenceEqual(encoded);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("uint08")]
    [InlineData("bytes33")]
    [InlineData("bytes0")]
    [InlineData("fixed128x18")]
    [InlineData("uint256[")]
    [InlineData("uint256[-1]")]
    [InlineData("uint256[0]")]
    [InlineData("uint256[99999999999]")]
    [InlineData("uint256[1000000][1000000]")]
    [InlineData("(uint256")]
    [InlineData("(uint256,)")]
    [InlineData("uint256)")]
    [InlineData("mapping(uint256=>uint256)")]
    public void ParseType_OfNoType_Refuses(string text) => Assert.Throws<EthereumFormatException>(() => AbiTypeParser.Parse(text));

    [Fact]
    public void ParseType_OfDeepNesting_Refuses()
    {
        Assert.Throws<EthereumFormatException>(() => AbiTypeParser.Parse(new string('(', 100_000)));
        Assert.Throws<EthereumFormatException>(() => AbiTypeParser.Parse("uint8" + string.Concat(Enumerable.Repeat("[]", 100_000))));
    }

    private static byte[] Word(string hex) => Convert.FromHexString(hex.PadLeft(64, '0'));
}
