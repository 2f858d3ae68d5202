using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>A token that the vault takes.</summary>
/// <param name="Index">Its number in the vault; 0 is the settlement token.</param>
/// <param name="Symbol">What people call it.</param>
/// <param name="Address">The ERC-20 contract.</param>
/// <param name="Decimals">Its decimals.</param>
/// <param name="Underlying">The underlying that it is, 0 for none.</param>
/// <param name="WrapsEther">Whether it wraps ether, so that <c>depositEther</c> takes it.</param>
public sealed record DeployedToken(ushort Index, string Symbol, Address Address, byte Decimals, ushort Underlying, bool WrapsEther = false);
