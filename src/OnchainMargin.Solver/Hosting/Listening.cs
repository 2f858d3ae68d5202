using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Hosting;

/// <summary>Starts hosts: only that finds out whether an address is this machine's, free, and one that this user may listen at.</summary>
internal static class Listening
{
    /// <summary>Starts a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="url">Where it is told to listen.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="SolverOptionsException">Thrown when nothing can be listened at there.</exception>
    public static async Task StartAsync(WebApplication host, string url, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or IOException { InnerException: AddressInUseException or AggregateException })
        {
            throw new SolverOptionsException([$"Option api:url names {url}, where nothing can be listened at ({error.GetBaseException().Message.TrimEnd('.')}); end what listens there, or name another port, from 1024 on, or another address of this machine."]);
        }
    }
}
