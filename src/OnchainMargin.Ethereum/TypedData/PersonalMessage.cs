using System.Globalization;
using System.Text;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.TypedData;

/// <summary>The messages of EIP-191.</summary>
public static class PersonalMessage
{
    /// <summary>Version 45 (<c>personal_sign</c>): the hash of the prefix, the length in decimal, and the message.</summary>
    public static Hash32 Hash(ReadOnlySpan<byte> message)
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{message.Length}");
        return Keccak256.Hash([.. Encoding.ASCII.GetBytes(prefix), .. message]);
    }

    /// <summary>Version 45 over the UTF-8 form of a text.</summary>
    public static Hash32 Hash(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Hash(Encoding.UTF8.GetBytes(message));
    }

    /// <summary>Version 00: data for one validating contract.</summary>
    public static Hash32 HashForValidator(Address validator, ReadOnlySpan<byte> data) =>
        Keccak256.Hash([0x19, 0x00, .. validator.ToArray(), .. data]);
}
