namespace OnchainMargin.Margin;

/// <summary>One collateral of an account.</summary>
/// <param name="Token">The token.</param>
/// <param name="ValueE8">Its value.</param>
/// <param name="HaircutE8">Its haircut.</param>
public sealed record CollateralReport(ushort Token, Int128 ValueE8, Int128 HaircutE8);
