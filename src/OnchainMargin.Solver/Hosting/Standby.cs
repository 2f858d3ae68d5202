using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Hosting;

/// <summary>What a process does while another one leads the store that both name, or while it could not lead: it lives, says that it is not ready, and waits.</summary>
internal static class Standby
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

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
                    LoggerOf(waiting).StandsBy(leader);
                    await Listening.StartAsync(waiting, options.ListensAt, cancellationToken).ConfigureAwait(false);
                },
                TimeProvider.System,
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await EndAsync(waiting).ConfigureAwait(false);
        }
    }

    /// <summary>Asks a node until it answers, of a process that led: what took the server from it may have taken the node as well, and while it waits another may lead whose node is there.</summary>
    /// <param name="options">The options.</param>
    /// <param name="configure">Further set-up of the host: logging, or other services for tests.</param>
    /// <param name="ask">What is asked.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<T> AskAsync<T>(SolverOptions options, Action<WebApplicationBuilder>? configure, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        WebApplication? waiting = null;
        try
        {
            while (true)
            {
                try
                {
                    return await ask().ConfigureAwait(false);
                }
                catch (EthereumException error)
                {
                    if (waiting is null)
                    {
                        waiting = Make(options, configure);
                        LoggerOf(waiting).WaitsForNode(error.Message);
                        await Listening.StartAsync(waiting, options.ListensAt, cancellationToken).ConfigureAwait(false);
                    }

                    await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await EndAsync(waiting).ConfigureAwait(false);
        }
    }

    private static ILogger LoggerOf(WebApplication host) => host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Standby));

    /// <summary>Before the host of the roles takes the same address.</summary>
    private static async Task EndAsync(WebApplication? waiting)
    {
        if (waiting is not null)
        {
            await waiting.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await waiting.DisposeAsync().ConfigureAwait(false);
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
