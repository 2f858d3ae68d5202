namespace OnchainMargin.Solver.Api;

/// <summary>A token that the vault takes.</summary>
/// <param name="Token">Its number; 0 is the settlement token.</param>
/// <param name="Symbol">What people call it.</param>
/// <param name="Address">The ERC-20 contract.</param>
/// <param name="Decimals">Its decimals.</param>
/// <param name="Underlying">The underlying that it is; 0 for none.</param>
/// <param name="WrapsEther">Whether it wraps ether, so that <c>depositEther</c> takes it.</param>
internal sealed record TokenView(
    string Token, string Symbol, string Address, int Decimals, string Underlying, bool WrapsEther);
