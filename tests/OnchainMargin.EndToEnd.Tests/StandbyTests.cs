using System.Globalization;
using System.Net;
using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using Xunit.Abstractions;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>P10 over several machines: two processes name one store on a PostgreSQL server; the one that leads is killed, cut off or made to hang again and again, and the other goes on.</summary>
[Collection(SharedChain.Name)]
public sealed class StandbyTests(ChainFixture fixture, ITestOutputHelper output) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public void Dispose() => _http.Dispose();

    [PostgresFact]
    public async Task TwoProcesses_LeaderKilledCutOffOrHanging_TheOtherGoesOnWithoutSendingTwice()
    {
        await using LeveragedWorld leveraged = await LeveragedWorld.CreateAsync(fixture.Chain);
        Deployed world = leveraged.World;
        string server = PostgresServer.Shared.NewSchema();
        SolverOptions Options() => leveraged.Options("unused.db", SolverRoles.Api) with
        {
            StoreServer = server,
            Api = new ApiOptions { Url = FreePort.Url() },
        };
        SolverOptions[] options = [Options(), Options()];
        SolverProcess[] solvers = [SolverProcess.Start(world, options[0]), null!];
        try
        {
            await BecomesAsync(options[0], solvers, "ready");
            solvers[1] = SolverProcess.Start(world, options[1]);
            await BecomesAsync(options[1], solvers, "standing by");
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Stands by: omargin of {Environment.MachineName}, process {solvers[0].Id} leads"), solvers[1].ToString(), StringComparison.Ordinal);
            using HttpResponseMessage refused = await _http.GetAsync(new Uri($"{options[1].Api.Url}/api/accounts"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

            await leveraged.FallAsync();
            int leader = 0;
            for (int round = 0; round < 6; round++)
            {
                await Task.Delay(200 + (300 * round));
                switch (round % 3)
                {
                    case 0:
                        await solvers[leader].KillAsync();
                        await BecomesAsync(options[1 - leader], solvers, "ready");
                        solvers[leader] = SolverProcess.Start(world, options[leader]);
                        break;
                    case 1:
                        PostgresServer.Shared.CutOff(string.Create(CultureInfo.InvariantCulture, $"%process {solvers[leader].Id}"));
                        await BecomesAsync(options[1 - leader], solvers, "ready");
                        break;
                    default:
                        await solvers[leader].SignalAsync(stop: true);
                        await BecomesAsync(options[1 - leader], solvers, "ready");
                        await solvers[leader].SignalAsync(stop: false);
                        break;
                }

                // Whatever befell it, it waits for its turn.
                await BecomesAsync(options[leader], solvers, "standing by");
                leader = 1 - leader;
                await world.Chain.PassAsync(61);
            }

            await leveraged.SoldAndAttestedAsync(() => Assert.All(solvers, static solver => Assert.False(solver.HasExited, solver.ToString())));
        }
        finally
        {
            foreach (SolverProcess solver in solvers)
            {
                await solver.DisposeAsync();
            }
        }

        using SolverStore store = await SolverStore.LeadAsync(server, world.Record.ChainId, world.Record.Contracts.Clearinghouse, hasLed: false, static _ => Task.CompletedTask, TimeProvider.System, CancellationToken.None);
        await leveraged.AssertSentOnceAsync(store);
    }

    private async Task BecomesAsync(SolverOptions options, SolverProcess[] solvers, string status)
    {
        long began = TimeProvider.System.GetTimestamp();
        try
        {
            await Eventually.TrueAsync(async () => await StatusAsync(options) == status, $"{options.Api.Url} {status}");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{status} after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s"));
        }
        catch (Xunit.Sdk.FailException error)
        {
            Assert.Fail($"{error.Message}; {string.Join(Environment.NewLine, solvers.Select(static solver => solver?.ToString()))}");
        }
    }

    private async Task<string> StatusAsync(SolverOptions options)
    {
        try
        {
            using HttpResponseMessage reply = await _http.GetAsync(new Uri($"{options.Api.Url}/readyz"));
            using JsonDocument json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
            return json.RootElement.GetProperty("status").GetString()!;
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }
}
