using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace OnchainMargin.Architecture.Tests;

/// <summary>A snapshot of the book names the sources of the code that made it: none of them may be missing among those that the assemblies note (src/BookSources.targets).</summary>
public sealed partial class BookSourceTests
{
    private const string Solver = "OnchainMargin.Solver";
    private static readonly string[] Rooms = ["Indexing", "Snapshots", "Store"];

    /// <summary>What these rooms may use of the others: how roles are run and told of changes, options, and the relay's orders, which the store holds as well. None of it makes anything of an event.</summary>
    private static readonly string[] Beside = ["Hosting", "Options", "Relay"];

    [Theory]
    [InlineData("OnchainMargin.Margin", new[] { "src/OnchainMargin.Margin" })]
    [InlineData("OnchainMargin.Ethereum", new[] { "src/OnchainMargin.Ethereum" })]
    [InlineData("OnchainMargin.Protocol", new[] { "src/OnchainMargin.Protocol", "src/OnchainMargin.Bindings" })]
    [InlineData(Solver, new[] { "src/OnchainMargin.Solver/Indexing", "src/OnchainMargin.Solver/Snapshots", "src/OnchainMargin.Solver/Store" })]
    public void Assembly_OfTheBook_NotesEachSource(string project, string[] folders)
    {
        IEnumerable<string> sources = folders.SelectMany(static folder => Repository.Files(folder, ".cs"))
            .Concat(new[] { $"src/{project}/{project}.csproj", "Directory.Build.props", "Directory.Packages.props", "global.json" }.Select(static file => Path.Combine(TestFiles.Root, file)));
        if (string.Equals(project, "OnchainMargin.Protocol", StringComparison.Ordinal))
        {
            sources = sources.Concat(Repository.Files("abi", ".json"));
        }

        Assert.Equal(
            sources.Select(static file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}").Order(StringComparer.Ordinal),
            Noted(project).Order(StringComparer.Ordinal));
    }

    /// <summary>Whatever a room of the book comes to use must be noted as well, or be named above with the reason why not.</summary>
    [Fact]
    public void Solver_RoomsOfTheBook_UseNoOthers()
    {
        IEnumerable<string> used = Rooms.SelectMany(static room => Repository.Files($"src/{Solver}/{room}", ".cs"))
            .SelectMany(static file => Named().Matches(File.ReadAllText(file)).Select(static use => use.Groups["room"].Value))
            .Distinct(StringComparer.Ordinal);

        Assert.Empty(used.Except([.. Rooms, .. Beside, "Margin", "Ethereum", "Protocol"], StringComparer.Ordinal));
    }

    private static string[] Noted(string project)
    {
        using var file = new PEReader(File.OpenRead(Assemblies.Path(project)));
        MetadataReader metadata = file.GetMetadataReader();
        ManifestResource resource = metadata.ManifestResources.Select(metadata.GetManifestResource).Single(one => metadata.StringComparer.Equals(one.Name, "book.sources"));
        BlobReader content = file.GetSectionData(file.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress).GetReader();
        content.Offset = (int)resource.Offset;
        return content.ReadUTF8(content.ReadInt32()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    [GeneratedRegex(@"OnchainMargin\.(Solver\.)?(?<room>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
