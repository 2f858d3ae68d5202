namespace OnchainMargin.Tests.Shared;

/// <summary>A theory that reads a file or folder of ../shared/data and is skipped, with that reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    public SharedDataTheoryAttribute(string path) => Skip = Needs.SharedData(path);
}
