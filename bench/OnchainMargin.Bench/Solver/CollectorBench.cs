using System.Diagnostics;
using System.Text.Json;

namespace OnchainMargin.Bench.Solver;

/// <summary>The bench of latency once under each mode of the collector, each in a process of its own, in turns. Only run when it is named.</summary>
internal static class CollectorBench
{
    private const int Turns = 2;

    private static readonly (string Name, string Server, string Concurrent)[] Modes =
        [("workstation", "0", "0"), ("workstationConcurrent", "0", "1"), ("server", "1", "0"), ("serverConcurrent", "1", "1")];

    public static void Run(IDictionary<string, double> results, bool isNamed)
    {
        for (int turn = 0; turn < (isNamed ? Turns : 0); turn++)
        {
            foreach ((string name, string server, string concurrent) in Modes)
            {
                string file = Path.GetTempFileName();
                var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(CollectorBench).Assembly.Location, "--quick", "--only=Latency", file]);
                start.Environment["DOTNET_gcServer"] = server;
                start.Environment["DOTNET_gcConcurrent"] = concurrent;
                using Process child = Process.Start(start)!;
                child.WaitForExit();
                if (child.ExitCode != 0)
                {
                    throw new InvalidOperationException($"The bench of latency ended with {child.ExitCode} under collector mode {name}; its output is above.");
                }

                // The better of the turns: what else ran on the machine made the other one slower, never this one faster.
                foreach ((string key, double value) in JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(file))!)
                {
                    string own = $"collector.{name}.{key["latency.".Length..]}";
                    results[own] = Math.Min(value, results.TryGetValue(own, out double known) ? known : double.MaxValue);
                }

                File.Delete(file);
            }
        }
    }
}
