namespace OnchainMargin.Solver.Store;

/// <summary>Thrown when the store cannot be used: a file of another deployment, of a newer version, damaged or not writable. The message names the file and the remedy.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public StoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
