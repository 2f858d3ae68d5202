using System.Xml.Linq;

namespace OnchainMargin.Architecture.Tests;

/// <summary>The checked-out tree: where its root is, which files are its own and what the project files say.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs =
        ["node_modules", "bin", "obj", "artifacts", "cache", ".git", ".run", "TestResults", "coverage", "BenchmarkDotNet.Artifacts"];

    public static IEnumerable<string> Files(string folder, string extension)
    {
        var start = Path.Combine(TestFiles.Root, folder);
        return Directory.Exists(start) ? Walk(start, extension).Order(StringComparer.Ordinal) : [];
    }

    public static IEnumerable<string> Folders(string folder) =>
        new DirectoryInfo(Path.Combine(TestFiles.Root, folder)) is { Exists: true } start
            ? start.EnumerateDirectories().Select(child => child.Name)
                .Where(name => !NotOurs.Contains(name, StringComparer.Ordinal))
                .Order(StringComparer.Ordinal)
            : [];

    public static string Relative(string path) => Path.GetRelativePath(TestFiles.Root, path).Replace('\\', '/');

    public static IEnumerable<string> ProjectReferences(string projectFile) =>
        XDocument.Load(projectFile).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    private static IEnumerable<string> Walk(string folder, string extension)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (file.EndsWith(extension, StringComparison.Ordinal))
            {
                yield return file;
            }
        }

        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            if (NotOurs.Contains(Path.GetFileName(child), StringComparer.Ordinal))
            {
                continue;
            }

            foreach (var file in Walk(child, extension))
            {
                yield return file;
            }
        }
    }
}
