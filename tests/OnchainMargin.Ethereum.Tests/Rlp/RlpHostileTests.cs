using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Tests.Rlp;

public sealed class RlpHostileTests
{
    [Theory]
    [InlineData("")]
    [InlineData("bfffffffffffffffff")]
    [InlineData("ffffffffffffffffff")]
    [InlineData("bb7fffffff00")]
    [InlineData("fb7fffffff00")]
    [InlineData("bf7fffffffffffffff00")]
    [InlineData("c0c0")]
    public void Decode_OfClaimsWithoutBytes_RefusesWithoutAllocatingThem(string hex)
    {
        byte[] data = Convert.FromHexString(hex);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<EthereumFormatException>(() => RlpReader.Decode(data));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Decode_OfManyNestedLists_RefusesInsteadOfOverflowingTheStack()
    {
        // Lists within lists, built from inside out; far deeper than a thread's stack would bear.
        var bytes = new List<byte[]> { new byte[] { 0xc0 } };
        int length = 1;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] size = new System.Numerics.BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
            byte[] header = length < 56 ? [(byte)(0xc0 + length)] : [(byte)(0xf7 + size.Length), .. size];
            bytes.Add(header);
            length += header.Length;
        }

        bytes.Reverse();

        Assert.Throws<EthereumFormatException>(() => RlpReader.Decode(bytes.SelectMany(static part => part).ToArray()));
    }

    [Fact]
    public void Decode_OfAnyBytes_GivesAnItemOfTheSameBytesOrRefuses() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static data =>
        {
            try
            {
                return RlpReader.Decode(data).Encode().AsSpan().SequenceEqual(data);
            }
            catch (EthereumFormatException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
}
