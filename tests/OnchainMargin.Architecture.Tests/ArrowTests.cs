using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace OnchainMargin.Architecture.Tests;

public sealed class ArrowTests
{
    public static TheoryData<string> Projects => new(Arrows.Allowed.Keys);

    [Fact]
    public void Source_EveryProject_HasItsArrowsWrittenDown()
    {
        var projects = Repository.Files("src", ".csproj").Select(file => Path.GetFileNameWithoutExtension(file));

        Assert.Equal(Arrows.Allowed.Keys.Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectFile_References_StayWithinTheArrows(string project)
    {
        var references = Repository.ProjectReferences(Path.Combine(TestFiles.Root, "src", project, project + ".csproj"));

        Assert.Empty(references.Except(Arrows.Allowed[project], StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_References_StayWithinTheArrows(string project)
    {
        var references = OwnReferences(Assemblies.Path(project)).ToList();

        Assert.Empty(references.Except(Arrows.Reachable(project), StringComparer.Ordinal));
    }

    [Fact]
    public void Arrows_NoProject_ReachesItself() =>
        Assert.DoesNotContain(Arrows.Allowed.Keys, project => Arrows.Reachable(project).Contains(project));

    [Fact]
    public void Tests_NoSourceProject_ReferencesThem()
    {
        var tests = Repository.Files("tests", ".csproj").Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet(StringComparer.Ordinal);
        var offenders = Repository.Files("src", ".csproj").Where(file => Repository.ProjectReferences(file).Any(tests.Contains));

        Assert.Empty(offenders.Select(Repository.Relative));
    }

    [Fact]
    public void Solution_ContainsEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(TestFiles.Root, "OnchainMargin.sln"));
        var projects = Repository.Files("src", ".csproj").Concat(Repository.Files("tests", ".csproj")).Concat(Repository.Files("bench", ".csproj"));

        var missing = projects.Select(Repository.Relative).Where(project => !solution.Contains(project.Replace('/', '\\'), StringComparison.Ordinal)).ToList();

        Assert.Empty(missing);
    }

    private static List<string> OwnReferences(string assembly)
    {
        using var reader = new PEReader(File.OpenRead(assembly));
        var metadata = reader.GetMetadataReader();
        return metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Select(name => string.Equals(name, "omargin", StringComparison.Ordinal) ? "OnchainMargin.Cli" : name)
            .Where(name => name.StartsWith("OnchainMargin.", StringComparison.Ordinal))
            .ToList();
    }
}
