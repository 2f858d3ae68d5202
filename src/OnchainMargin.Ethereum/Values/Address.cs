using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum;

/// <summary>A 20-byte account address.</summary>
[JsonConverter(typeof(AddressJsonConverter))]
[StructLayout(LayoutKind.Auto)]
public readonly struct Address : IEquatable<Address>, IComparable<Address>
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 20;

    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly uint _word2;

    /// <summary>Creates the address from exactly 20 bytes.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the span has another length.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new EthereumFormatException($"An address was given {bytes.Length} bytes; give exactly 20.");
        }

        _word0 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _word1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _word2 = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>The zero address.</summary>
    public static Address Zero => default;

    /// <summary>Whether this is the zero address.</summary>
    public bool IsZero => (_word0 | _word1 | _word2) == 0;

    /// <summary>The address that belongs to an uncompressed public key of 64 bytes (X then Y, without the 04 tag).</summary>
    public static Address FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != 64)
        {
            throw new EthereumFormatException($"A public key was given {publicKey.Length} bytes; give 64 (X then Y, without the leading 04).");
        }

        Span<byte> hash = stackalloc byte[32];
        Keccak256.Hash(publicKey, hash);
        return new Address(hash[12..]);
    }

    /// <summary>Reads 0x and 40 hexadecimal digits; a text of mixed case must carry the right EIP-55 checksum.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the text is not an address or its checksum is wrong.</exception>
    public static Address Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Size];
        HexData.Decode(text, bytes, "address");
        var address = new Address(bytes);
        return Checksum.IsConsistent(text, address)
            ? address
            : throw new EthereumFormatException($"The address '{text}' has a wrong EIP-55 checksum (expected {address}); check it for a mistyped digit or write it in lower case.");
    }

    /// <summary>Reads an address like <see cref="Parse"/>; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        Span<byte> bytes = stackalloc byte[Size];
        address = HexData.TryDecode(text, bytes) ? new Address(bytes) : default;
        return text is not null && HexData.TryDecode(text, bytes) && Checksum.IsConsistent(text, address);
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _word0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _word1);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _word2);
    }

    /// <summary>The 20 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The address with its EIP-55 checksum.</summary>
    public override string ToString() => Checksum.Format(this);

    /// <summary>The address in lower-case hex, with 0x before it.</summary>
    public string ToLowerHex()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return HexData.Encode(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(Address other) => _word0 == other._word0 && _word1 == other._word1 && _word2 == other._word2;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2);

    /// <summary>Orders addresses as their bytes are ordered.</summary>
    public int CompareTo(Address other)
    {
        int order = _word0.CompareTo(other._word0);
        order = order != 0 ? order : _word1.CompareTo(other._word1);
        return order != 0 ? order : _word2.CompareTo(other._word2);
    }

    /// <summary>Whether two addresses are the same.</summary>
    public static bool operator ==(Address left, Address right) => left.Equals(right);

    /// <summary>Whether two addresses differ.</summary>
    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    /// <summary>Whether the left address sorts before the right.</summary>
    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left address sorts after the right.</summary>
    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left address does not sort after the right.</summary>
    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left address does not sort before the right.</summary>
    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;
}
