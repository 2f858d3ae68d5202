namespace OnchainMargin.Tests.Shared;

/// <summary>A fact about the compiled contracts, skipped with that reason where nothing was compiled.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompiledContractsFactAttribute : FactAttribute
{
    public CompiledContractsFactAttribute() => Skip = Needs.Contracts;
}
