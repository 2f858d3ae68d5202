// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The insurance fund: settlement token that pays the losses that liquidated accounts cannot
/// @notice Its money lies in the vault's pool and is the `insuranceE8` of the cash ledger. Anyone may pay in. Only a lot with negative equity takes out, capped per lot, and per day and underlying: a thin market cannot drain it for all.
/// *Stakers* own shares of what is there: interest and fees raise their worth, losses lower it, for all alike. What was there before anybody staked, and what is given by `fund`, is nobody's: it bears losses beside them.
/// Who leaves asks first, and bears losses for seven days more; then he has three days to take his part, at its worth of that moment. Whoever shows an insolvent lot (`LiquidationHouse.start`, `enlarge`, `showLoss`, bids do) that lacks a thousandth of what is there stops all exits for a day: nobody leaves before a loss that can be seen and that counts. Nor while there is a deficit.
/// Warning: a fund that losses have emptied is begun anew: the shares of before are worth nothing.
/// Warning: an exit is paid out of the pool; while all of it is lent out it has to wait.
interface IInsuranceFund {
    event Funded(address indexed payer, uint128 amountRaw);

    /// @notice Pays settlement token in; needs an approval of the vault.
    function fund(uint128 amountRaw) external;

    /// @notice Shares for settlement token, at the worth of this moment; needs an approval of the vault.
    /// @param leastShares Fewer are refused.
    function stake(uint128 amountRaw, uint256 leastShares) external returns (uint256 shares);

    /// @notice Asks to leave with shares; asking again begins the delay anew, for all that was asked. 0 takes it back.
    function requestExit(uint256 shares) external;

    /// @notice Pays what was asked for, in its time.
    function exit() external returns (uint128 amountRaw);

    /// @notice Stops stakes and exits for a day, since a loss of at least a thousandth of what is there is in sight. LiquidationHouse only.
    /// @param begins Whether its lot begins with it: such losses of one day count together.
    function hold(uint256 lossE8, bool begins) external;

    /// @notice Shares of a staker, those that he asked to leave with included, and when their time begins (0: not asked) and ends.
    function stakeOf(
        address staker
    ) external view returns (uint256 shares, uint256 leaving, uint40 fromTime, uint40 untilTime);

    /// @notice All shares, the protocol's own included.
    function totalShares() external view returns (uint256 shares);

    /// @notice Until when nobody leaves.
    function heldUntil() external view returns (uint40 time);

    /// @notice What is there.
    function balanceE8() external view returns (uint256);

    /// @notice Insurance paid for a lot of an underlying.
    event Covered(uint16 indexed underlying, uint256 paidE8, uint32 day, uint256 paidOfDayE8);

    event Staked(address indexed staker, uint128 amountRaw, uint256 shares);
    event ExitRequested(address indexed staker, uint256 shares, uint40 fromTime);
    event Exited(address indexed staker, uint256 shares, uint128 amountRaw);
    event Held(uint40 untilTime);

    /// @notice The fund was emptied by losses; shares of before are worth nothing.
    event BegunAnew(uint256 generation);

    /// @notice Thrown when nothing, or fewer shares than asked for, would be given.
    error SharesTooFew(uint256 shares, uint256 leastShares);

    /// @notice Thrown when more shares are named than the staker has.
    error SharesMissing(address staker, uint256 held, uint256 named);

    /// @notice Thrown outside the time in which an exit is paid.
    error NotInExitWindow(address staker, uint256 fromTime, uint256 untilTime);

    /// @notice Thrown while a loss is in sight, or there is a deficit.
    error LossInSight(uint256 heldUntil, uint256 deficitE8);

    /// @notice Thrown when the caller is not the liquidation house.
    error NotConnected(address caller);

    /// @notice What insurance would pay for a loss of `wantedE8` of a lot of this underlying that already took `takenE8`: at most what is left of the lot's and of the day's cap, and what is there.
    function coverage(uint16 underlying, uint256 wantedE8, uint256 takenE8) external view returns (uint256 coveredE8);

    /// @notice Counts what was paid into the underlying's day. LiquidationHouse only.
    function count(uint16 underlying, uint256 paidE8) external;

    /// @notice What was paid today for lots of an underlying.
    function paidToday(uint16 underlying) external view returns (uint256 paidE8);
}
