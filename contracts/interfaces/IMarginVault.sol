// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The vault: custody of every token
/// @notice Knows tokens and nothing of margin. A token has an index; index 0 is the settlement token, whose decimals are at most 8 so that it converts to cash (E8) without rounding.
/// Every token is held either for an account (`balanceOf`) or, the settlement token only, in the pool that backs cash (`pooledRaw`). The cash itself, in E8, is kept by the Clearinghouse.
/// Assumptions: tokens move exactly the amount that they are asked to; a transfer that does not is refused (`TransferInexact`). A token that shrinks by itself takes no deposits (`TokenShort`); it must not be listed.
/// A token counts up to its cap (`setCap`): what is deposited above lies idle, backs nothing and can be taken out at any time.
/// Warning: anyone may deposit for any account; nobody but the three connected contracts can take anything out, and governance cannot connect another one.
interface IMarginVault {
    /// @notice A token was listed under the next free index.
    event TokenListed(uint16 indexed token, address indexed erc20, uint8 decimals);

    /// @notice The three contracts that may move balances were fixed for ever.
    event Connected(address indexed clearinghouse, address indexed liquidationHouse, address indexed insuranceFund);

    /// @notice `payer` paid tokens in for an account.
    event Deposited(uint64 indexed account, uint16 indexed token, address indexed payer, uint128 amountRaw);

    /// @notice `payer` paid tokens in for an account that are above the token's cap: they lie there and count nothing.
    event Idled(uint64 indexed account, uint16 indexed token, address indexed payer, uint128 amountRaw);

    /// @notice Idle tokens of an account count from now on.
    event Engaged(uint64 indexed account, uint16 indexed token, uint128 amountRaw);

    /// @notice Idle tokens of an account were paid out.
    event IdlePaid(uint64 indexed account, uint16 indexed token, address indexed to, uint128 amountRaw);

    /// @notice The cap of a token goes to `wholeTokens`, where it is at `end`; down it went at once.
    event CapSet(uint16 indexed token, uint64 wholeTokens, uint40 end);

    /// @notice Tokens of an account were paid out.
    event Paid(uint64 indexed account, uint16 indexed token, address indexed to, uint128 amountRaw);

    /// @notice Tokens changed hands between two accounts (a slice of a lot).
    event Moved(uint64 indexed from, uint64 indexed to, uint16 indexed token, uint128 amountRaw);

    /// @notice The settlement token of an account became cash.
    event Swept(uint64 indexed account, uint128 amountRaw);

    /// @notice Settlement token was paid into the pool without becoming anybody's collateral first.
    event PooledIn(address indexed payer, uint128 amountRaw);

    /// @notice Settlement token was paid out of the pool.
    event PooledOut(address indexed to, uint128 amountRaw);

    /// @notice Thrown when the caller is none of the connected contracts that may do this.
    error NotConnected(address caller);

    /// @notice Thrown when `connect` is called a second time.
    error AlreadyConnected();

    /// @notice Thrown when an address must not be zero.
    error AddressZero();

    /// @notice Thrown when a token index is not listed, or not the next one to be listed.
    error TokenUnknown(uint16 token, uint16 tokens);

    /// @notice Thrown when a token is listed already, or 32 are.
    error TokenRefused(address erc20);

    /// @notice Thrown when a token has more decimals than its use allows (8 for the settlement token, 18 for others).
    error DecimalsTooMany(uint8 decimals, uint8 largest);

    /// @notice Thrown when a token other than the settlement token has fewer decimals than lots can be cut by.
    error DecimalsTooFew(uint8 decimals, uint8 least);

    /// @notice Thrown when a deposit names an account that was never opened.
    error AccountUnknown(uint64 account);

    /// @notice Thrown when a deposit names another owner than the account has: nobody but its owner could take it out.
    error OwnerDiffers(uint64 account, address owner, address named);

    /// @notice Thrown when an amount is zero or does not fit 128 bits.
    error AmountInvalid(uint256 amountRaw);

    /// @notice Thrown when a token moved another amount than it was asked to.
    error TransferInexact(uint16 token, uint256 expectedRaw, uint256 movedRaw);

    /// @notice Thrown when a token has left the vault by itself (it rebased): it takes no deposit until it is whole again.
    error TokenShort(uint16 token, uint256 heldRaw, uint256 owedRaw);

    /// @notice Thrown when an account or the pool holds less than is asked for.
    error BalanceTooLow(uint64 account, uint16 token, uint256 balanceRaw, uint256 amountRaw);

    /// @notice Pays tokens of the caller in for any existing account, and names its owner: numbers follow the order of blocks, so that one that was read a block ago, or reckoned beforehand, may be a stranger's by then. Never paused. Needs an approval of the vault. What is above the token's cap is taken, too, and lies idle (CLR-034).
    function deposit(uint64 account, address owner, uint16 token, uint128 amountRaw) external;

    /// @notice The same with an EIP-2612 permit of the caller. A permit that was used already (or front-run) does no harm while the allowance stands.
    function depositWithPermit(
        uint64 account,
        address owner,
        uint16 token,
        uint128 amountRaw,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Wraps the ether that is sent along and pays it in, for a token that wraps ether. Withdrawals pay the token.
    function depositEther(uint64 account, address owner, uint16 token) external payable;

    /// @notice Makes idle tokens of an open account count, as far as the cap has room. The account's owner only: from then on they take a margin to be paid out, and are in a lot with all else.
    function engage(uint64 account, uint16 token) external returns (uint128 amountRaw);

    /// @notice Pays idle tokens out. The account's owner only; they back nothing, so nothing has to be shown, and nothing stops it.
    function withdrawIdle(uint64 account, uint16 token, uint128 amountRaw, address to) external;

    /// @notice Turns the whole settlement token of an account into pooled token. Clearinghouse only; it books the cash.
    function sweep(uint64 account) external returns (uint128 amountRaw);

    /// @notice Pays tokens of an account out. Clearinghouse only.
    function pay(uint64 account, uint16 token, address to, uint128 amountRaw) external;

    /// @notice Pays settlement token out of the pool. Clearinghouse only; it books the cash.
    function payPooled(address to, uint128 amountRaw) external;

    /// @notice Takes settlement token of `payer` (who approved the vault) into the pool. InsuranceFund only, which names its own caller as payer.
    function poolFrom(address payer, uint128 amountRaw) external;

    /// @notice Moves tokens between accounts. LiquidationHouse (slices of lots) and Clearinghouse (accounts of one owner) only.
    function move(uint64 from, uint64 to, uint16 token, uint128 amountRaw) external;

    /// @notice Lists the next token, whose index is named: acts that wait together name what they are of by it, and must not meet another if one of them fails. Governance.
    function listToken(address erc20, uint16 token) external;

    /// @notice Sets how much of a token counts in all, in whole tokens; a higher cap comes linearly over `rampSeconds`. At first 0: a new token counts nothing until its cap rises. Governance.
    function setCap(uint16 token, uint64 wholeTokens, uint32 rampSeconds) external;

    /// @notice Fixes the contracts that may move balances; once. Governance.
    function connect(address clearinghouse, address liquidationHouse, address insuranceFund) external;

    /// @notice Number of listed tokens.
    function tokenCount() external view returns (uint16 tokens);

    /// @notice The contract and decimals of a token.
    function tokenAt(uint16 token) external view returns (address erc20, uint8 decimals);

    /// @notice How much of a token counts at most at this time, in whole tokens; meaningless for the settlement token, which has none.
    function capOf(uint16 token) external view returns (uint64 wholeTokens);

    /// @notice What an account holds above a token's cap.
    function idleOf(uint64 account, uint16 token) external view returns (uint128 amountRaw);

    /// @notice What an account holds of a token, as far as it counts.
    function balanceOf(uint64 account, uint16 token) external view returns (uint128 amountRaw);

    /// @notice Everything an account holds, as the referee wants it: one word each, `token u16 | 0 u112 | amountRaw u128`, ascending, none zero.
    function balancesOf(uint64 account) external view returns (bytes memory balances);

    /// @notice The tokens of which an account has a balance that counts: bit t is set for token t.
    function heldBy(uint64 account) external view returns (uint256 tokens);

    /// @notice What all accounts together hold of a token, as far as it counts.
    function totalOf(uint16 token) external view returns (uint128 amountRaw);

    /// @notice The settlement token that backs cash.
    function pooledRaw() external view returns (uint128 amountRaw);

    /// @notice Both sides of P5 for a token: what the vault holds, and what it owes (accounts and pool). `heldRaw >= owedRaw` always.
    function conservation(uint16 token) external view returns (uint256 heldRaw, uint256 owedRaw);
}
