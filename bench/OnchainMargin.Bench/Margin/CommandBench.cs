using System.Diagnostics;
using OnchainMargin.Cli.Tests.Margin;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Bench.Margin;

/// <summary><c>omargin margin</c> of a book of 10,000 accounts: a process each time, from its start to its end, the fastest of some.</summary>
internal static class CommandBench
{
    private const int Accounts = 10_000;
    private const int Turns = 3;

    public static void Run(IDictionary<string, double> results)
    {
        string book = Path.GetTempFileName();
        File.WriteAllText(book, Books.Large(Accounts));
        results["cli.margin.10k.json.seconds"] = Fastest(["margin", "--book", book, "--json"]);
        results["cli.margin.10k.table.seconds"] = Fastest(["margin", "--book", book]);
        File.Delete(book);
    }

    private static double Fastest(string[] arguments) => Enumerable.Range(0, Turns).Min(_ => Once(arguments));

    private static double Once(string[] arguments)
    {
        string command = Path.Combine(TestFiles.Root, "src", "OnchainMargin.Cli", "bin", "Release", "net10.0", "omargin.dll");
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [command, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(began).TotalSeconds
            : throw new InvalidOperationException($"omargin {string.Join(' ', arguments)} ended with {process.ExitCode}; its error is above.");
    }
}
