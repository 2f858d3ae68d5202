namespace OnchainMargin.Architecture.Tests;

/// <summary>A fact about the compiled contracts, skipped with that reason where nothing was compiled.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompiledContractsFactAttribute : FactAttribute
{
    public CompiledContractsFactAttribute()
    {
        if (!Directory.Exists(Path.Combine(TestFiles.Root, "artifacts", "contracts")))
        {
            Skip = "the contracts are not compiled: run `node_modules/.bin/hardhat build` first";
        }
    }
}
