namespace OnchainMargin.Solver.Api;

/// <summary>What an owner signs (EIP-712).</summary>
/// <param name="Account">The account.</param>
/// <param name="Instrument">The instrument's 96 bits as a number.</param>
/// <param name="SizeE8">Signed size: positive buys.</param>
/// <param name="LimitPriceE8">The most to pay, or the least to take.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Expiry">The last second at which it may be filled.</param>
/// <param name="MaxFeeRateE8">The largest fee rate.</param>
/// <param name="Flags">Bit 0 reduce-only, bit 1 post-only, bit 2 fill-or-kill.</param>
internal sealed record OrderFields(
    string Account, string Instrument, string SizeE8, string LimitPriceE8, string Nonce, string Expiry, string MaxFeeRateE8, int Flags);
