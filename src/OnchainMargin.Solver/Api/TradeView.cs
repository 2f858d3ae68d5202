namespace OnchainMargin.Solver.Api;

/// <summary>A fill on chain.</summary>
/// <param name="Id">Its place on the chain: larger than that of every fill before.</param>
/// <param name="Instrument">The instrument.</param>
/// <param name="Name">Its name.</param>
/// <param name="TakerSizeE8">Signed size of the taker.</param>
/// <param name="PriceE8">The price.</param>
/// <param name="Maker">The maker's account.</param>
/// <param name="Taker">The taker's account.</param>
/// <param name="Block">The block.</param>
/// <param name="TimeSeconds">Its time.</param>
/// <param name="Transaction">The transaction.</param>
internal sealed record TradeView(
    string Id, string Instrument, string Name, string TakerSizeE8, string PriceE8, string Maker, string Taker, string Block, string TimeSeconds, string Transaction);
