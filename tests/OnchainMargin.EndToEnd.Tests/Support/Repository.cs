using System.Diagnostics;
using System.Text;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>The repository that the tests run in: its compiled contracts.</summary>
internal static class Repository
{
    private static readonly Lock Gate = new();

    /// <summary>The folder of the compiled contracts; they are compiled first when they are not there.</summary>
    public static string Artifacts()
    {
        lock (Gate)
        {
            string artifacts = Path.Combine(TestFiles.Root, "artifacts");
            if (!Directory.Exists(Path.Combine(artifacts, "contracts")))
            {
                var log = new StringBuilder();
                using Process build = LoggedProcess.StartHardhat(["build"], log);
                build.WaitForExit();
                Assert.True(build.ExitCode == 0, $"hardhat build failed: {log}");
            }

            return artifacts;
        }
    }
}
