namespace OnchainMargin.Ethereum.Contracts;

/// <summary>Why a contract reverted. <see cref="object.ToString"/> says it in words.</summary>
/// <param name="Data">The revert data as it came.</param>
public abstract record RevertReason(byte[] Data);
