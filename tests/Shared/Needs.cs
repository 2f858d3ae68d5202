namespace OnchainMargin.Tests.Shared;

/// <summary>Why a test is skipped: what it needs and is absent, with the remedy; null where it is there.</summary>
internal static class Needs
{
    private static readonly string Hardhat = Path.Combine("node_modules", ".bin", "hardhat");
    private static readonly string Referee = Path.Combine("artifacts", "contracts", "margin", "Referee.sol", "Referee.json");

    /// <summary>The npm packages.</summary>
    public static string? Packages => File(Hardhat, "npm ci");

    /// <summary>The compiled contracts.</summary>
    public static string? Contracts => File(Referee, "npx hardhat build");

    /// <summary>A file or folder of ../shared/data.</summary>
    public static string? SharedData(string path) => IsThere(TestFiles.SharedData(path)) ? null : Sentence($"../shared/data/{path}", "put the market data beside the repository");

    /// <summary>A file or folder of the repository that a command makes.</summary>
    public static string? File(string path, string remedy) => IsThere(Path.Combine(TestFiles.Root, path)) ? null : Sentence(path, remedy);

    /// <summary>The one sentence.</summary>
    public static string Sentence(string what, string remedy) => $"needs {what}, which is absent: {remedy}";

    private static bool IsThere(string path) => Path.Exists(path);
}
