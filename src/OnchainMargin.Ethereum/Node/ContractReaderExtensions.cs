using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Typed calls over any reader.</summary>
public static class ContractReaderExtensions
{
    /// <summary>Simulates a typed call and decodes what it returned.</summary>
    /// <exception cref="RevertException">Thrown when the contract reverts.</exception>
    /// <exception cref="EthereumFormatException">Thrown when there is no contract at the address, or another one.</exception>
    public static async Task<TResult> CallAsync<TResult>(
        this IContractReader reader, Address contract, IContractCall<TResult> call, BlockTag block = default, Address? from = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(call);
        byte[] data = await reader.CallAsync(new CallRequest(contract, call.Encode()) { From = from }, block, cancellationToken).ConfigureAwait(false);
        return Decode(contract, call, data);
    }

    /// <summary>Simulates typed calls of one kind in one round trip.</summary>
    public static async Task<TResult[]> CallManyAsync<TResult>(
        this IContractReader reader, Address contract, IReadOnlyList<IContractCall<TResult>> calls, BlockTag block = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        byte[][] data = await reader.CallManyAsync([.. calls.Select(call => new CallRequest(contract, call.Encode()))], block, cancellationToken).ConfigureAwait(false);
        return [.. calls.Select((call, i) => Decode(contract, call, data[i]))];
    }

    private static TResult Decode<TResult>(Address contract, IContractCall<TResult> call, byte[] data) => data.Length > 0
        ? call.DecodeResult(data)
        : throw new EthereumFormatException($"The call of {call.Signature} at {contract} returned nothing; check that the contract is deployed there on this chain.");
}
