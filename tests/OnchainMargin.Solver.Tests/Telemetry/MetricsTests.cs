using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Telemetry;

/// <summary>Meters are the process's: the solvers of other tests, with books of their own, would tell theirs in between, so nothing runs beside this.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MetricsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    internal const string Name = "metrics of the process";

    [Fact]
    public async Task Metrics_InPrometheusText_HoldTheSolversOwn()
    {
        string text = await world.Http.GetStringAsync("/metrics");

        Assert.Contains("# TYPE omargin_index_block gauge\nomargin_index_block 9\n", text, StringComparison.Ordinal);
        Assert.Contains("omargin_accounts 3\n", text, StringComparison.Ordinal);
    }
}
