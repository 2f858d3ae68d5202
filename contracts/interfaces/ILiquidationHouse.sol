// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "./ClearingTypes.sol";

/// @notice A lot as it is stored. `lotHash = keccak256(abi.encode(account, state, balances))`.
struct Lot {
    /// @notice Its number; 0 where an account never had one.
    uint32 lot;
    /// @notice Whether it served needs: its account rests after it as after a sale in part.
    bool served;
    /// @notice When it began; with a resumed discount, moved back by what had run before. In 32 bits, as expiries are.
    uint32 startTime;
    /// @notice When grace ends.
    uint32 biddingFrom;
    /// @notice Sold so far, a fraction of the whole.
    uint32 soldE8;
    /// @notice The fraction that may be sold.
    uint32 forSaleE8;
    /// @notice When it ended; 0 while it is open.
    uint32 endTime;
    /// @notice The largest maintenance margin that was shown, rounded up; in 1e-4, to fit beside the others: all so far is one word.
    uint56 maintenanceE4;
    uint112 proceedsE8;
    /// @notice Paid by insurance so far; like the proceeds zero once it has ended.
    uint112 insuredE8;
    /// @notice When the whole was first shown to lack something: the incentive rises from here. 0 while it was not, and once a bid found it solvent again.
    uint32 insolventSince;
    bytes32 lotHash;
}

/// @notice The preimage of a lot, as `LotStarted` emitted it.
struct LotPreimage {
    uint64 account;
    bytes state;
    bytes balances;
}

/// @title The liquidation house: proved starts, immutable lots, Dutch auctions
/// @notice States of a lot: *grace* (owner may deposit) → *auction* (discount grows from 0 to its largest) → *ended*. `start` proves on chain, by a witness, that equity is below the maintenance margin; no signature can.
/// The lot is the account as it was, immutable: positions, cash, each token's amount. A bid for [p, p') receives T(p') - T(p) of each, T(p) = trunc(size·p), so slices always add up and nobody's bid invalidates another's whose bidder is shown by computation. What is for sale was reckoned at the worst moment that was shown; one bid takes no more of it than restores the account at present prices.
/// The bidder pays its share of the lot's equity at live prices, less the discount, rounded up. Deposits made later count for health and are never sold. Only health computed on chain, or a sale of everything, ends a lot; once what is left has reached the target under the largest margin that was shown, or is healthy after positions were settled or taken over, no bid is taken either. After a sale in part the account rests for some minutes, unless its equity falls below half of the maintenance margin.
/// *Insolvent*: when the lot's equity is negative insurance pays the bidder that share of it plus an incentive that rises over the hour after its loss was shown. What it cannot pay falls on opposite holders, who are deleveraged at the bankruptcy price; of a lot without positions it becomes `Clearinghouse.deficit()`.
/// Warning: a bid takes risk into the bidder's own margin account, which must show initial margin and floor after it.
interface ILiquidationHouse {
    /// @notice A lot began; its preimage, what the witness showed (the equity less the reward of the keeper), and the fraction for sale.
    event LotStarted(
        uint64 indexed lot,
        uint64 indexed account,
        address indexed keeper,
        bytes32 lotHash,
        bytes state,
        bytes balances,
        int256 equityE8,
        uint256 maintenanceE8,
        uint64 forSaleE8,
        uint40 biddingFrom
    );

    /// @notice More was shown: the fraction for sale, and the maintenance margin that the lot keeps, as of the whole.
    event LotEnlarged(uint64 indexed lot, uint64 forSaleE8, uint256 maintenanceE8);

    /// @notice A bid took [fromE8, toE8) of a lot. `payE8` is negative when the bidder was paid.
    event LotBid(
        uint64 indexed lot,
        uint64 indexed bidder,
        uint64 fromE8,
        uint64 toE8,
        int256 payE8,
        uint256 discountE8,
        uint256 insuredE8,
        uint256 deficitE8
    );

    /// @notice A lot was shown to lack something: the incentive of its bidders rises from `since`; 0: a bid found it solvent again.
    event LotInsolvent(uint64 indexed lot, uint40 since);

    /// @notice What a lot had left served open needs, and was taken over at bankruptcy prices, its marks moved by at most `shiftE8` of themselves; the lot goes on with this preimage, nothing sold, for what the account still has. `forSaleE8` is 0 where it only served: nothing is for sale then, and no margin is known, until a witness shows it (`enlarge`). `served`: whether it gave needs more than dust, then or before, so that its account rests once it ends.
    event LotDeleveraged(
        uint64 indexed lot,
        uint64 indexed account,
        bytes32 lotHash,
        bytes state,
        bytes balances,
        uint64 forSaleE8,
        uint256 shiftE8,
        uint256 insuredE8,
        bool served
    );

    /// @notice A lot ended; `state` is the account's again.
    event LotEnded(uint64 indexed lot, uint64 indexed account, uint64 soldE8, uint128 proceedsE8);

    /// @notice Thrown when equity is not below the maintenance margin as the witness of `start` or `enlarge` shows it; at a bid, when what is left has reached the target.
    error NotLiquidatable(uint64 account, int256 equityE8, uint256 maintenanceE8);

    /// @notice Thrown when a lot does not exist or has ended.
    error LotNotOpen(uint64 lot);

    /// @notice Thrown when a preimage is not the lot's.
    error LotMismatch(uint64 lot, bytes32 expected, bytes32 found);

    /// @notice Thrown when bids are not taken yet.
    error InGrace(uint64 lot, uint40 biddingFrom);

    /// @notice Thrown when a fraction is below the least bid, or nothing is for sale.
    error FractionInvalid(uint64 lot, uint64 fractionE8, uint64 leftE8);

    /// @notice Thrown when the price is above what the bidder will pay (or insurance pays less than the bidder asks). `payE8` is of all of the fraction that he named, at the price of what he would have been given.
    error PayTooHigh(uint64 lot, int256 payE8, int256 maxPayE8);

    /// @notice Thrown when insurance cannot pay a lot's loss and there are positions that opposite holders can be deleveraged by.
    error InsuranceExhausted(uint64 lot, uint256 lossE8, uint256 coveredE8);

    /// @notice Thrown when a lot is to be taken over that insurance can still pay for, or that has no positions left.
    error NothingToDeleverage(uint64 lot, uint256 lossE8, uint256 coveredE8);

    /// @notice Thrown when a bidder's account is the lot's own.
    error BidderInLot(uint64 account);

    /// @notice Thrown when an account is not shown healthy, so its lot goes on.
    error NotHealthy(uint64 account, int256 equityE8, uint256 maintenanceE8);

    /// @notice Thrown when an account whose last lot was sold in part is to be sold again too soon, and is not in danger.
    error TooSoon(uint64 account, uint256 until);

    /// @notice Thrown when a leg faces a need that asks those first who gained most, until `from`.
    error NeedTooYoung(uint96 instrument, uint256 from);

    /// @notice Thrown when a lot has no loss to be shown.
    error NoLoss(uint64 lot, int256 equityE8);

    /// @notice Thrown when a witness shows neither more for sale nor a larger margin than the lot has, or nothing of the lot is left.
    error NotLarger(uint64 lot, uint64 forSaleE8);

    /// @notice Thrown when the caller does not own the account.
    error NotAuthorised(uint64 account, address caller);

    /// @notice Proves an account below its maintenance margin and opens a lot. Anyone; who does it is paid for the gas out of the account's equity, unless the lot resumes an earlier one (CLR-044): `Clearinghouse.claim`.
    function start(uint64 account, bytes calldata state, bytes calldata witness) external returns (uint64 lot);

    /// @notice Takes a fraction of a lot into the bidder's own account: at most what is left for sale, and at most what restores the account at the prices of this block (CLR-041).
    /// Warning: less than was asked for may be delivered, for at most its part of `maxPayE8`. `LotBid` tells what was. An attestation names the bidder's positions after the bid exactly, and is refused with one that was cut: ask for nine tenths of what a bid takes, or bring a computed proof.
    /// @param fractionE8 Of the whole lot; at least the least bid, or all that is left.
    /// @param maxPayE8 The most to pay for all of that fraction, whether as much of it is for sale or not; negative to demand at least that much from insurance.
    /// @param bidder The bidder's account, owned by the caller, with the proof of its state after.
    function bid(
        uint64 lot,
        LotPreimage calldata preimage,
        uint64 fractionE8,
        int256 maxPayE8,
        AccountInput calldata bidder
    ) external returns (int256 payE8);

    /// @notice Puts more for sale, or raises the margin that the lot keeps, when a witness shows at present prices that more is needed; lowers neither. Anyone.
    function enlarge(uint64 lot, LotPreimage calldata preimage, bytes calldata witness) external;

    /// @notice Shows that a lot has become insolvent: nobody leaves the insurance before its loss, and the incentive of its bidders begins to rise. Anyone.
    function showLoss(uint64 lot, LotPreimage calldata preimage) external;

    /// @notice Has the legs of a lot serve open needs of the opposite side whose time has come, and then takes over what is left of an insolvent lot when insurance cannot pay its loss: insurance pays what it can, and the legs become needs at bankruptcy prices, which opposite holders serve (CLR-045). What is open is moved first, once, by half a mark at most; the rest of a loss falls on all legs alike. Where proceeds or deposits make up for the loss, so that nobody has lost, the prices are the marks, and the account keeps what it has. Anyone.
    function deleverage(uint64 lot, LotPreimage calldata preimage) external;

    /// @notice Ends a lot whose account is healthy by computation, or of which everything is sold. Anyone.
    function finish(uint64 lot, LotPreimage calldata preimage) external;

    /// @notice The last lot of an account, open or ended. Lots are numbered from 1.
    function lotOf(uint64 account) external view returns (Lot memory stored);
    function lotCount() external view returns (uint64 lots);

    /// @notice The open lot of an account, 0 when there is none.
    function openLotOf(uint64 account) external view returns (uint64 lot);

    /// @notice The discount of the last lot of an account now.
    function discountOf(uint64 account) external view returns (uint256 discountE8);
}
