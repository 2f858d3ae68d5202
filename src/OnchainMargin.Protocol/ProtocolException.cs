namespace OnchainMargin.Protocol;

/// <summary>Thrown when something is not of this protocol or of this deployment: an addresses file, an event, a state, a checkpoint. Its message is one sentence that names the input and the remedy.</summary>
public sealed class ProtocolException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public ProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
