namespace OnchainMargin.Cli.Tests.Margin;

/// <summary>A test that runs the Solidity referee on a local node; skipped, with the reason, where packages or compiled contracts are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RefereeFactAttribute : FactAttribute
{
    public RefereeFactAttribute()
    {
        if (Root is null)
        {
            Skip = "The referee is not compiled here: run `npm ci` and `hardhat build` in the repository.";
        }
    }

    /// <summary>The repository, or null when it lacks what the test needs.</summary>
    public static string? Root { get; } = Find();

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "hardhat.config.js")))
            {
                return File.Exists(Path.Combine(at.FullName, "artifacts", "contracts", "margin", "Referee.sol", "Referee.json"))
                    && File.Exists(Path.Combine(at.FullName, "node_modules", ".bin", "hardhat"))
                    ? at.FullName
                    : null;
            }
        }

        return null;
    }
}
