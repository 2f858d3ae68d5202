namespace OnchainMargin.Cli.Tests;

/// <summary>A test of a file beside the repository and of the npm packages; skipped, with the reason, where either is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string file)
    {
        if (!File.Exists(Path.Combine(Tree.SharedData, file)))
        {
            Skip = $"../shared/data/{file} is absent";
        }
        else if (!File.Exists(Path.Combine(Tree.Root, "node_modules", ".bin", "node")))
        {
            Skip = "node_modules is absent: run `npm ci`";
        }
    }
}
