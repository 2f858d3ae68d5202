using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Transactions that create compiled contracts and call them by their functions' names.</summary>
internal static class ArtifactCalls
{
    /// <summary>Creates a contract.</summary>
    /// <returns>Where it is.</returns>
    public static Task<Address> CreateAsync(this ITransactionSender sender, ContractArtifact artifact, IReadOnlyList<object> arguments, CancellationToken cancellationToken) =>
        sender.CreateAsync(artifact.Name, [.. artifact.Bytecode, .. AbiCodec.Encode(artifact.Abi.Constructor.Inputs, arguments)], cancellationToken);

    /// <summary>Creates a contract from its creation code.</summary>
    /// <returns>Where it is.</returns>
    public static async Task<Address> CreateAsync(this ITransactionSender sender, string name, byte[] creationCode, CancellationToken cancellationToken)
    {
        TransactionReceipt receipt = await sender.SendAsync(new TransactionRequest(null, creationCode), cancellationToken);
        return receipt.ContractAddress ?? throw new DeploymentException($"The node's receipt of the creation of {name} names no contract: check that the node is an Ethereum node.");
    }

    /// <summary>Calls a function by its name.</summary>
    public static Task<TransactionReceipt> SendAsync(
        this ITransactionSender sender, Address contract, ContractArtifact artifact, string function, IReadOnlyList<object> arguments, CancellationToken cancellationToken) =>
        sender.SendAsync(new TransactionRequest(contract, artifact.Abi.Function(function).EncodeCall(arguments)), cancellationToken);

    /// <summary>Sends a typed call.</summary>
    public static Task<TransactionReceipt> SendAsync(this ITransactionSender sender, Address contract, IContractCall call, CancellationToken cancellationToken) =>
        sender.SendAsync(TransactionRequest.Call(contract, call), cancellationToken);
}
