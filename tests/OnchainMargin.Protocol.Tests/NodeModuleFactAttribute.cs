namespace OnchainMargin.Protocol.Tests;

/// <summary>A fact that needs an installed npm package and is skipped, with the reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeModuleFactAttribute : FactAttribute
{
    public NodeModuleFactAttribute(string package) => Skip = Needs.File(Path.Combine("node_modules", package), "npm ci");
}
