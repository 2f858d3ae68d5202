// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// What the naive variants beside this file do wrong; apart from them, so that a test need not compile what it deploys from an artifact.

/// @notice Of `NaiveHouse`.
enum HouseFlaw {
    None,
    /// @dev A lot must be what the account holds at the moment of the bid, so that any deposit makes bids fail.
    LotFollowsAccount,
    /// @dev A bid names exactly what it takes, so that a smaller one before it makes it fail.
    BidsOutrun,
    /// @dev The price falls until somebody bids, to nothing if nobody can.
    PriceFallsToNothing
}

/// @notice Of `NaiveVault`.
enum VaultFlaw {
    None,
    /// @dev Nothing is paid out while a lot that was insolvent once was not sold out, whatever became of it.
    StaleInsolvencyCounter,
    /// @dev At most so much is paid out a day, whoever takes it.
    Throttled,
    /// @dev The receiver is called before the books are final.
    CallbackBeforeFinalState,
    /// @dev The owner of an account is called when tokens move into it from another account.
    MovesCallBack,
    /// @dev Whatever was listed counts at once, as much of it as there is.
    CapsAtOnce
}

/// @notice Of `NaiveGate`.
enum GateFlaw {
    /// @dev Whoever says that he only reduces, moves between his own accounts, or takes over a lot, is not looked at.
    LooksAtNothing,
    /// @dev Equity counts at the price of the moment, gains of the moment included.
    LivePriceOnly
}

/// @notice Of `NaiveRateSource`.
enum RateFlaw {
    /// @dev What the vault says at this moment.
    LiveShares,
    /// @dev A cap grown from a noted rate, whose rate and time have limits of their own: the rate follows by a part, the time wholly.
    UncoupledLimits
}
