using OnchainMargin.Cli.Demo;

namespace OnchainMargin.Cli.Tests.Demo;

public sealed class ChildProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-child-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Dispose_RunningProcess_EndsItAndItsIdFile()
    {
        var child = ChildProcess.Start(_folder, "sleeper", "sleep", "sleep", ["600"]);
        string idFile = Path.Combine(_folder, "sleeper.pid");
        string[] words = (await File.ReadAllTextAsync(idFile)).Split(' ', '\n');

        await child.DisposeAsync();

        Assert.Equal(("sleep", Environment.ProcessId), (words[1], int.Parse(words[2])));
        Assert.False(File.Exists(idFile));
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(int.Parse(words[0])));
    }

    [Fact]
    public async Task LogTail_OfAProcessThatEnded_IsWhatItWrote()
    {
        await using var child = ChildProcess.Start(
            _folder, "speaker", "sh", "sh", ["-c", "echo $WORD; echo and on the other stream >&2"], new Dictionary<string, string>(StringComparer.Ordinal) { ["WORD"] = "spoken" });
        while (!child.HasEnded)
        {
            await Task.Delay(5);
        }

        await child.DisposeAsync();

        Assert.Equal(["and on the other stream", "spoken"], child.LogTail().Split('\n').Order(StringComparer.Ordinal));
    }
}
