using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace OnchainMargin.Bench.Margin;

/// <summary>The kernels under BenchmarkDotNet, in this process: means with their errors, beside the fastest runs of <see cref="MarginBench"/>.</summary>
public class KernelBenchmarks
{
    private readonly MarginBench _bench = new();

    /// <summary>64 strikes at 37 scenarios in integers.</summary>
    [Benchmark(OperationsPerInvoke = MarginBench.Strikes * 37)]
    public void Exact() => _bench.Kernel();

    /// <summary>The same in doubles.</summary>
    [Benchmark(OperationsPerInvoke = MarginBench.Strikes * 37)]
    public void Floating() => _bench.Floating();

    /// <summary>Runs them, and adds <c>kernel.black76.exact.mean.ns</c> and its standard error, and the same of doubles.</summary>
    public static void Run(IDictionary<string, double> results, bool quick)
    {
        ArgumentNullException.ThrowIfNull(results);
        Job job = (quick ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        IConfig config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).WithOptions(ConfigOptions.DisableLogFile);
        Summary summary = BenchmarkRunner.Run<KernelBenchmarks>(config);
        foreach (BenchmarkReport report in summary.Reports)
        {
            string name = string.Equals(report.BenchmarkCase.Descriptor.WorkloadMethod.Name, nameof(Exact), StringComparison.Ordinal) ? "kernel.black76.exact" : "kernel.black76.double";
            results[name + ".mean.ns"] = report.ResultStatistics!.Mean;
            results[name + ".error.ns"] = report.ResultStatistics.StandardError;
        }

        if (summary.Reports.Length == 0)
        {
            throw new InvalidOperationException("BenchmarkDotNet ran nothing.");
        }
    }
}
