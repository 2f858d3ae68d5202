namespace OnchainMargin.Ethereum.Node;

/// <summary>What to offer for gas under EIP-1559.</summary>
/// <param name="MaxFeePerGasWei">The most that is paid per gas: the tip, and twice the base fee of now.</param>
/// <param name="MaxPriorityFeePerGasWei">The most that goes to the block's builder.</param>
public sealed record FeeEstimate(UInt256 MaxFeePerGasWei, UInt256 MaxPriorityFeePerGasWei);
