namespace OnchainMargin.Solver.Api;

/// <summary>Parameters that a trader meets.</summary>
/// <param name="InitialFactorE8">Initial over maintenance margin.</param>
/// <param name="MakerFeeE8">Fee of the resting side, of notional.</param>
/// <param name="TakerFeeE8">Fee of the taking side.</param>
/// <param name="PriceBandE8">How far a price may be from the mark.</param>
/// <param name="CreditFeeE8">Fee of an attested proof, of the credit that it gives; computing pays none.</param>
/// <param name="CheckpointIntervalSeconds">The least time between checkpoints.</param>
/// <param name="AttestationMaxAgeSeconds">How long an attestation can be used.</param>
/// <param name="FundingIntervalSeconds">The interval that funding rates are quoted for.</param>
/// <param name="GraceSeconds">From the proof to the first bid.</param>
/// <param name="DiscountMaxE8">The largest discount of a lot.</param>
/// <param name="DiscountRampSeconds">How long the discount grows.</param>
/// <param name="BidMinE8">The least fraction of a bid.</param>
internal sealed record ParametersView(
    string InitialFactorE8, string MakerFeeE8, string TakerFeeE8, string PriceBandE8, string CreditFeeE8, int CheckpointIntervalSeconds, int AttestationMaxAgeSeconds, int FundingIntervalSeconds, int GraceSeconds, string DiscountMaxE8, int DiscountRampSeconds, string BidMinE8);
