using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>A compiled contract.</summary>
/// <param name="Name">The contract's name.</param>
/// <param name="Abi">Its functions, events and errors.</param>
/// <param name="Bytecode">The code that creates it, without constructor arguments.</param>
public sealed record ContractArtifact(string Name, ContractAbi Abi, byte[] Bytecode);
