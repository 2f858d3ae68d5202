using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Tests.Generated;

namespace OnchainMargin.Ethereum.Tests.Rpc;

public sealed class RevertDecoderTests
{
    private static readonly RevertDecoder Decoder = new(EchoLab.DecodeError);

    [Theory]
    [InlineData("0x", "no reason given")]
    [InlineData("0x1234", "an error that no known contract declares (0x1234)")]
    [InlineData("0x08c379a0", "an error that no known contract declares (0x08c379a0)")]
    [InlineData("0x4e487b710000000000000000000000000000000000000000000000000000000000000011", "panic 0x11 (arithmetic overflow or underflow)")]
    [InlineData("0x4e487b710000000000000000000000000000000000000000000000000000000000000099", "panic 0x99 (unknown panic)")]
    public void Decode_OfRevertData_SaysItInWords(string data, string words) =>
        Assert.Equal(words, Decoder.Decode(HexData.Decode(data)).ToString());

    [Fact]
    public void Decode_OfAnything_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte[] Data, int Kind)>(), static input =>
        {
            string[] selectors = ["0x08c379a0", "0x4e487b71", HexData.Encode(BitConverter.GetBytes(EchoLab.TooSmallError.Selector).Reverse().ToArray()), "0x"];
            byte[] data = [.. HexData.Decode(selectors[Math.Abs(input.Kind % 4)]), .. input.Data];
            return Decoder.Decode(data).ToString()!.Length > 0;
        }).QuickCheckThrowOnFailure();
}
