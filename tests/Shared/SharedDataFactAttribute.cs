namespace OnchainMargin.Tests.Shared;

/// <summary>A fact that reads a file or folder of ../shared/data and is skipped, with that reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string path) => Skip = Needs.SharedData(path);
}
