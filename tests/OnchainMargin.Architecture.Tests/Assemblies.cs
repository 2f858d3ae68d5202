namespace OnchainMargin.Architecture.Tests;

/// <summary>Compiled projects, as copied beside the tests.</summary>
internal static class Assemblies
{
    public static string Path(string project)
    {
        var name = string.Equals(project, "OnchainMargin.Cli", StringComparison.Ordinal) ? "omargin" : project;
        return System.IO.Path.Combine(AppContext.BaseDirectory, name + ".dll");
    }
}
