namespace OnchainMargin.Protocol.Tests;

/// <summary>A theory that needs a file of the shared data folder and is skipped, with the reason, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    public SharedDataTheoryAttribute(string file)
    {
        if (!File.Exists(TestFiles.SharedData(file)))
        {
            Skip = $"needs ../shared/data/{file}";
        }
    }
}
