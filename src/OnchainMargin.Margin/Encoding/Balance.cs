namespace OnchainMargin.Margin;

/// <summary>Collateral of an account in the vault.</summary>
/// <param name="Token">The token; 0 is the settlement token.</param>
/// <param name="AmountRaw">The amount in the token's base units.</param>
[SpecRule("MRG-005")]
public readonly record struct Balance(ushort Token, UInt128 AmountRaw);
