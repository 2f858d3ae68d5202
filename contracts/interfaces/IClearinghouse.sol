// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    AccountInput,
    AccountRecord,
    CashLedger,
    Delegate,
    Fill,
    MarketTotals,
    Need,
    Order,
    SignedOrder
} from "./ClearingTypes.sol";
import {IClearingEvents} from "./IClearingEvents.sol";

/// @title The clearinghouse: accounts as commitments, orders, fills, cash
/// @notice Stores one hash per account (`MRG-002`); every operation brings the preimage and the latest `AccountUpdated` is the account. Rules: spec/clearing.md.
/// An operation first *touches* the account: interest since its index, the settlement token in the vault swept whole into cash, locked gains decayed, expired positions settled.
/// Assumptions: the referee and the price hub are what governance deployed them with; prices are those of `PriceHub.live()`, indices those of that second (`PriceHub.accrue`), funding that of the last checkpoint, which is renewed when older than `checkpointMaxAgeSeconds`.
/// Warning: a signed order can be filled by anyone, in parts, until its expiry. Cancel on chain what must not be filled any more.
/// Warning: an account in a lot of the LiquidationHouse can do nothing here but receive deposits in the vault.
interface IClearinghouse is IClearingEvents {
    /// @notice Opens an account for `owner`; the caller needs no right to do so.
    function openAccount(address owner) external returns (uint64 account);

    /// @notice Applies a batch of fills and writes each account once (CLR-001 to CLR-020). Anyone may call.
    /// @param accounts Strictly ascending; each must take part in a fill; each with its proof for the state after. What credit costs an account (CLR-054) is bounded by the largest fees of its orders.
    function settle(AccountInput[] calldata accounts, SignedOrder[] calldata orders, Fill[] calldata fills) external;

    /// @notice Pays tokens out to `to`. Owner only. The state after must be shown healthy by `Computed`, `Signed` or `Leaf`, locked gains excepted.
    /// An account without positions and debt needs no proof and no price and can always withdraw (P6).
    function withdraw(AccountInput calldata input, uint16 token, uint128 amountRaw, address to) external;

    /// @notice Moves cash or a token, and whole positions with their cost, from one account to another of the same owner (CLR-024). The owner, or a delegate of both. Both accounts are shown healthy after it, as for a withdrawal.
    /// @param token With `amountRaw` 0 none is moved.
    function move(
        AccountInput calldata from,
        AccountInput calldata to,
        uint16 token,
        uint128 amountRaw,
        uint96[] calldata instruments
    ) external;

    /// @notice Closes an account that holds nothing. Owner only.
    function closeAccount(uint64 account, bytes calldata state) external;

    /// @notice Gives somebody rights in an account until a second, or takes them back with rights 0. Owner only.
    /// Whoever signs orders can trade away all there is, beside the marks with a friend: no right less than that is safe from who holds it.
    function setDelegate(uint64 account, address delegate, uint8 rights, uint40 until) external;

    /// @notice What somebody may do with an account.
    function delegateOf(uint64 account, address delegate) external view returns (Delegate memory given);

    /// @notice Brings an account up to date: interest, sweep, locked gains. Owner or delegate, and shown healthy, so that a changed hash never dodges a liquidation.
    function touch(AccountInput calldata input) external;

    /// @notice Settles the expired positions of an account whose settlement prices are fixed (CLR-018). Anyone may call, in any order, however late; not while the account is in a lot.
    function settleExpired(uint64 account, bytes calldata state) external;

    /// @notice Deleverages an account that holds the opposite of an open need and whose score reaches the need's threshold (CLR-046). Anyone may call; every other operation of the account does the same first.
    function serveNeed(uint64 account, bytes calldata state) external;

    /// @notice Ends the need of an instrument that has expired, at its settlement price, a day after it: until then holders of the opposite side serve it. Anyone may call.
    function settleNeed(uint96 instrument) external;

    /// @notice Winds a market down whose sources have been dead for seven days without a break (ORC-005): from then on every touch settles its perpetuals, futures and options at the price that the rule gives, and `settleExpired` does it for anybody, in any order. Anyone, once.
    function windDown(uint16 underlying) external;

    /// @notice The open need of an instrument; size 0 when there is none.
    function needOf(uint96 instrument) external view returns (Need memory need);

    /// @notice Pays what is held for the caller to `to`, in whole base units of the settlement token: rewards of started lots (CLR-044), and what fees gave back of losses that he took with a withdrawal (CLR-026).
    function claim(address to) external returns (uint128 amountRaw);

    /// @notice What is held for somebody, and for all: rewards, losses that came back, and for the bonds of the attesters what credit was paid for.
    function heldFor(address who) external view returns (uint256 amountE8);
    function heldE8() external view returns (uint256 amountE8);

    /// @notice Pays what was taken for credit to the bonds of the attesters, which share it (CLR-054), in whole base units of the settlement token. Anyone.
    function payAttesters() external returns (uint128 amountRaw);

    /// @notice Has the fees that are there pay losses: those that stand in `deficit()`, and those that withdrawers took, in proportion (CLR-026). Anyone.
    function coverLosses() external;

    /// @notice What withdrawals of an owner were paid less, as far as fees have not given it back.
    function lossOf(address owner) external view returns (uint256 lostE8);

    /// @notice Cancels nonces of an account. Owner or delegate.
    function cancel(uint64 account, uint64[] calldata nonces) external;

    /// @notice Cancels every nonce below. Owner or delegate; the bound never falls, and rises by 2^48 at most.
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

    /// @notice The owner alone.
    function ownerOf(uint64 account) external view returns (address owner);

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

    /// @notice When a market was wound down for every account; 0 where it was not.
    function woundDownAt(uint16 underlying) external view returns (uint40 time);

    /// @notice Sums of cash over accounts, divided by the index each was last touched at: debts rounded down, credits up.
    function cashBases() external view returns (uint128 debtBaseE8, uint128 creditBaseE8);

    /// @notice Whether operations that may raise risk are stopped.
    function paused() external view returns (bool isPaused);
}
