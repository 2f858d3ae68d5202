// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What is asked of the sources of an underlying, and when its market stops taking new risk.
struct FeedParameters {
    /// @notice Sources that must agree, at least.
    uint8 minCount;
    /// @notice How far a source may lie from the median and still count.
    uint32 maxDeviationE8;
    /// @notice Distance of the price from its average beyond which only reductions are taken.
    uint32 reduceMoveE8;
    /// @notice The most that the price may lie from its average: beyond, it is held there and the market is halted.
    uint32 haltMoveE8;
    /// @notice How long nothing must be wrong before a market is normal again.
    uint32 recoverySeconds;
}

/// @notice The price of an underlying as an update would leave it now.
struct SpotReading {
    uint64 spotE8;
    uint64 averageSpotE8;
    /// @notice Distance of the two.
    uint64 spreadE8;
    uint8 state;
    /// @notice Why the state is not normal, as bits: 1 stale, 2 diverged, 4 moved; 0 when the update was in this block already.
    uint8 reasons;
    uint8 live;
    uint8 used;
    /// @notice When it was wound down (ORC-005); 0 while it was not.
    uint40 closedTime;
}

/// @title Spot prices: several sources an underlying, one price set a block, settlement prices
/// @notice The first update of a block reads the sources; everybody in that block gets what it stored. A price lies within `haltMoveE8` of its own time-weighted average, whatever sources say.
/// Assumptions: more than half of the live sources of an underlying are honest; otherwise a lie is bounded by `haltMoveE8` around an average that follows over `averagingWindowSeconds`.
/// Warning: between two updates prices stand still, and count for 300 seconds at most. Anyone may update; nothing is paid for it.
interface ISpotMarkets {
    /// @notice The sources of an underlying were set.
    event FeedsSet(uint16 indexed underlying, address[] sources, FeedParameters parameters, uint64 priceE8);

    /// @notice A price was taken. `used` of `live` sources agreed on it; `priceE8` is what they said, 0 for nothing. `times`: of which second the answer of each source is, 40 bits a source, the first lowest; 0 of one that said nothing.
    event SpotUpdated(
        uint16 indexed underlying,
        uint64 spotE8,
        uint64 averageSpotE8,
        uint64 priceE8,
        uint8 live,
        uint8 used,
        uint256 times
    );

    /// @notice A market changed its state (0 normal, 1 reduce-only, 2 halted); `reasons` as in `SpotReading`.
    event MarketStateChanged(uint16 indexed underlying, uint8 from, uint8 to, uint8 reasons);

    /// @notice The settlement price of an expiry was fixed for ever; with expiry 0 the market is wound down: this price settles its perpetuals and everything that was not settled before.
    event SettlementFixed(uint16 indexed underlying, uint32 indexed expiry, uint64 priceE8, uint32 coveredSeconds);

    /// @notice Thrown when a source is named twice, too few agree on a price at the time they are set, or a coin is to be listed below 10^6 (a cent).
    error FeedsInvalid(uint16 underlying);

    /// @notice Thrown when so little gas is given that a source could seem broken.
    error GasTooLow(uint256 gas, uint256 needed);

    /// @notice Thrown when an underlying is not listed or has no source yet.
    error UnderlyingUnknown(uint256 underlying);

    /// @notice Thrown when a market is to be wound down that was not halted for seven days without a break, or whose sources agreed within them; `since` is when the later of the two was.
    error MarketAlive(uint16 underlying, uint8 state, uint40 since);

    /// @notice Thrown when a market that was wound down is to get sources.
    error MarketClosed(uint16 underlying);

    /// @notice Thrown when an expiry is not over, or is no multiple of 1800 seconds.
    error ExpiryNotOver(uint16 underlying, uint32 expiry);

    /// @notice Sets one to five sources of an underlying's spot, which must agree on a price now. Governance.
    function setFeeds(uint16 underlying, address[] calldata sources, FeedParameters calldata parameters) external;

    /// @notice Reads the sources of an underlying, unless that was done in this block. Anyone.
    function update(uint16 underlying) external;

    /// @notice Updates every underlying. Anyone.
    function updateAll() external;

    /// @notice Updates the underlyings whose bit is set. Anyone.
    /// @return readings One place an underlying, from 1; empty where the bit is not set. How many sources answered is not told.
    function updateThese(uint256 underlyings) external returns (SpotReading[] memory readings);

    /// @notice Fixes the settlement price of an expiry: the time-weighted average over the 30 minutes before it. Anyone, in any order, at any time after it.
    /// Where fewer than 900 seconds of the window were observed, the half hours after it count as well, one by one, until 900 are.
    /// @param expiry 0 winds the market down, once it was halted for seven days without a break and its sources agreed on nothing meanwhile (ORC-005): nobody chooses the price.
    /// @return priceE8 The price; 0 while too little was observed.
    /// @return coveredSeconds How much was.
    function tryFixSettlement(
        uint16 underlying,
        uint32 expiry
    ) external returns (uint64 priceE8, uint256 coveredSeconds);

    /// @notice The settlement price of an expiry, of expiry 0 for perpetuals; of a market that was wound down its last one for all that were not settled before. 0 while it is not fixed; once it is not 0 it never changes.
    function settlementPriceE8(uint16 underlying, uint32 expiry) external view returns (uint64 priceE8);

    /// @notice What the settlement window of an expiry has so far, and what of it is still to come if the market is observed in every second from now on. Never both 0 seconds.
    /// @return sumE8 Price-seconds since the window opened; once the price is fixed that price.
    /// @return coveredSeconds Seconds that they are of: 0 before the window opens, 1 once the price is fixed.
    /// @return remainingSeconds Seconds from now on that will count; 0 once the price is fixed or can be.
    /// @return stalledSeconds The same if a market that is halted stays so to the end of this half hour and not beyond; of any other market `remainingSeconds`.
    function settlementWindow(
        uint16 underlying,
        uint32 expiry
    ) external view returns (uint256 sumE8, uint256 coveredSeconds, uint256 remainingSeconds, uint256 stalledSeconds);

    /// @notice Whether the last update left a market halted.
    function isHalted(uint16 underlying) external view returns (bool);

    /// @notice The price that the last update left.
    function storedSpotE8(uint16 underlying) external view returns (uint64 spotE8);

    /// @notice Underlyings that have sources; they are numbered from 1.
    function underlyingCount() external view returns (uint16);

    /// @notice The prices of all underlyings as an update would leave them now.
    function spots() external view returns (SpotReading[] memory readings);

    /// @notice The price as an update would leave it now.
    function spotOf(uint16 underlying) external view returns (SpotReading memory reading);

    /// @notice The sources of an underlying and what is asked of them.
    function feedsOf(
        uint16 underlying
    ) external view returns (address[] memory sources, FeedParameters memory parameters);
}
