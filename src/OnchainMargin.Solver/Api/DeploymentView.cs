namespace OnchainMargin.Solver.Api;

/// <summary>Where the protocol is and what it lists: all that a page or a bot must know to begin.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="NodeUrl">A node for wallets that do not know the chain; empty when none is offered.</param>
/// <param name="Block">The block from which events begin.</param>
/// <param name="Contracts">Addresses by contract name.</param>
/// <param name="Tokens">Tokens of the vault, by index.</param>
/// <param name="Underlyings">Underlyings, by number.</param>
/// <param name="Parameters">What trades and lots are bound by.</param>
/// <param name="TakesOrders">Whether the order relay runs here.</param>
/// <param name="SignsAttestations">Whether this solver can sign an attestation on demand.</param>
/// <param name="ModelHash">The margin model that attestations must name.</param>
/// <param name="IsPaused">Whether the guardian has paused what may raise risk: trades but those that make positions smaller, moves between accounts, and withdrawals of accounts with positions or debts.</param>
/// <param name="DeficitE8">Losses that nothing has paid yet: while there are any, withdrawals of the settlement token are paid in part (CLR-023).</param>
internal sealed record DeploymentView(
    string ChainId, string NodeUrl, string Block, IReadOnlyDictionary<string, string> Contracts, IReadOnlyList<TokenView> Tokens, IReadOnlyList<ListedUnderlyingView> Underlyings, ParametersView Parameters, bool TakesOrders, bool SignsAttestations, string ModelHash, bool IsPaused, string DeficitE8);
