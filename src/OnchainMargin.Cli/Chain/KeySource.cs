using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;

namespace OnchainMargin.Cli.Chain;

/// <summary>Where the signing key comes from: a file or the environment, never the command line, which other users can read.</summary>
internal static class KeySource
{
    /// <summary>The environment variable of the key.</summary>
    public const string KeyVariable = "OMARGIN_KEY";

    /// <summary>The environment variable of a key file's password.</summary>
    public const string PasswordVariable = "OMARGIN_KEY_PASSWORD";

    /// <summary>Reads the key.</summary>
    /// <param name="keyFile">The key file, when one was named.</param>
    /// <exception cref="CliException">There is no key.</exception>
    /// <exception cref="KeyException">The key cannot be had.</exception>
    public static PrivateKey Read(string? keyFile)
    {
        if (keyFile is null)
        {
            return string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(KeyVariable))
                ? throw new CliException($"No key is given: name a key file with --key-file, or set {KeyVariable} to 0x and 64 hexadecimal digits.")
                : PrivateKey.FromEnvironment(KeyVariable);
        }

        return KeyFile.Open(keyFile, PasswordVariable);
    }
}
