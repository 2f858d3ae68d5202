namespace OnchainMargin.Ethereum;

/// <summary>Thrown when a key cannot be had: a missing variable or file, a wrong password, a number outside the curve. Never carries key material.</summary>
public sealed class KeyException : EthereumException
{
    /// <summary>Creates the exception with the sentence that names where the key was looked for.</summary>
    public KeyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
