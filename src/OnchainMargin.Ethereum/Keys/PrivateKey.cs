using System.Buffers;
using System.Security.Cryptography;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Keys;

/// <summary>A private key in memory. It signs; it is never printed, and it is wiped when disposed.</summary>
public sealed class PrivateKey : ITransactionSigner, IHashSigner, IDisposable
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly byte[] _key;
    private readonly ISecp256k1 _curve;
    private bool _disposed;

    /// <summary>Takes a copy of 32 bytes.</summary>
    /// <exception cref="KeyException">Thrown when they are not a key of the curve.</exception>
    public PrivateKey(ReadOnlySpan<byte> key, ISecp256k1? curve = null)
    {
        Secp256k1.RequireKey(key);
        _curve = curve ?? Secp256k1.Default;
        _key = key.ToArray();
        Span<byte> publicKey = stackalloc byte[64];
        _curve.GetPublicKey(_key, publicKey);
        Address = Address.FromPublicKey(publicKey);
    }

    /// <inheritdoc cref="ITransactionSigner.Address"/>
    public Address Address { get; }

    /// <summary>Makes a new key from the system's randomness.</summary>
    public static PrivateKey Generate()
    {
        Span<byte> key = stackalloc byte[32];
        do
        {
            RandomNumberGenerator.Fill(key);
        }
        while (!Secp256k1.IsScalar(new UInt256(key)));
        var made = new PrivateKey(key);
        CryptographicOperations.ZeroMemory(key);
        return made;
    }

    /// <summary>Reads 64 hexadecimal digits, with or without 0x.</summary>
    /// <param name="hex">The digits.</param>
    /// <param name="source">Where they come from, for the message; the digits themselves are never shown.</param>
    /// <exception cref="KeyException">Thrown when they are not a key.</exception>
    public static PrivateKey Parse(string hex, string source)
    {
        ArgumentNullException.ThrowIfNull(hex);
        string text = hex.Trim();
        text = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text : "0x" + text;
        Span<byte> key = stackalloc byte[32];
        if (!HexData.TryDecode(text, key) || !Secp256k1.IsScalar(new UInt256(key)))
        {
            throw new KeyException($"The private key in {source} is not 64 hexadecimal digits of a number below the curve's order; give 0x and 64 digits.");
        }

        var parsed = new PrivateKey(key);
        CryptographicOperations.ZeroMemory(key);
        return parsed;
    }

    /// <summary>Whether a text is written as a key is: where the name of something is asked for, somebody put the key itself.</summary>
    public static bool LooksLikeKey(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        digits = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? digits[2..] : digits;
        return digits.Length == 64 && !digits.ContainsAnyExcept(HexDigits);
    }

    /// <summary>Reads a key from an environment variable.</summary>
    /// <param name="variable">Its name.</param>
    /// <param name="shownAs">What messages call it where somebody else wrote the name, and may have written the secret itself; null for its name.</param>
    /// <exception cref="KeyException">Thrown when the variable is not set or holds no key.</exception>
    public static PrivateKey FromEnvironment(string variable, string? shownAs = null)
    {
        string? text = Environment.GetEnvironmentVariable(variable);
        string shown = shownAs ?? $"environment variable {variable}";
        return string.IsNullOrWhiteSpace(text)
            ? throw new KeyException($"The {shown} is not set; set it to a private key of 0x and 64 hexadecimal digits, or name a key file.")
            : Parse(text, $"the {shown}");
    }

    /// <inheritdoc/>
    public SignedTransaction Sign(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return new SignedTransaction(transaction, SignHash(transaction.SigningHash()));
    }

    /// <inheritdoc/>
    public Signature SignHash(Hash32 hash)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _curve.Sign(hash, _key);
    }

    /// <summary>The code by which the key knows again what passed through other hands: nobody makes it without the key, and it is no signature.</summary>
    public Hash32 Seal(in Hash32 hash)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> code = stackalloc byte[Hash32.Size];
        Span<byte> message = stackalloc byte[Hash32.Size];
        hash.CopyTo(message);

        // Under a key of its own, which does nothing but seal.
        HMACSHA256.HashData(_key, "OnchainMargin seal"u8, code);
        HMACSHA256.HashData(code, message, code);
        return new Hash32(code);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_key);
    }

    /// <summary>The account, never the key.</summary>
    public override string ToString() => $"PrivateKey of {Address} (redacted)";

    /// <summary>Copies the 32 bytes out, for a key file.</summary>
    internal void CopyTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _key.CopyTo(destination);
    }
}
