namespace OnchainMargin.Tests.Shared;

/// <summary>A fact that needs a Hardhat node, skipped with that reason where the npm packages are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HardhatFactAttribute : FactAttribute
{
    public HardhatFactAttribute() => Skip = Needs.Packages;
}
