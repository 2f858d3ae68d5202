namespace OnchainMargin.Protocol.Deployment;

/// <summary>A deployment, or its file, that cannot go on. The message is one sentence that names the input and the remedy.</summary>
public sealed class DeploymentException : Exception
{
    /// <summary>Creates the error.</summary>
    public DeploymentException()
    {
    }

    /// <summary>Creates the error with its sentence.</summary>
    public DeploymentException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its sentence and what caused it.</summary>
    public DeploymentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
