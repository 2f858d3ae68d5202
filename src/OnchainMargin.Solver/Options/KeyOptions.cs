using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;

namespace OnchainMargin.Solver.Options;

/// <summary>Where a private key is found: in a key file (web3 secret storage, or the hexadecimal key alone) or an environment variable, never in the configuration itself.</summary>
public sealed record KeyOptions
{
    /// <summary>The environment variable that holds the password of a key file unless told otherwise.</summary>
    public const string DefaultPasswordVariable = "OMARGIN_KEY_PASSWORD";

    /// <summary>The key file; empty when the key is in a variable.</summary>
    public string File { get; init; } = "";

    /// <summary>The environment variable that holds the key file's password.</summary>
    public string PasswordVariable { get; init; } = DefaultPasswordVariable;

    /// <summary>The environment variable that holds the key itself, as 0x and 64 digits; empty when the key is in a file.</summary>
    public string Variable { get; init; } = "";

    /// <summary>Whether a place is named at all.</summary>
    public bool IsSet => File.Length > 0 || Variable.Length > 0;

    /// <summary>Reads the key. No message has the name of a variable: where it belongs the secret itself may stand.</summary>
    /// <param name="section">Where these options stand, for messages.</param>
    /// <exception cref="KeyException">Thrown when it cannot be had.</exception>
    public PrivateKey Read(string section) => File.Length > 0
        ? KeyFile.Open(File, PasswordVariable, $"environment variable that option {section}:passwordVariable names")
        : PrivateKey.FromEnvironment(Variable, $"environment variable that option {section}:variable names");

    internal IEnumerable<string> Errors(string section, bool isRequired)
    {
        OptionErrors errors = new(section);
        errors.Require(IsSet || !isRequired, "file", $"is not set; name a key file, or set {section}:variable to the name of an environment variable that holds the key");
        errors.Require(File.Length == 0 || Variable.Length == 0, "variable", "is set beside a key file; keep one of the two");
        errors.Require(File.Length == 0 || PasswordVariable.Length > 0, "passwordVariable", "is empty; name the environment variable that holds the key file's password");
        errors.VariableName(Variable);
        errors.VariableName(PasswordVariable);
        errors.Require(!PrivateKey.LooksLikeKey(File), "file", "looks like a key; name a file that holds it, and take the key for known if it is one");
        return errors.Sentences;
    }
}
