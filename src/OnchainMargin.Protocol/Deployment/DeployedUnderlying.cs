using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>An underlying that is listed.</summary>
/// <param name="Number">Its number in instruments, from 1.</param>
/// <param name="Name">What people call it: <c>BTC</c>.</param>
/// <param name="Feed">The Chainlink-shaped feed.</param>
/// <param name="Source">The adapter that the price hub reads.</param>
public sealed record DeployedUnderlying(ushort Number, string Name, Address Feed, Address Source);
