namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>Strict DER of an ECDSA signature: only what an encoder would write. Wycheproof gives its signatures in it; Ethereum itself has no use for it.</summary>
internal static class DerSignature
{
    public static bool TryRead(ReadOnlySpan<byte> der, out UInt256 r, out UInt256 s)
    {
        r = s = default;
        return der.Length >= 2 && der[0] == 0x30 && der[1] < 0x80 && der[1] == der.Length - 2
            && TryInteger(ref der, 2, out r) && TryInteger(ref der, 0, out s) && der.IsEmpty;
    }

    private static bool TryInteger(ref ReadOnlySpan<byte> der, int skip, out UInt256 value)
    {
        value = default;
        der = der[skip..];
        if (der.Length < 3 || der[0] != 2 || der[1] >= 0x80 || der[1] == 0 || der[1] > der.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = der.Slice(2, der[1]);
        der = der[(2 + bytes.Length)..];
        bool isNegative = bytes[0] >= 0x80;
        bool isPadded = bytes.Length > 1 && bytes[0] == 0 && bytes[1] < 0x80;
        bytes = bytes[0] == 0 ? bytes[1..] : bytes;
        if (isNegative || isPadded || bytes.Length > 32)
        {
            return false;
        }

        value = new UInt256(bytes);
        return true;
    }
}
