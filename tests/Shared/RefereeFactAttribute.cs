namespace OnchainMargin.Tests.Shared;

/// <summary>A fact that runs the Solidity referee on a node of its own, skipped with the reason where packages or compiled contracts are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RefereeFactAttribute : FactAttribute
{
    public RefereeFactAttribute() => Skip = Needs.Packages ?? Needs.Contracts;
}
