// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CashLedger} from "./ClearingTypes.sol";

/// @title What the clearinghouse says: its events and errors
interface IClearingEvents {
    /// @notice An account was opened; its state is empty.
    event AccountOpened(uint64 indexed account, address indexed owner, bytes32 stateHash);

    /// @notice The account's state is now `state` and its commitment `stateHash`.
    event AccountUpdated(uint64 indexed account, bytes32 stateHash, bytes state);

    /// @notice Two orders met. The taker's size is signed; fees are rounded up. Flags: 1, the maker's order is over; 2, the taker's; 4, the price counts for the premium (CLR-015).
    event Filled(
        uint64 indexed maker,
        uint64 indexed taker,
        uint96 indexed instrument,
        int64 takerSizeE8,
        uint64 priceE8,
        uint64 makerNonce,
        uint64 takerNonce,
        uint128 makerFeeE8,
        uint128 takerFeeE8,
        uint8 flags
    );

    /// @notice An expired position was settled at its underlying's settlement price; cash rose by `realisedE8`.
    event PositionSettled(
        uint64 indexed account,
        uint96 indexed instrument,
        int64 sizeE8,
        uint64 priceE8,
        int256 realisedE8
    );

    /// @notice The nonce can not be filled any more.
    event OrderCancelled(uint64 indexed account, uint64 nonce);

    /// @notice An owner gave rights in an account, or took them back (rights 0).
    event DelegateSet(uint64 indexed account, address indexed delegate, uint8 rights, uint40 until);

    /// @notice Cash or a token went from one account to another of the same owner.
    event Transferred(uint64 indexed from, uint64 indexed to, uint16 indexed token, uint128 amountRaw);

    /// @notice A position went whole from one account to another of the same owner.
    event PositionMoved(
        uint64 indexed from,
        uint64 indexed to,
        uint96 indexed instrument,
        int256 sizeE8,
        int256 costE8
    );

    /// @notice An empty account was closed; its number is never used again.
    event AccountClosed(uint64 indexed account);

    /// @notice No nonce below can be filled any more.
    event OrdersCancelledBelow(uint64 indexed account, uint64 minimumNonce);

    /// @notice Tokens left. For the settlement token `paidRaw` is less than `amountRaw` while there is a deficit.
    event Withdrawn(
        uint64 indexed account,
        uint16 indexed token,
        address indexed to,
        uint128 amountRaw,
        uint128 paidRaw
    );

    /// @notice The cash ledger after an operation. Between operations only `PriceHub.InterestAccrued` moves it.
    event LedgerUpdated(CashLedger ledger);

    /// @notice A slice of a lot went to a bidder.
    event SliceReceived(uint64 indexed lotAccount, uint64 indexed bidder, int256 paidE8);

    /// @notice Who started an account's lot has so much to claim, out of the account's cash.
    event KeeperRewarded(uint64 indexed account, address indexed keeper, uint256 rewardE8);

    /// @notice A withdrawal was paid less, by this; its owner gets it back as far as fees come in.
    event LossTaken(address indexed owner, uint64 indexed account, uint256 lostE8);

    /// @notice Fees paid losses: `paidE8` of the deficit, `backE8` of what withdrawers took.
    event LossesRecovered(uint256 paidE8, uint256 backE8);

    /// @notice So much of an owner's losses is his to claim now.
    event LossReturned(address indexed owner, uint256 backE8);

    /// @notice An account paid the attesters for the credit that their word gave it (CLR-054); `AccountUpdated` of this operation is without it.
    event CreditFeePaid(uint64 indexed account, uint256 feeE8);

    /// @notice Settlement token that was held for somebody was paid out.
    event Claimed(address indexed who, address indexed to, uint256 amountE8);

    /// @notice A leg of a lot was taken over at its bankruptcy price: opposite holders must serve it.
    event NeedOpened(uint64 indexed lotAccount, uint96 indexed instrument, int256 sizeE8, int256 costE8);

    /// @notice A holder gave up a position to a need: its size changed by `sizeE8` at a cost, its cash rose by `realisedE8`.
    event NeedServed(
        uint64 indexed account,
        uint96 indexed instrument,
        int256 sizeE8,
        int256 costE8,
        int256 realisedE8
    );

    /// @notice A need met its instrument's expiry, and nobody had served it a day later; insurance got `gainE8`, or paid it.
    event NeedNetted(uint96 indexed instrument, int256 gainE8);

    /// @notice A guardian paused or released risk-increasing operations.
    event PausedSet(bool paused);

    /// @notice Fees were paid out.
    event FeesCollected(address indexed to, uint128 amountE8);

    /// @notice A market whose oracles have died is settled at this price, whatever was open in it.
    event MarketWoundDown(uint16 indexed underlying, uint64 priceE8);

    /// @notice The liquidation house and the insurance fund were fixed for ever.
    event Connected(address indexed liquidationHouse, address indexed insuranceFund);

    /// @notice Thrown when an account was never opened.
    error AccountUnknown(uint64 account);

    /// @notice Thrown when the state brought is not the account's.
    error StateMismatch(uint64 account, bytes32 expected, bytes32 found);

    /// @notice Thrown when the account is in a lot.
    error AccountInLot(uint64 account);

    /// @notice Thrown when the account is not in a lot.
    error AccountNotInLot(uint64 account);

    /// @notice Thrown when the caller or signer may not act for the account.
    error NotAuthorised(uint64 account, address caller);

    /// @notice Thrown when the caller is not the connected contract.
    error NotConnected(address caller);

    /// @notice Thrown when `connect` is called a second time.
    error AlreadyConnected();

    /// @notice Thrown when an address must not be zero.
    error AddressZero();

    /// @notice Thrown when accounts of a settlement are not strictly ascending.
    error AccountsUnsorted(uint256 index);

    /// @notice Thrown when a batch has no fill, or an account that takes part in none.
    error NothingToSettle(uint64 account);

    /// @notice Thrown when an order's account is not among those brought.
    error AccountNotBrought(uint64 account);

    /// @notice Thrown when a fill names an order that is not there.
    error OrderMissing(uint256 index, uint256 orders);

    /// @notice Thrown when an order's signature is not its signer's.
    error SignatureInvalid(uint64 account, address signer);

    /// @notice Thrown when an order is past its last second.
    error OrderExpired(uint64 account, uint64 nonce, uint40 expiry);

    /// @notice Thrown when an order's nonce was cancelled or wholly filled.
    error OrderDone(uint64 account, uint64 nonce);

    /// @notice Thrown when more is filled than an order has left.
    error OrderOverfilled(uint64 account, uint64 nonce, uint64 leftE8, uint64 sizeE8);

    /// @notice Thrown when so many nonces would be cancelled at once that few were left; `minimumNonce` may rise by 2^48 above `before`.
    error NonceTooFar(uint64 account, uint64 minimumNonce, uint64 before);

    /// @notice Thrown when a fill has size zero, or an order has size or price zero or flags that do not exist.
    error OrderInvalid(uint64 account, uint64 nonce);

    /// @notice Thrown when two orders are not of one instrument and opposite sides, or their limits do not meet.
    error OrdersDoNotMatch(uint64 makerNonce, uint64 takerNonce);

    /// @notice Thrown when both orders belong to one owner.
    error SelfTrade(address owner);

    /// @notice Thrown when a post-only order is the taker.
    error PostOnlyTaker(uint64 account, uint64 nonce);

    /// @notice Thrown when a reduce-only order would grow or turn a position.
    error NotReducing(uint64 account, uint96 instrument, int256 beforeE8, int256 afterE8);

    /// @notice Thrown when the fee rate is above what the order accepts.
    error FeeTooHigh(uint64 account, uint256 feeRateE8, uint256 maxFeeRateE8);

    /// @notice Thrown when the fee on credit of a settlement is more than an account's orders leave to be paid beside the fees of its fills. Prove the account by computation, which costs none.
    error CreditFeeTooHigh(uint64 account, uint256 feeE8, uint256 feeLeftE8);

    /// @notice Thrown when a price is too far from the mark.
    error PriceOutOfBand(uint96 instrument, uint256 priceE8, uint256 markE8, uint256 bandE8);

    /// @notice Thrown when a fill-or-kill order is not filled whole.
    error NotFilledWhole(uint64 account, uint64 nonce, uint64 sizeE8, uint64 filledE8);

    /// @notice Thrown when a fill would bring the risk interest of an underlying above its cap.
    error OpenInterestTooHigh(uint256 underlying, uint256 riskE8, uint256 largestE8);

    /// @notice Thrown when a fill would bring the open options of an underlying above what the attesters' bonds stand for (ORC-016).
    error OptionInterestTooHigh(uint256 underlying, uint256 optionInterestE8, uint256 largestE8);

    /// @notice Thrown when a fill would open options at a strike of more than three significant digits; the nearest strikes at which they may be opened (CLR-028).
    error StrikeOffGrid(uint96 instrument, uint256 belowE8, uint256 aboveE8);

    /// @notice Thrown when a fill would raise the open interest in an expiry whose surface was published more than an hour ago (CLR-017).
    error SurfaceTooOld(uint96 instrument);

    /// @notice Thrown when rights are given that do not exist.
    error RightsUnknown(uint8 rights);

    /// @notice Thrown when accounts that something is moved between are one, or have not one owner.
    error AccountsNotSiblings(uint64 from, uint64 to);

    /// @notice Thrown when a position to be moved is not held.
    error PositionMissing(uint64 account, uint96 instrument);

    /// @notice Thrown when an account that is to be closed still holds something.
    error AccountNotEmpty(uint64 account);

    /// @notice Thrown when an account holds nothing that an open need could take at this time.
    error NothingToServe(uint64 account);

    /// @notice Thrown when an account has no expired position whose settlement price is fixed.
    error NothingExpired(uint64 account);

    /// @notice Thrown when an account that holds what has expired and has no settlement price yet would take something out, or trade other than to reduce.
    error SettlementPending(uint64 account);

    /// @notice Thrown when a need has no price yet, is none, or its holders still have time to serve it.
    error NeedNotDue(uint96 instrument, uint256 from);

    /// @notice Thrown when a leg of a lot owes an open need what was taken over: `LiquidationHouse.deleverage` has it serve first.
    error NeedFirst(uint96 instrument);

    /// @notice Thrown when nothing is held for who claims, or less than a base unit of the settlement token.
    error NothingToClaim(address who);

    /// @notice Thrown when a module was made for other contracts than the clearinghouse.
    error ModuleMismatch(address module);

    /// @notice Thrown when an instrument's underlying is not listed.
    error UnderlyingUnknown(uint256 underlying);

    /// @notice Thrown when a market is reduce-only or halted and the operation is not reducing.
    error MarketNotNormal(uint256 underlying, uint256 marketState);

    /// @notice Thrown when a position, cash or notional would leave the domain of MRG-003.
    error OutOfDomain(uint64 account, uint96 instrument);

    /// @notice Thrown when an account would hold more than 128 positions.
    error PositionsTooMany(uint64 account, uint256 count);

    /// @notice Thrown when an operation that may raise risk is tried while paused.
    error Paused();

    /// @notice Thrown when cash or a token is less than asked for.
    error WithdrawalTooLarge(uint64 account, uint16 token, int256 availableRaw, uint256 amountRaw);
}
