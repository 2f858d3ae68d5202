using OnchainMargin.Cli.Text;

namespace OnchainMargin.Cli.Tests.Text;

public sealed class FileTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_MissingFile_NamesItAndTheRemedy()
    {
        string path = Path.Combine(_folder, "none.json");

        Assert.Equal($"The order file '{path}' does not exist: check the path and its permissions.", Assert.Throws<CliException>(() => FileText.Read(path, "order file")).Message);
    }

    [Fact]
    public void Write_IntoAFile_LeavesNothingHalfWritten()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "old");

        Assert.Throws<CliException>(() => FileText.Write(Path.Combine(file, "inside"), "text", "export"));
        FileText.Write(file, "new", "export");

        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder));
    }
}
