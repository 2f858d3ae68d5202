using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.Keys;

/// <summary>Key files: web3 secret storage, version 3.</summary>
public static class KeyFile
{
    private const int LargestFile = 64 << 10;

    /// <summary>Opens a key file: web3 secret storage, or a file that holds the hexadecimal key alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passwordVariable">The environment variable of the password; it is read only when the file is encrypted.</param>
    /// <param name="shownAs">What messages call that variable where somebody else wrote its name, and may have written the password itself; null for its name.</param>
    /// <exception cref="KeyException">Thrown when the file cannot be read, or the password is missing or wrong.</exception>
    /// <exception cref="EthereumFormatException">Thrown when the file is no key file.</exception>
    public static PrivateKey Open(string path, string passwordVariable, string? shownAs = null)
    {
        string text = ReadText(path);
        if (!text.AsSpan().TrimStart().StartsWith("{"))
        {
            return PrivateKey.Parse(text, $"the key file '{path}'");
        }

        string password = Environment.GetEnvironmentVariable(passwordVariable)
            ?? throw new KeyException($"The key file '{path}' needs its password: set the {shownAs ?? $"environment variable {passwordVariable}"}.");
        return Decrypt(text, password, path);
    }

    /// <summary>Opens an encrypted key file.</summary>
    /// <exception cref="KeyException">Thrown when the file cannot be read or the password is wrong.</exception>
    /// <exception cref="EthereumFormatException">Thrown when the file is no key file.</exception>
    public static PrivateKey Read(string path, string password) => Decrypt(ReadText(path), password, path);

    /// <summary>Opens the text of a key file.</summary>
    /// <param name="json">The text.</param>
    /// <param name="password">The password.</param>
    /// <param name="source">Where the text comes from, for messages.</param>
    /// <exception cref="KeyException">Thrown when the password is wrong.</exception>
    /// <exception cref="EthereumFormatException">Thrown when the text is no key file.</exception>
    public static PrivateKey Decrypt(string json, string password, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(password);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Decrypt(document.RootElement, Encoding.UTF8.GetBytes(password), source);
        }
        catch (JsonException exception)
        {
            throw new EthereumFormatException($"The key file '{source}' is not JSON ({JsonFault.Of(exception)}); give a web3 secret storage file of version 3.", exception);
        }
    }

    /// <summary>Writes a key into a new file that only its owner may read (mode 600). The file appears whole or not at all, and never replaces another.</summary>
    /// <exception cref="KeyException">Thrown when the file exists or cannot be written.</exception>
    public static void Write(string path, PrivateKey key, string password, KeyFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(password);
        byte[] content = Encrypt(key, Encoding.UTF8.GetBytes(password), options ?? new KeyFileOptions());
        string unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(unfinished, creation))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }

            throw new KeyException($"The key file '{path}' cannot be written ({exception.Message}); name a new file in a folder that you may write to.", exception);
        }
    }

    private static string ReadText(string path)
    {
        if (PrivateKey.LooksLikeKey(path))
        {
            throw new KeyException("What is named as a key file looks like a key; name a file that holds it, and take the key for known if it is one.");
        }

        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length > LargestFile
                ? throw new EthereumFormatException($"The key file '{path}' has {file.Length} bytes; a key file has less than {LargestFile}.")
                : File.ReadAllText(path);
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            string why = File.Exists(path) ? "cannot be read" : "does not exist";
            throw new KeyException($"The key file '{path}' {why}: check the path and its permissions.", exception);
        }
    }

    private static PrivateKey Decrypt(JsonElement root, byte[] password, string source)
    {
        if (KeyFileJson.Number(root, "version") != 3)
        {
            throw new EthereumFormatException($"The key file '{source}' is not of version 3; convert it with the client that wrote it.");
        }

        JsonElement crypto = KeyFileJson.Member(root, "crypto");
        string cipher = KeyFileJson.Text(crypto, "cipher");
        byte[] text = KeyFileJson.Bytes(crypto, "ciphertext");
        byte[] vector = KeyFileJson.Bytes(KeyFileJson.Member(crypto, "cipherparams"), "iv");
        if (cipher is not "aes-128-ctr" || text.Length != 32 || vector.Length != 16)
        {
            throw new EthereumFormatException($"The key file '{source}' holds {text.Length} bytes under '{HexData.Quote(cipher)}'; known are 32 bytes under aes-128-ctr with a 16-byte vector.");
        }

        byte[] expected = KeyFileJson.Bytes(crypto, "mac");
        byte[] derived = KeyDerivation.Derive(password, KeyFileJson.Text(crypto, "kdf"), KeyFileJson.Member(crypto, "kdfparams"));
        byte[] check = Keccak256.Hash([.. derived.AsSpan(16, 16), .. text]).ToArray();
        if (!CryptographicOperations.FixedTimeEquals(check, expected))
        {
            throw new KeyException($"The password of the key file '{source}' is wrong, or the file was altered; give the password it was written with.");
        }

        AesCounter.Apply(derived.AsSpan(0, 16), vector, text);
        var key = new PrivateKey(text);
        CryptographicOperations.ZeroMemory(text);
        CryptographicOperations.ZeroMemory(derived);
        return key;
    }

    private static byte[] Encrypt(PrivateKey key, byte[] password, KeyFileOptions options)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(32);
        byte[] vector = RandomNumberGenerator.GetBytes(16);
        byte[] derived = KeyDerivation.ByScrypt(password, salt, options.ScryptCost, options.ScryptBlockSize, options.ScryptParallelisation);
        var text = new byte[32];
        key.CopyTo(text);
        AesCounter.Apply(derived.AsSpan(0, 16), vector, text);
        byte[] check = Keccak256.Hash([.. derived.AsSpan(16, 16), .. text]).ToArray();
        CryptographicOperations.ZeroMemory(derived);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", 3);
            writer.WriteString("id", Guid.NewGuid());
            writer.WriteString("address", key.Address.ToLowerHex()[2..]);
            writer.WriteStartObject("crypto");
            writer.WriteString("cipher", "aes-128-ctr");
            writer.WriteStartObject("cipherparams");
            writer.WriteString("iv", Convert.ToHexStringLower(vector));
            writer.WriteEndObject();
            writer.WriteString("ciphertext", Convert.ToHexStringLower(text));
            writer.WriteString("kdf", "scrypt");
            writer.WriteStartObject("kdfparams");
            writer.WriteNumber("dklen", 32);
            writer.WriteNumber("n", options.ScryptCost);
            writer.WriteNumber("r", options.ScryptBlockSize);
            writer.WriteNumber("p", options.ScryptParallelisation);
            writer.WriteString("salt", Convert.ToHexStringLower(salt));
            writer.WriteEndObject();
            writer.WriteString("mac", Convert.ToHexStringLower(check));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
