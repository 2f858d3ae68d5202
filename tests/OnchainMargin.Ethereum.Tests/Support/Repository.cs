namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>Finds the checkout that the tests run from, and the shared data beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string SharedData { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data"));

    public static string Asset(string name) => Path.Combine(Root, "tests", "OnchainMargin.Ethereum.Tests", "Assets", name);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OnchainMargin.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests must run from inside the checkout.");
    }
}
