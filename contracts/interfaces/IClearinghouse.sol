// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, AccountRecord, CashLedger, Fill, MarketTotals, Order, SignedOrder} from "./ClearingTypes.sol";

/// @title The clearinghouse: accounts as commitments, orders, fills, cash
/// @notice Stores one hash per account (`MRG-002`); every operation brings the preimage and the latest `AccountUpdated` is the account. Rules: spec/clearing.md.
/// An operation first *touches* the account: interest since its index, the settlement token in the vault swept whole into cash, locked gains decayed.
/// Assumptions: the referee and the price hub are what governance deployed them with; prices are those of `PriceHub.live()`, indices those of the last checkpoint, which is renewed when older than `maxCheckpointAge`.
/// Warning: a signed order can be filled by anyone, in parts, until its expiry. Cancel on chain what must not be filled any more.
/// Warning: an account in a lot of the LiquidationHouse can do nothing here but receive deposits in the vault.
interface IClearinghouse {
    /// @notice An account was opened; its state is empty.
    event AccountOpened(uint64 indexed account, address indexed owner, bytes32 stateHash);

    /// @notice The account's state is now `state` and its commitment `stateHash`.
    event AccountUpdated(uint64 indexed account, bytes32 stateHash, bytes state);

    /// @notice Two orders met. The taker's size is signed; fees are rounded up.
    event Filled(
        uint64 indexed maker,
        uint64 indexed taker,
        uint96 indexed instrument,
        int64 takerSizeE8,
        uint64 priceE8,
        uint64 makerNonce,
        uint64 takerNonce,
        uint128 makerFeeE8,
        uint128 takerFeeE8
    );

    /// @notice The nonce can not be filled any more.
    event OrderCancelled(uint64 indexed account, uint64 nonce);

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

    /// @notice The cash ledger after an operation.
    event LedgerUpdated(CashLedger ledger);

    /// @notice A slice of a lot went to a bidder.
    event SliceReceived(uint64 indexed lotAccount, uint64 indexed bidder, int256 paidE8);

    /// @notice A guardian paused or released risk-increasing operations.
    event PausedSet(bool paused);

    /// @notice Fees were paid out.
    event FeesCollected(address indexed to, uint128 amountE8);

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

    /// @notice Thrown when a price is too far from the mark.
    error PriceOutOfBand(uint96 instrument, uint256 priceE8, uint256 markE8, uint256 bandE8);

    /// @notice Thrown when an instrument's kind cannot be entered yet: settlement at expiry is not built, so dated instruments are refused rather than half supported.
    error KindNotSupported(uint96 instrument);

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

    /// @notice Opens an account for `owner`; the caller needs no right to do so.
    function openAccount(address owner) external returns (uint64 account);

    /// @notice Applies a batch of fills and writes each account once (CLR-001 to CLR-020). Anyone may call.
    /// @param accounts Strictly ascending; each must take part in a fill; each with its proof for the state after.
    function settle(AccountInput[] calldata accounts, SignedOrder[] calldata orders, Fill[] calldata fills) external;

    /// @notice Pays tokens out to `to`. Owner only. The state after must be shown healthy by `Computed`, `Signed` or `Leaf`, locked gains excepted.
    /// An account without positions and debt needs no proof and no price and can always withdraw (P6).
    function withdraw(AccountInput calldata input, uint16 token, uint128 amountRaw, address to) external;

    /// @notice Brings an account up to date: interest, sweep, locked gains. Owner only, and shown healthy, so that a changed hash never dodges a liquidation.
    function touch(AccountInput calldata input) external;

    /// @notice Cancels nonces of an account. Owner only.
    function cancel(uint64 account, uint64[] calldata nonces) external;

    /// @notice Cancels every nonce below. Owner only; the bound never falls.
    function cancelBelow(uint64 account, uint64 minimumNonce) external;

    /// @notice Stops or releases operations that may raise risk. Guardian. Deposits, reducing trades, withdrawals without positions, liquidations and cancels go on.
    function setPaused(bool paused) external;

    /// @notice Pays collected fees out. Governance.
    function collectFees(address to, uint128 amountRaw) external;

    /// @notice Fixes the contracts that take lots over; once. Governance.
    function connect(address liquidationHouse, address insuranceFund) external;

    /// @notice Number of accounts; they are numbered from 1.
    function accountCount() external view returns (uint64 accounts);

    /// @notice Owner, least nonce, lot flag and commitment of an account.
    function accountOf(uint64 account) external view returns (AccountRecord memory record);

    /// @notice The commitment of an account; zero when it was never opened.
    function accountHash(uint64 account) external view returns (bytes32 stateHash);

    /// @notice Whether a nonce is cancelled or wholly filled, and how much of it is filled otherwise.
    function orderStatus(uint64 account, uint64 nonce) external view returns (bool done, uint64 filledE8);

    /// @notice The EIP-712 digest that an owner signs.
    function orderDigest(Order calldata order) external view returns (bytes32 digest);

    /// @notice The cash ledger beside the accounts.
    function ledger() external view returns (CashLedger memory current);

    /// @notice Losses that nothing has paid yet.
    function deficit() external view returns (uint256 deficitE8);

    /// @notice Totals of an underlying.
    function marketTotals(uint16 underlying) external view returns (MarketTotals memory totals);

    /// @notice Sums of cash over accounts, divided by the index each was last touched at: debts rounded down, credits up.
    function cashBases() external view returns (uint128 debtBaseE8, uint128 creditBaseE8);

    /// @notice Whether operations that may raise risk are stopped.
    function paused() external view returns (bool isPaused);
}
