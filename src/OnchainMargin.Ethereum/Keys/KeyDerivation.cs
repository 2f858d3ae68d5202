using System.Security.Cryptography;
using System.Text.Json;

namespace OnchainMargin.Ethereum.Keys;

/// <summary>Derives the encryption key of a key file from its password, within bounds that a hostile file cannot leave.</summary>
internal static class KeyDerivation
{
    private const long MostScryptBytes = 1L << 30;
    private const int MostParallelisation = 16;
    private const int MostRounds = 10_000_000;
    private const int KeyBytes = 32;

    public static byte[] ByScrypt(byte[] password, byte[] salt, long cost, long blockSize, long parallelisation)
    {
        bool isPowerOfTwo = cost > 1 && (cost & (cost - 1)) == 0;
        if (!isPowerOfTwo || blockSize is < 1 or > 64 || parallelisation is < 1 or > MostParallelisation || cost > MostScryptBytes / (128 * blockSize))
        {
            throw new EthereumFormatException($"The key file asks for scrypt with n = {cost}, r = {blockSize}, p = {parallelisation}; n must be a power of two, and at most 1 GiB of memory is allowed.");
        }

        return Scrypt.Derive(password, salt, (int)cost, (int)blockSize, (int)parallelisation, KeyBytes);
    }

    public static byte[] Derive(byte[] password, string kdf, JsonElement parameters)
    {
        byte[] salt = KeyFileJson.Bytes(parameters, "salt");
        if (KeyFileJson.Number(parameters, "dklen") != KeyBytes)
        {
            throw new EthereumFormatException("The key file's dklen is not 32; only 32-byte derived keys are known.");
        }

        switch (kdf)
        {
            case "scrypt":
                return ByScrypt(password, salt, KeyFileJson.Number(parameters, "n"), KeyFileJson.Number(parameters, "r"), KeyFileJson.Number(parameters, "p"));
            case "pbkdf2":
                long rounds = KeyFileJson.Number(parameters, "c");
                string function = KeyFileJson.Text(parameters, "prf");
                return rounds is > 0 and <= MostRounds && function is "hmac-sha256"
                    ? Rfc2898DeriveBytes.Pbkdf2(password, salt, (int)rounds, HashAlgorithmName.SHA256, KeyBytes)
                    : throw new EthereumFormatException($"The key file asks for pbkdf2 with {rounds} rounds of '{HexData.Quote(function)}'; known is hmac-sha256 with at most {MostRounds} rounds.");
            default:
                throw new EthereumFormatException($"The key file asks for the key derivation '{HexData.Quote(kdf)}'; known are scrypt and pbkdf2.");
        }
    }
}
