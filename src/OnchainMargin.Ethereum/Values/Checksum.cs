using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum;

/// <summary>EIP-55: a digit's capital says whether the matching nibble of the hash of the lower-case digits is 8 or more.</summary>
internal static class Checksum
{
    public static string Format(Address address) => string.Create(42, address, static (text, address) =>
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        Span<byte> digits = stackalloc byte[40];
        Span<byte> hash = stackalloc byte[32];
        address.CopyTo(bytes);
        HexData.EncodeDigits(bytes, digits);
        Keccak256.Hash(digits, hash);
        text[0] = '0';
        text[1] = 'x';
        for (int i = 0; i < 40; i++)
        {
            int nibble = (i & 1) == 0 ? hash[i >> 1] >> 4 : hash[i >> 1] & 15;
            char digit = (char)digits[i];
            text[i + 2] = nibble >= 8 ? char.ToUpperInvariant(digit) : digit;
        }
    });

    /// <summary>True when the text's digits are all of one case, or carry the checksum.</summary>
    public static bool IsConsistent(string text, Address address)
    {
        ReadOnlySpan<char> digits = text.AsSpan(2);
        bool hasLower = digits.ContainsAnyInRange('a', 'f');
        bool hasUpper = digits.ContainsAnyInRange('A', 'F');
        return !(hasLower && hasUpper) || string.Equals(text[2..], Format(address)[2..], StringComparison.Ordinal);
    }
}
