namespace OnchainMargin.Ethereum.Node;

/// <summary>Calls contracts without sending transactions.</summary>
public interface IContractReader
{
    /// <summary>Simulates a call and gives what it returned.</summary>
    /// <exception cref="RevertException">Thrown when the contract reverts, with its own error decoded.</exception>
    Task<byte[]> CallAsync(CallRequest request, BlockTag block = default, CancellationToken cancellationToken = default);

    /// <summary>Simulates calls in one round trip.</summary>
    /// <exception cref="RevertException">Thrown when one of them reverts.</exception>
    Task<byte[][]> CallManyAsync(IReadOnlyList<CallRequest> calls, BlockTag block = default, CancellationToken cancellationToken = default);
}
