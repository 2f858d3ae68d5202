using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Hosting;

/// <summary>What a process does while another one leads the store that both name: it lives, says that it is not ready, and waits.</summary>
internal static class Standby
{
    /// <summary>Opens the store on its server when this process leads, after standing by as long as another does.</summary>
    /// <param name="options">The options, with a server.</param>
    /// <param name="deployment">The deployment.</param>
    /// <param name="hasLed">Whether this process led and was cut off: then others may go first, and a server that does not answer is waited for.</param>
    /// <param name="configure">Further set-up of the host: logging, or other services for tests.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StoreException">Thrown when the store cannot be used.</exception>
    public static async Task<SolverStore> LeadAsync(SolverOptions options, DeploymentRecord deployment, bool hasLed, Action<WebApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        WebApplication? waiting = null;
        try
        {
            return await SolverStore.LeadAsync(
                options.StoreServer,
                deployment.ChainId,
                deployment.Contracts.Clearinghouse,
                hasLed,
                async leader =>
                {
                    waiting = Make(options, configure);
                    waiting.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Standby)).StandsBy(leader);
                    await Listening.StartAsync(waiting, options.ListensAt, cancellationToken).ConfigureAwait(false);
                },
                TimeProvider.System,
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Before the host of the roles takes the same address.
            if (waiting is not null)
            {
                await waiting.StopAsync(CancellationToken.None).ConfigureAwait(false);
                await waiting.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static WebApplication Make(SolverOptions options, Action<WebApplicationBuilder>? configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.ListensAt);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        configure?.Invoke(builder);
        WebApplication host = builder.Build();
        host.MapGet("/healthz", HealthEndpoints.Alive);
        host.MapGet("/readyz", static () => TypedResults.Json(new HealthView("standing by", [], null, null, null), statusCode: StatusCodes.Status503ServiceUnavailable));
        host.MapFallback(static () => TypedResults.Problem("This process stands by while another one leads; ask that one.", statusCode: StatusCodes.Status503ServiceUnavailable));
        return host;
    }
}
