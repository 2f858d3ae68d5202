using OnchainMargin.Ethereum;

namespace OnchainMargin.Cli.Text;

/// <summary>Files that the user names: read whole, written whole or not at all.</summary>
internal static class FileText
{
    /// <summary>Reads a text file.</summary>
    /// <param name="path">The path as given.</param>
    /// <param name="what">What the file is, for the error: <c>order file</c>.</param>
    /// <exception cref="CliException">It cannot be read.</exception>
    public static string Read(string path, string what)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            var why = Path.Exists(path) ? "cannot be read" : "does not exist";
            throw new CliException($"The {what} '{path}' {why}: check the path and its permissions.", exception);
        }
    }

    /// <summary>Writes a text file beside its place and moves it there, so that nobody sees half of it.</summary>
    /// <exception cref="CliException">It cannot be written.</exception>
    public static void Write(string path, string text, string what)
    {
        var draft = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            File.WriteAllText(draft, text);
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }

            throw new CliException($"The {what} '{path}' cannot be written: name a path in a folder that you may write to.", exception);
        }
    }
}
