namespace OnchainMargin.Ethereum;

/// <summary>What goes wrong with a file that somebody named: it is not there, may not be touched, the disk is full, or its name is none, empty for one.</summary>
public static class FileFault
{
    /// <summary>Whether an error of reading or writing a file is of that kind.</summary>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentException;
}
