namespace OnchainMargin.Models.Data;

/// <summary>A data file cannot be read. The message is one sentence that names the file, the line and the remedy.</summary>
public sealed class DataFileException : Exception
{
    /// <summary>Creates the error.</summary>
    public DataFileException()
    {
    }

    /// <summary>Creates the error with its sentence.</summary>
    public DataFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its sentence and what caused it.</summary>
    public DataFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
