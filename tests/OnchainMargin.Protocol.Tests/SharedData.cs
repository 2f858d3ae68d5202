namespace OnchainMargin.Protocol.Tests;

/// <summary>Finds the shared data folder beside the repository.</summary>
internal static class SharedData
{
    public static string Root { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(RepositoryRoot(), "..", "shared", "data"));

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    public static string RepositoryRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (File.Exists(System.IO.Path.Combine(folder, "OnchainMargin.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The tests run outside the repository: no OnchainMargin.sln above them.");
    }
}
