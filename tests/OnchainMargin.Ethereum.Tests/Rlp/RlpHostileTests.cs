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
    public void Decode_OfAMillionNestedLists_RefusesInsteadOfOverflowingTheStack()
    {
        // Lists within lists, built from inside out; far deeper than a thread's stack would bear.
        var bytes = new List<byte[]> { new byte[] { 0xc0 } };
        int length = 1;
        for (int i = 0; i < 100_000; i++)
        {
            var header = new RlpItem(new byte[length]).Encode().AsSpan(0, length < 56 ? 1 : 1 + ((BitLength(length) + 7) / 8)).ToArray();
            header[0] += 0x40;
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

    private static int BitLength(int value) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)value);
}
