namespace OnchainMargin.Ethereum.Contracts;

/// <summary>Decodes revert data into a contract's own error; null when it is another's. Every generated contract has one.</summary>
public delegate IContractError? ErrorDecoder(ReadOnlySpan<byte> data);
