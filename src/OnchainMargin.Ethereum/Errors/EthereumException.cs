namespace OnchainMargin.Ethereum;

/// <summary>The root of everything this library throws on purpose. Its message is one sentence that names the input and the remedy.</summary>
public abstract class EthereumException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    protected EthereumException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
