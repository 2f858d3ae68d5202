namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>Compiled contracts that the tests bring with them.</summary>
internal static class Assets
{
    public static string PathOf(string name) => Path.Combine(TestFiles.Root, "tests", "OnchainMargin.Ethereum.Tests", "Assets", name);
}
