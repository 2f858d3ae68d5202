using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Transactions;

/// <summary>How long the node is waited for where others wait behind the question: all transactions of a key, and in a crash all starts and lots. A client by itself waits and asks again for two minutes.</summary>
internal static class Patience
{
    /// <summary>A node that is well answers within milliseconds.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Asks, and gives the question up when the time is over.</summary>
    /// <exception cref="RpcTransportException">Thrown when the node did not answer in time.</exception>
    public static async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Over();
        }
    }

    /// <summary>What is said of a question that was given up.</summary>
    public static RpcTransportException Over() => new($"The node did not answer within {Longest.TotalSeconds} s; check that it is up, and name further ones in option nodeUrls.");
}
