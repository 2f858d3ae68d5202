namespace OnchainMargin.Cli.Margin;

/// <summary>The folder of the repository, which holds the contracts and the local node.</summary>
internal static class RepositoryRoot
{
    private const string Mark = "hardhat.config.js";

    /// <summary>The folder given, or the nearest above the working folder or the program.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static string Find(string? given)
    {
        if (given is not null)
        {
            return File.Exists(Path.Combine(given, Mark))
                ? Path.GetFullPath(given)
                : throw new CliException($"The --root '{given}' is not the repository: name the folder that holds {Mark}.");
        }

        return Above(Directory.GetCurrentDirectory()) ?? Above(AppContext.BaseDirectory)
            ?? throw new CliException($"The repository, which --verify needs for the contracts and the local node, is not above this folder: name it with --root.");
    }

    private static string? Above(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, Mark)))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
