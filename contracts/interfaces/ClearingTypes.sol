// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice How an account shows that it may be in the state that an operation leaves it in.
enum ProofKind {
    /// @notice The referee computes everything at live prices. `data` is empty.
    Computed,
    /// @notice An attestation signed on demand. `data = abi.encode(SignedHealth)`.
    Signed,
    /// @notice A leaf of a posted epoch. `data = abi.encode(LeafHealth)`.
    Leaf,
    /// @notice Headroom of an attestation (signed or leaf) of the positions before. `data = abi.encode(HeadroomHealth)`. Trades only.
    Headroom,
    /// @notice The operation only reduces. `data` is empty. Trades only.
    Reducing
}

/// @notice The proof that goes with an account.
struct Proof {
    ProofKind kind;
    bytes data;
}

/// @notice An account in an operation: its number, the preimage of its commitment, its proof.
struct AccountInput {
    uint64 account;
    bytes state;
    Proof proof;
}

/// @notice What an owner signs (EIP-712, domain "OnchainMargin", version "1", the Clearinghouse).
struct Order {
    uint64 account;
    uint96 instrument;
    /// @notice Positive buys, negative sells.
    int64 sizeE8;
    /// @notice The most a buyer pays, the least a seller takes.
    uint64 limitPriceE8;
    /// @notice Orders of one account that share a nonce share their filled size: one replaces the other.
    uint64 nonce;
    /// @notice Last second at which it may be filled.
    uint40 expiry;
    /// @notice The largest fee rate of notional the owner accepts.
    uint32 maxFeeRateE8;
    /// @notice Bit 0 reduce-only, bit 1 post-only, bit 2 fill-or-kill: filled whole by one fill, or not at all.
    uint8 flags;
}

/// @notice An order with its signature: 65 bytes of ECDSA, or what an ERC-1271 wallet takes.
struct SignedOrder {
    Order order;
    address signer;
    bytes signature;
}

/// @notice A match of two orders, by their place in the list of orders. The price is the maker's limit.
struct Fill {
    uint16 maker;
    uint16 taker;
    uint64 sizeE8;
}

/// @notice Every term of the cash ledger beside the accounts (P5), in E8. After every call
/// `sum(cash) - sum(cost) + fees + insurance + proceeds + interest + rounding + oneSided + held - deficit = swept`, sums over stored states (of an account in a lot: the part that is not sold), held being `IClearinghouse.heldE8`. Two to a word: what a withdrawal moves together, then what a trade does.
struct CashLedger {
    /// @notice Settlement token swept or paid into the pool less paid out; equals the vault's pool.
    int128 sweptE8;
    /// @notice Interest taken from debtors less given to creditors and to insurance; negative while those came first. What debtors owe still makes up for it (CLR-032).
    int128 interestE8;
    uint128 feesE8;
    /// @notice Units that two roundings took between them; never negative after a call.
    int128 roundingE8;
    uint128 insuranceE8;
    /// @notice Paid by bidders for parts of lots that are still open.
    uint128 proceedsE8;
    /// @notice Losses that nothing has paid yet.
    uint128 deficitE8;
    /// @notice Of positions that are closed one side at a time, at expiry or out of a lot: paid in by those who lost less paid out to those who won; negative while winners came first, at least 0 once all have come.
    int128 oneSidedE8;
}

/// @notice Everything of an account but its state.
struct AccountRecord {
    address owner;
    uint64 minimumNonce;
    bool inLot;
    bytes32 stateHash;
}

/// @notice What an owner lets somebody else do with an account, until a second that is past. Nobody but the owner withdraws or appoints.
struct Delegate {
    uint40 until;
    /// @notice Bit 0 signs orders, bit 1 cancels orders, bit 2 touches and moves between accounts of one owner.
    uint8 rights;
}

/// @notice One underlying as the Clearinghouse sees it; PriceHub reads it at checkpoints.
struct MarketTotals {
    /// @notice Sum of long sizes over all accounts and instruments of the underlying.
    uint64 openInterestE8;
    /// @notice The part of it that options are; what an hour of lies about surfaces could move rests on it (ORC-016).
    uint64 optionInterestE8;
    /// @notice Sum over fills of (price - spot)·size/1e8 and of spot·size/1e8, ever since; their increments give the traded premium.
    int128 premiumNotionalE8;
    uint128 notionalE8;
}

/// @notice What was taken over from lots in one instrument and waits for holders of the opposite side (CLR-045).
struct Need {
    /// @notice As the lot held it: positive when those who are short must give up their positions.
    int64 sizeE8;
    /// @notice When it was opened; of what was added later the mean, by size.
    uint40 since;
    /// @notice Its value at the bankruptcy price, against the funding of that moment.
    int128 costE8;
}

/// @notice A part of a lot that goes to a bidder.
struct Slice {
    /// @notice Cost of legs whose size rounded to nothing, with its sign turned; the lot's own cash comes beside.
    int256 cashE8;
    /// @notice Position words (MRG-002): size and cost of each leg's part.
    bytes positions;
    /// @notice Which part it is of what was unsold.
    uint256 partE8;
}
