using System.CommandLine;
using OnchainMargin.Cli.Margin;

namespace OnchainMargin.Cli.Tests.Margin;

/// <summary>Runs <c>omargin margin</c> on a book text.</summary>
internal static class MarginCommandRunner
{
    public static async Task<(int Exit, string Output)> RunAsync(string book, params string[] arguments)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, book);
            using var output = new StringWriter();
            int exit = await MarginCommand.Create().Parse(["--book", path, .. arguments])
                .InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
            return (exit, output.ToString().ReplaceLineEndings("\n"));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
