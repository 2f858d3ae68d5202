using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace OnchainMargin.Margin.Tests.Encoding;

public sealed class CheckpointTests
{
    private static readonly Checkpoint Sample = EncodingGenerators.AnyCheckpoint.Sample(1, 1)[0];

    [Fact]
    public void Unpack_Packed_IsIdentity() => Check.QuickThrowOnFailure(Prop.ForAll(EncodingGenerators.AnyCheckpoint.ToArbitrary(), checkpoint =>
        Checkpoint.Unpack(checkpoint.PackHead(), [.. checkpoint.Underlyings.Select(u => u.Pack())], out Checkpoint? read) == MarginError.None && checkpoint.Equals(read)));

    [Fact]
    public void InputsPreimage_Any_IsHeadThenHashesInOrder()
    {
        byte[] preimage = Sample.InputsPreimage(SHA256.HashData);
        byte[] head = Sample.PackHead();
        Assert.Equal(head.Length + 64, preimage.Length);
        Assert.Equal(head, preimage.AsSpan(0, head.Length).ToArray());
        Assert.Equal(SHA256.HashData(Sample.Underlyings[0].Pack()), preimage.AsSpan(head.Length, 32).ToArray());
        Assert.Equal(SHA256.HashData(Sample.Underlyings[1].Pack()), preimage.AsSpan(head.Length + 32).ToArray());
        Assert.Equal(SHA256.HashData(preimage), Sample.InputsHash(SHA256.HashData));
        Assert.Equal(MarginError.None, Checkpoint.Unpack(preimage, [.. Sample.Underlyings.Select(u => u.Pack())], out _));
    }

    [Fact]
    public void Unpack_SpareBytes_AreMismatches()
    {
        foreach (int spare in (int[])[19, 31, 48, 63])
        {
            byte[] head = Sample.PackHead();
            head[spare] ^= 1;
            Assert.Equal(MarginError.CheckpointMismatch, Checkpoint.Unpack(head, [.. Sample.Underlyings.Select(u => u.Pack())], out _));
        }

        foreach (int spare in (int[])[61, 63, 116, 127])
        {
            byte[] record = Sample.Underlyings[0].Pack();
            record[spare] ^= 1;
            Assert.Null(UnderlyingRecord.Unpack(record));
        }
    }

    [Fact]
    public void Unpack_WrongOrderOrLength_IsMismatch()
    {
        byte[][] records = [.. Sample.Underlyings.Select(u => u.Pack())];
        Assert.Equal(MarginError.CheckpointMismatch, Checkpoint.Unpack(Sample.PackHead(), [records[1], records[0]], out _));
        Assert.Equal(MarginError.CheckpointMismatch, Checkpoint.Unpack(Sample.PackHead(), [records[0]], out _));
        Assert.Equal(MarginError.CheckpointMismatch, Checkpoint.Unpack(Sample.PackHead().AsSpan(1), records, out _));
        Assert.Null(UnderlyingRecord.Unpack(records[0].AsSpan(1)));
    }

    [Fact]
    public void Pack_KnownRecord_HasFieldsInPlace()
    {
        var surface = new Surface(1, 2, -1, 3, -2, 4, 5);
        var record = new UnderlyingRecord(
            7, 8, MarketState.Halted, 1, 2, 3, 4, 5, -1, 6, new RiskParameters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
            [new ExpiryRecord(0x01020304, 9, 10, surface, surface) { FollowSeconds = 0x0506 }]);
        string hex = Convert.ToHexStringLower(record.Pack());
        string[] words = [.. Enumerable.Range(0, hex.Length / 64).Select(i => hex.Substring(i * 64, 64))];
        Assert.Equal("0000000000000001000000000000000200000000000000030000000000000004", words[0]);
        Assert.Equal("0000000000000005ffffffffffffffff00000000000000060007080201000000", words[1]);
        Assert.Equal("0000000100000002000000030000000400000005000000060000000700000008", words[2]);
        Assert.Equal("000000090000000a0000000b0000000c0000000d000000000000000000000000", words[3]);
        Assert.Equal("010203040000000009000000000a0000000000000001" + "0000000000000002" + "0506", words[4][..64]);
        Assert.Equal("ffffffffffffffff0000000000000003fffffffe000000040000000500000000", words[5]);
        Assert.Equal("0000000000000001000000000000000200000000000000000000000000000000", words[6]);
        Assert.Equal(words[5], words[7]);
    }
}
