namespace OnchainMargin.Margin;

/// <summary>The errors of <c>spec/errors.json</c>, in order of precedence; names equal the Solidity custom errors.</summary>
public enum MarginError
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The state is not 2 to 130 whole words, its format is not 1, or a spare bit is set.</summary>
    StateMalformed,

    /// <summary>Positions are not strictly ascending by instrument.</summary>
    PositionsUnsorted,

    /// <summary>A position has size zero.</summary>
    PositionEmpty,

    /// <summary>An instrument has an unknown kind, underlying 0, or fields that its kind does not have.</summary>
    InstrumentInvalid,

    /// <summary>A preimage does not hash to what was stored.</summary>
    CheckpointMismatch,

    /// <summary>A position or a spot collateral names an underlying whose record was not brought.</summary>
    UnderlyingMissing,

    /// <summary>A position names an expiry that its underlying's record does not hold.</summary>
    ExpiryMissing,

    /// <summary>A balance names a token that the checkpoint does not hold.</summary>
    CollateralMissing,

    /// <summary>Balances are not strictly ascending by token.</summary>
    BalancesUnsorted,

    /// <summary>A witness has the wrong length, an unknown branch, scenario or position, or a position without a kink.</summary>
    WitnessMalformed,
}
