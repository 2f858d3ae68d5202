namespace OnchainMargin.Ethereum.Abi;

/// <summary>A named parameter, struct member or return value.</summary>
/// <param name="Name">The name, or empty where the contract gives none.</param>
/// <param name="Type">The type.</param>
/// <param name="IsIndexed">Whether an event carries it as a topic.</param>
public sealed record AbiParameter(string Name, AbiType Type, bool IsIndexed = false);
