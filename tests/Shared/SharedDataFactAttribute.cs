namespace OnchainMargin.Tests.Shared;

/// <summary>A fact that reads a file or folder of ../shared/data and is skipped, with that reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string path)
    {
        var full = TestFiles.SharedData(path);
        if (!File.Exists(full) && !Directory.Exists(full))
        {
            Skip = $"needs ../shared/data/{path}, which is absent";
        }
    }
}
