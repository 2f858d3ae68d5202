namespace OnchainMargin.Cli;

/// <summary>What the user gave cannot be used. The message is one sentence that names the input and the remedy.</summary>
public sealed class CliException : Exception
{
    /// <summary>Creates the error.</summary>
    public CliException()
    {
    }

    /// <summary>Creates the error with its sentence.</summary>
    public CliException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its sentence and what caused it.</summary>
    public CliException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
