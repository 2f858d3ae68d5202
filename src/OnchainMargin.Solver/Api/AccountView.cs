namespace OnchainMargin.Solver.Api;

/// <summary>An account with its figures, at the last checkpoint or live.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Owner">Who owns it.</param>
/// <param name="StateHash">Its commitment.</param>
/// <param name="State">The preimage of the commitment, as calldata wants it.</param>
/// <param name="Version">How many operations it had.</param>
/// <param name="CashE8">Cash; live with the interest until now and with what has expired settled, else without the interest since <paramref name="State"/>. In an open lot that of the unsold part, with interest and proceeds.</param>
/// <param name="LockedGainE8">Gains that are not withdrawable yet, as of the last operation.</param>
/// <param name="OpenLot">The lot that it is in; 0 for none.</param>
/// <param name="Balances">Tokens in the vault, as far as they count.</param>
/// <param name="Idle">Tokens above their caps: they count for nothing, and the owner takes them out at any time.</param>
/// <param name="Positions">Positions, without those that have expired at a price that is fixed; in an open lot the unsold part of them.</param>
/// <param name="Delegates">Who may act for it beside its owner, by address, also those whose time is over; the first hundred of them.</param>
/// <param name="DelegateCount">How many there are.</param>
/// <param name="Health">Figures; null before the first checkpoint or when it could not be computed.</param>
internal sealed record AccountView(
    string Id, string Owner, string StateHash, string State, string Version, string CashE8, string LockedGainE8, string OpenLot, IReadOnlyList<BalanceView> Balances, IReadOnlyList<BalanceView> Idle, IReadOnlyList<PositionView> Positions, IReadOnlyList<DelegateView> Delegates, int DelegateCount, FiguresView? Health);
