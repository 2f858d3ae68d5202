namespace OnchainMargin.Ethereum.Contracts;

/// <summary><c>Panic(uint256)</c>: a check that the compiler put in.</summary>
/// <param name="Data">The revert data as it came.</param>
/// <param name="Code">The panic's code.</param>
public sealed record PanicReason(byte[] Data, UInt256 Code) : RevertReason(Data)
{
    /// <summary>The code in words.</summary>
    public string Meaning => Code > 0xff ? "unknown panic" : (int)Code switch
    {
        0x00 => "generic panic",
        0x01 => "assertion failed",
        0x11 => "arithmetic overflow or underflow",
        0x12 => "division or modulo by zero",
        0x21 => "value outside its enum",
        0x22 => "storage byte array wrongly encoded",
        0x31 => "pop of an empty array",
        0x32 => "array index out of bounds",
        0x41 => "too much memory",
        0x51 => "call of an uninitialised function",
        _ => "unknown panic",
    };

    /// <inheritdoc/>
    public override string ToString() => $"panic {Code.ToQuantity()} ({Meaning})";
}
