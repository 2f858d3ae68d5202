namespace OnchainMargin.EndToEnd.Tests.Differential;

/// <summary>A fact that needs a Hardhat node and compiled contracts, skipped with the reason where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HardhatFactAttribute : FactAttribute
{
    public HardhatFactAttribute()
    {
        if (!HardhatProcess.IsInstalled)
        {
            Skip = "needs node_modules/.bin/hardhat: run npm ci.";
        }
        else if (!File.Exists(RefereeNode.Artifact("margin", "Referee")))
        {
            Skip = "needs artifacts/contracts/margin/Referee.sol: run npx hardhat build.";
        }
    }
}
