namespace OnchainMargin.Protocol.Tests;

/// <summary>A fact that needs an installed npm package and is skipped, with the reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeModuleFactAttribute : FactAttribute
{
    public NodeModuleFactAttribute(string package)
    {
        if (!Directory.Exists(Path.Combine(TestFiles.Root, "node_modules", package)))
        {
            Skip = $"needs the npm package {package}: run npm ci";
        }
    }
}
