namespace OnchainMargin.Solver.Api;

/// <summary>A lot.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Account">Whose portfolio it sells.</param>
/// <param name="IsOpen">Whether it is open.</param>
/// <param name="ForSaleE8">The fraction for sale.</param>
/// <param name="BidMostE8">The most of it that one bid takes at the prices of now (the last checkpoint's, in a stream, while the node is away): less than is left for sale where less restores the account. A bid for more takes what it is at the prices of its own block, for its part of what the bid names as the most to pay. Null when it is over, or no bid is taken.</param>
/// <param name="SoldE8">The fraction that is sold.</param>
/// <param name="ProceedsE8">What bidders paid.</param>
/// <param name="InsuredE8">What insurance paid.</param>
/// <param name="BiddingFromSeconds">When bidding begins.</param>
/// <param name="StartSeconds">Since when its discount rises: from the end of grace, which is when bidding begins, or earlier by the age of the lot that it resumes.</param>
/// <param name="DiscountE8">The discount at the index's newest block, from its own clock.</param>
/// <param name="EquityE8">Equity when it began.</param>
/// <param name="MaintenanceE8">The most that a witness showed.</param>
/// <param name="RestoredAtE8">The equity of the account, as <c>/api/accounts</c> tells it live, from which on the chain takes no bid: 1.1 times the margin that was shown, of the unsold part, while the maintenance margin is enough to end the lot. Null when it is over, and where health decides both.</param>
/// <param name="Bids">How many bids it had.</param>
/// <param name="LotHash">The commitment.</param>
/// <param name="State">The state in its preimage.</param>
/// <param name="Balances">The balances in its preimage.</param>
/// <param name="Positions">What it sells, whole; of an open lot without what was settled meanwhile.</param>
/// <param name="Tokens">The tokens that it sells, whole. A bid for a fraction takes that fraction of each, of each position and of the cash.</param>
/// <param name="CashE8">The cash that it sells, whole, negative where it is a debt that bidders take over; of an open lot with interest until now.</param>
internal sealed record AuctionView(
    string Id, string Account, bool IsOpen, string ForSaleE8, string? BidMostE8, string SoldE8, string ProceedsE8, string InsuredE8, string BiddingFromSeconds, string StartSeconds, string DiscountE8, string EquityE8, string MaintenanceE8, string? RestoredAtE8, int Bids, string LotHash, string State, string Balances, IReadOnlyList<PositionView> Positions, IReadOnlyList<BalanceView> Tokens, string CashE8);
