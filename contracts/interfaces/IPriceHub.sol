// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "./IClearinghouse.sol";
import {ISpotMarkets} from "./ISpotMarkets.sol";
import {IVolSurfaces} from "./IVolSurfaces.sol";

/// @title The price hub: one reading of every input, checkpoints, indices
/// @notice `checkpoint()` reads everything once, stores `inputsHash[id]` and emits the preimage (MRG-004). `live()` is what a checkpoint would store now, indices as of now among it, with the totals and the id of the last one.
/// Spot never reverts a margin: sources that are stale, zero, out of bounds, broken or too few leave the last good price and the market halted (state 2), which stops new risk but prices liquidations.
/// Funding and smoothed totals move at checkpoints only; debt and credit indices with every operation (`accrue`); spot and its average at every update (`ISpotMarkets`).
interface IPriceHub {
    /// @notice A checkpoint was taken. `checkpoint` is header, collateral records and underlying hashes; `records` the records of all underlyings, ascending.
    event CheckpointTaken(uint64 indexed id, uint40 time, bytes32 inputsHash, bytes checkpoint, bytes records);

    /// @notice Interest was brought up to now: both indices, and what of the debts' growth credits were not given. That much moved in the cash ledger from interest to insurance.
    event InterestAccrued(uint64 debtIndexE12, uint64 creditIndexE12, uint256 insuranceE8);

    /// @notice The source of the price of a token that is no underlying was set.
    event TokenSourceSet(uint16 indexed token, address indexed source);

    /// @notice The clearinghouse and the contract that holds the volatility surfaces were fixed for ever.
    event Connected(address indexed clearinghouse, address indexed surfaces);

    /// @notice Insurance fell by more than 30 % from its high of one to two days, so that normal markets are uninsured and take reductions only; or that is over.
    event InsuranceDrawn(bool drawn, uint32 drawdownE8);

    /// @notice Thrown when too little of a settlement window was observed yet.
    error SettlementNotReady(uint16 underlying, uint32 expiry, uint256 coveredSeconds);

    /// @notice Thrown when the last checkpoint is younger than the interval.
    error CheckpointTooSoon(uint40 last, uint40 next);

    /// @notice Thrown when `connect` is called a second time, or not yet.
    error ConnectedWrongly();

    /// @notice Thrown when somebody else than the clearinghouse calls.
    error NotConnected(address caller);

    /// @notice Thrown when a source has no usable price at the time it is set.
    error SourceUnusable(address source);

    /// @notice Thrown when a token is not listed.
    error TokenUnknown(uint256 token);

    /// @notice Takes a checkpoint. Anyone; at most one per interval.
    function checkpoint() external returns (uint64 id);

    /// @notice What stakers bring to the insurance or take out of it is neither gain nor loss: its highs follow in proportion. The clearinghouse's alone.
    /// @param beforeE8 The insurance before it, not 0.
    /// @param afterE8 And after.
    function resizeInsurance(uint256 beforeE8, uint256 afterE8) external;

    /// @notice Takes a checkpoint when there is none or the last is older than `checkpointMaxAgeSeconds`; otherwise updates every underlying's spot, once a block. Anyone.
    function refresh() external;

    /// @notice Fixes the settlement price of an expiry (`ISpotMarkets.tryFixSettlement`), which a checkpoint does as well. Anyone, in any order, at any time after it.
    function fixSettlement(uint16 underlying, uint32 expiry) external returns (uint64 priceE8);

    /// @notice Sets the source of a token's price. Governance. Without one the settlement token counts one dollar and any other token nothing. Of a token that is an underlying the source says how many units of it one share has grown to (an ERC-4626 vault); without one that is 1.
    function setTokenSource(uint16 token, address source) external;

    /// @notice Fixes the clearinghouse and the contract that holds the volatility surfaces; once. Governance.
    function connect(address clearinghouse, address surfaces) external;

    /// @notice Whether insurance lies over 30 % below its high, as the last checkpoint found it.
    function insuranceDrawn() external view returns (bool);

    /// @notice The clearinghouse that was fixed.
    function clearinghouse() external view returns (IClearinghouse);

    /// @notice Spot prices and their sources, that were fixed.
    function spots() external view returns (ISpotMarkets);

    /// @notice The volatility surfaces, with the forwards, that were fixed.
    function surfaces() external view returns (IVolSurfaces);

    /// @notice What a checkpoint would store now: header, collateral records and hashes; and the records of all underlyings, ascending.
    function live() external view returns (bytes memory checkpointBytes, bytes memory records);

    /// @notice `refresh`, then `live` of some underlyings and tokens: those whose bit is set in a mask, and the underlyings that those tokens are. Only these are updated and read. Anyone.
    /// In the place of every other hash stands zero, and of every other collateral record one of token 65535. No preimage hashes to zero and no balance finds such a record, so what was not asked for cannot be priced wrongly: whatever needs it reverts.
    function liveFor(
        uint256 underlyings,
        uint256 tokens
    ) external returns (bytes memory checkpointBytes, bytes memory records);

    /// @notice Brings the indices up to now, by the sums of debts and credits as they were until now and the curve of the last checkpoint, and books insurance's part: every operation begins with it. Anyone.
    /// @return debtIndexE12 The debt index.
    /// @return creditIndexE12 The credit index.
    function accrue() external returns (uint64 debtIndexE12, uint64 creditIndexE12);

    /// @notice Spot of one underlying as an update would leave it now; 0 of one that has no sources.
    function spotE8Of(uint16 underlying) external view returns (uint64 spotE8);

    /// @notice Units of its underlying that one whole token is, as a checkpoint of now would tell (CLR-033) while its market is not wound down: of a share those of its rate. Of a token that is no underlying it means nothing.
    function tokenUnitsE8Of(uint16 token) external view returns (uint64 unitsE8);

    /// @notice Whether the last update left the market of a token's underlying halted. Of a token that is none it never is.
    function isHalted(uint16 token) external view returns (bool);

    /// @notice Debt and credit index as of now.
    function indices() external view returns (uint64 debtIndexE12, uint64 creditIndexE12);

    /// @notice Number and time of the last checkpoint; 0 when there is none.
    function latest() external view returns (uint64 id, uint40 time);

    /// @notice What a checkpoint stored: the hash of its preimage, zero when there is none of that number.
    function inputsHash(uint64 id) external view returns (bytes32 hash);

    /// @notice Spot of an underlying at one of the last 64 checkpoints (CLR-022); 0 of an older one, and of an underlying that was none.
    function spotE8At(uint64 id, uint16 underlying) external view returns (uint64 spotE8);

    /// @notice The same of `priceE8` of a token's record (MRG-004).
    function tokenPriceE8At(uint64 id, uint16 token) external view returns (uint64 priceE8);

    /// @notice The hash and the time of a checkpoint, both 0 when there is none of that number.
    function checkpointOf(uint64 id) external view returns (bytes32 hash, uint40 time);

    /// @notice The settlement price of an expiry, 0 while it is not fixed; once it is not 0 it never changes.
    function settlementPriceE8(uint16 underlying, uint32 expiry) external view returns (uint64 priceE8);

    /// @notice Cumulative funding of an underlying's perpetual at the last checkpoint.
    function cumulativeFundingE8(uint16 underlying) external view returns (int64 fundingE8);

    /// @notice What a market keeps from one checkpoint to the next: its open interest and traded premium, averaged, and cumulative funding with all the digits that the next one adds to.
    function marketOf(
        uint16 underlying
    ) external view returns (uint64 openInterestE8, int64 premiumE8, int96 fundingE16);

    /// @notice The most option interest that fills may leave an underlying with, fixed at the last checkpoint (ORC-016).
    function optionInterestMaxE8(uint16 underlying) external view returns (uint64 largestE8);

    /// @notice What the vault holds of a token, in E8 of a whole one, averaged up to the last checkpoint.
    function smoothedTotalE8(uint16 token) external view returns (uint128 totalE8);

    /// @notice The source of a token's price.
    function tokenSourceOf(uint16 token) external view returns (address source);
}
