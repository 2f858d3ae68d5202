namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>A fact that needs a Hardhat node, skipped where the npm packages are not installed.</summary>
internal sealed class HardhatFactAttribute : FactAttribute
{
    public HardhatFactAttribute()
    {
        if (!File.Exists(Path.Combine(TestFiles.Root, "node_modules", ".bin", "hardhat")))
        {
            Skip = "node_modules/.bin/hardhat is absent: run npm ci.";
        }
    }
}
