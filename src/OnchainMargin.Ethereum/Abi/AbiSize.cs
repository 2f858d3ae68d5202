using System.Text;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>The sizes of dynamic contents, with which a caller of <see cref="AbiWriter"/> makes its buffer.</summary>
public static class AbiSize
{
    /// <summary>A length rounded up to whole words.</summary>
    public static int Padded(int length) => (length + 31) & ~31;

    /// <summary>The tail of a run of bytes: its length and its padded content.</summary>
    public static int Of(ReadOnlySpan<byte> value) => AbiWriter.Word + Padded(value.Length);

    /// <summary>The tail of a text.</summary>
    public static int Of(string? value) => AbiWriter.Word + Padded(Encoding.UTF8.GetByteCount(value ?? ""));
}
