namespace OnchainMargin.Solver.Api;

/// <summary>A lot.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Account">Whose portfolio it sells.</param>
/// <param name="IsOpen">Whether it is open.</param>
/// <param name="ForSaleE8">The fraction for sale.</param>
/// <param name="SoldE8">The fraction that is sold.</param>
/// <param name="ProceedsE8">What bidders paid.</param>
/// <param name="InsuredE8">What insurance paid.</param>
/// <param name="BiddingFromSeconds">When bidding begins.</param>
/// <param name="StartSeconds">Since when its discount rises: from the end of grace, which is when bidding begins, or earlier by the age of the lot that it resumes.</param>
/// <param name="DiscountE8">The discount at the index's newest block, from its own clock.</param>
/// <param name="EquityE8">Equity when it began.</param>
/// <param name="MaintenanceE8">The most that a witness showed.</param>
/// <param name="Bids">How many bids it had.</param>
/// <param name="LotHash">The commitment.</param>
/// <param name="State">The state in its preimage.</param>
/// <param name="Balances">The balances in its preimage.</param>
/// <param name="Positions">What it sells.</param>
internal sealed record AuctionView(
    string Id, string Account, bool IsOpen, string ForSaleE8, string SoldE8, string ProceedsE8, string InsuredE8, string BiddingFromSeconds, string StartSeconds, string DiscountE8, string EquityE8, string MaintenanceE8, int Bids, string LotHash, string State, string Balances, IReadOnlyList<PositionView> Positions);
