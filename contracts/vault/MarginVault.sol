// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IConnected} from "../interfaces/IConnected.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IWrappedEther} from "../interfaces/IWrappedEther.sol";

/// @title The vault
/// @dev What is virtual is so for the naive variants in contracts/test/mutants alone.
contract MarginVault is IMarginVault, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint16 internal constant SETTLEMENT = 0;
    uint16 internal constant TOKENS_MAX = 32;
    uint8 internal constant SETTLEMENT_DECIMALS_MAX = 8;
    uint8 internal constant DECIMALS_MAX = 18;
    /// @dev A lot is cut to a hundred millionth, and what of a base unit that splits goes to whoever is not a bidder: at six decimals a unit of what costs 100,000 dollars is ten cents.
    uint8 internal constant DECIMALS_MIN = 6;

    struct Token {
        address erc20;
        uint8 decimals;
        /// @dev What counts, and what lies idle above the cap.
        uint128 totalRaw;
        uint128 idleRaw;
    }

    /// @dev In whole tokens; rises linearly from `start` to `end`.
    struct Cap {
        uint64 from;
        uint64 to;
        uint40 start;
        uint40 end;
    }

    address public clearinghouse;
    /// @dev Beside the clearinghouse, whose calls read that word.
    uint16 public override tokenCount;
    address public liquidationHouse;
    address public insuranceFund;
    uint128 public override pooledRaw;
    mapping(uint16 token => Token) private _tokens;
    mapping(uint16 token => Cap) private _caps;
    mapping(uint64 account => mapping(uint16 token => uint128)) private _idle;
    /// @dev Bit t is set while the account holds token t.
    mapping(uint64 account => uint256 mask) private _held;
    mapping(uint64 account => mapping(uint16 token => uint128)) private _balances;

    modifier only(address caller) {
        require(msg.sender == caller, NotConnected(msg.sender));
        _;
    }

    constructor(address authority) AccessManaged(authority) {}

    // Deposits

    /// @inheritdoc IMarginVault
    function deposit(uint64 account, address owner, uint16 token, uint128 amountRaw) external nonReentrant {
        _deposit(account, owner, token, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function depositWithPermit(
        uint64 account,
        address owner,
        uint16 token,
        uint128 amountRaw,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        (address erc20, ) = tokenAt(token);
        // A permit that somebody used first has left the allowance that the transfer needs; any other failure shows there.
        try IERC20Permit(erc20).permit(msg.sender, address(this), amountRaw, deadline, v, r, s) {} catch {}
        _deposit(account, owner, token, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function depositEther(uint64 account, address owner, uint16 token) external payable nonReentrant {
        (address erc20, ) = tokenAt(token);
        require(msg.value != 0 && msg.value <= type(uint128).max, AmountInvalid(msg.value));
        uint256 before = _heldBefore(account, owner, token, erc20);
        IWrappedEther(erc20).deposit{value: msg.value}();
        _credit(account, token, erc20, uint128(msg.value), before);
    }

    /// @inheritdoc IMarginVault
    function engage(uint64 account, uint16 token) external nonReentrant returns (uint128 amountRaw) {
        // What counts is sold with a lot and held by its margin: nobody else puts it there.
        _requireOwner(account);
        amountRaw = _roomFor(token, _idle[account][token]);
        if (amountRaw == 0) return 0;
        // What is idle on a closed account stays its owner's to take out.
        _requireOpen(account, token);
        _idle[account][token] -= amountRaw;
        _tokens[token].idleRaw -= amountRaw;
        _tokens[token].totalRaw += amountRaw;
        _give(account, token, amountRaw);
        emit Engaged(account, token, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function withdrawIdle(uint64 account, uint16 token, uint128 amountRaw, address to) external nonReentrant {
        _requireOwner(account);
        (address erc20, ) = tokenAt(token);
        uint128 idle = _idle[account][token];
        require(amountRaw != 0, AmountInvalid(0));
        require(idle >= amountRaw, BalanceTooLow(account, token, idle, amountRaw));
        _idle[account][token] = idle - amountRaw;
        _tokens[token].idleRaw -= amountRaw;
        emit IdlePaid(account, token, to, amountRaw);
        _pushOut(token, erc20, to, amountRaw);
    }

    // Connected contracts

    /// @inheritdoc IMarginVault
    function sweep(uint64 account) external only(clearinghouse) returns (uint128 amountRaw) {
        // Why not the balance first: who asks what the account holds has read this word already.
        if (_held[account] & (1 << SETTLEMENT) == 0) return 0;
        amountRaw = _balances[account][SETTLEMENT];
        _take(account, SETTLEMENT, amountRaw);
        _tokens[SETTLEMENT].totalRaw -= amountRaw;
        pooledRaw += amountRaw;
        emit Swept(account, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function pay(
        uint64 account,
        uint16 token,
        address to,
        uint128 amountRaw
    ) public virtual only(clearinghouse) nonReentrant {
        (address erc20, ) = tokenAt(token);
        _take(account, token, amountRaw);
        _tokens[token].totalRaw -= amountRaw;
        emit Paid(account, token, to, amountRaw);
        _pushOut(token, erc20, to, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function payPooled(address to, uint128 amountRaw) public virtual only(clearinghouse) nonReentrant {
        uint128 pooled = pooledRaw;
        require(pooled >= amountRaw, BalanceTooLow(0, SETTLEMENT, pooled, amountRaw));
        pooledRaw = pooled - amountRaw;
        emit PooledOut(to, amountRaw);
        _pushOut(SETTLEMENT, _tokens[SETTLEMENT].erc20, to, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function poolFrom(address payer, uint128 amountRaw) external only(insuranceFund) nonReentrant {
        (address erc20, ) = tokenAt(SETTLEMENT);
        require(amountRaw != 0, AmountInvalid(0));
        _pullIn(SETTLEMENT, erc20, payer, amountRaw);
        pooledRaw += amountRaw;
        emit PooledIn(payer, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function move(uint64 from, uint64 to, uint16 token, uint128 amountRaw) public virtual {
        require(msg.sender == liquidationHouse || msg.sender == clearinghouse, NotConnected(msg.sender));
        if (amountRaw == 0) return;
        _take(from, token, amountRaw);
        _give(to, token, amountRaw);
        emit Moved(from, to, token, amountRaw);
    }

    // Governance

    /// @inheritdoc IMarginVault
    function listToken(address erc20, uint16 token) external restricted {
        require(token == tokenCount, TokenUnknown(token, tokenCount));
        uint8 decimals = IERC20Metadata(erc20).decimals();
        uint8 largest = token == SETTLEMENT ? SETTLEMENT_DECIMALS_MAX : DECIMALS_MAX;
        require(token < TOKENS_MAX, TokenRefused(erc20));
        for (uint16 i = 0; i < token; ++i) require(_tokens[i].erc20 != erc20, TokenRefused(erc20));
        require(decimals <= largest, DecimalsTooMany(decimals, largest));
        require(token == SETTLEMENT || decimals >= DECIMALS_MIN, DecimalsTooFew(decimals, DECIMALS_MIN));
        _tokens[token] = Token(erc20, decimals, 0, 0);
        tokenCount = token + 1;
        emit TokenListed(token, erc20, decimals);
    }

    /// @inheritdoc IMarginVault
    /// @custom:spec CLR-034
    function setCap(uint16 token, uint64 wholeTokens, uint32 rampSeconds) external restricted {
        tokenAt(token);
        require(token != SETTLEMENT, TokenUnknown(token, tokenCount));
        uint64 present = capOf(token);
        uint40 end = uint40(block.timestamp + rampSeconds);
        // Lowered at once: what counts already goes on counting, and nothing new does.
        _caps[token] = Cap(present < wholeTokens ? present : wholeTokens, wholeTokens, uint40(block.timestamp), end);
        emit CapSet(token, wholeTokens, end);
    }

    /// @inheritdoc IMarginVault
    function connect(address clearinghouse_, address liquidationHouse_, address insuranceFund_) external restricted {
        require(clearinghouse == address(0), AlreadyConnected());
        require(
            clearinghouse_ != address(0) && liquidationHouse_ != address(0) && insuranceFund_ != address(0),
            AddressZero()
        );
        clearinghouse = clearinghouse_;
        liquidationHouse = liquidationHouse_;
        insuranceFund = insuranceFund_;
        emit Connected(clearinghouse_, liquidationHouse_, insuranceFund_);
    }

    // Views

    /// @inheritdoc IMarginVault
    function balanceOf(uint64 account, uint16 token) external view returns (uint128 amountRaw) {
        return _balances[account][token];
    }

    /// @inheritdoc IMarginVault
    function balancesOf(uint64 account) external view returns (bytes memory balances) {
        uint256 mask = _held[account];
        for (uint16 token = 0; mask != 0; ++token) {
            if (mask & 1 != 0) balances = bytes.concat(balances, _word(token, _balances[account][token]));
            mask >>= 1;
        }
    }

    /// @inheritdoc IMarginVault
    function heldBy(uint64 account) external view returns (uint256 tokens) {
        return _held[account];
    }

    /// @inheritdoc IMarginVault
    function totalOf(uint16 token) external view returns (uint128 amountRaw) {
        return _tokens[token].totalRaw;
    }

    /// @inheritdoc IMarginVault
    function idleOf(uint64 account, uint16 token) external view returns (uint128 amountRaw) {
        return _idle[account][token];
    }

    /// @inheritdoc IMarginVault
    function conservation(uint16 token) external view returns (uint256 heldRaw, uint256 owedRaw) {
        (address erc20, ) = tokenAt(token);
        heldRaw = IERC20(erc20).balanceOf(address(this));
        owedRaw = _owedRaw(token) + (token == SETTLEMENT ? pooledRaw : 0);
    }

    /// @inheritdoc IMarginVault
    function tokenAt(uint16 token) public view returns (address erc20, uint8 decimals) {
        Token storage listed = _tokens[token];
        (erc20, decimals) = (listed.erc20, listed.decimals);
        // Why no `require`: it would read the count even when it holds.
        if (erc20 == address(0)) revert TokenUnknown(token, tokenCount);
    }

    /// @inheritdoc IMarginVault
    /// @custom:spec CLR-034
    function capOf(uint16 token) public view virtual returns (uint64 wholeTokens) {
        Cap memory cap = _caps[token];
        if (block.timestamp >= cap.end) return cap.to;
        return cap.from + uint64(((cap.to - cap.from) * (block.timestamp - cap.start)) / (cap.end - cap.start));
    }

    // Internal

    function _deposit(uint64 account, address owner, uint16 token, uint128 amountRaw) private {
        (address erc20, ) = tokenAt(token);
        require(amountRaw != 0, AmountInvalid(0));
        uint256 before = _heldBefore(account, owner, token, erc20);
        // Tokens arrive before they count, so that a token which calls back cannot use what has not arrived; the guard keeps it from leaving meanwhile.
        IERC20(erc20).safeTransferFrom(msg.sender, address(this), amountRaw);
        _credit(account, token, erc20, amountRaw, before);
    }

    /// @dev Who rebases downwards is not taken any more; the settlement token is never refused.
    function _heldBefore(
        uint64 account,
        address owner,
        uint16 token,
        address erc20
    ) private view returns (uint256 heldRaw) {
        _requireOpen(account, token);
        address owns = IClearinghouse(clearinghouse).ownerOf(account);
        require(owner == owns, OwnerDiffers(account, owns, owner));
        heldRaw = IERC20(erc20).balanceOf(address(this));
        if (token == SETTLEMENT) return heldRaw;
        uint256 owedRaw = _owedRaw(token);
        require(heldRaw >= owedRaw, TokenShort(token, heldRaw, owedRaw));
    }

    function _requireOwner(uint64 account) private view {
        require(msg.sender == IClearinghouse(clearinghouse).ownerOf(account), NotConnected(msg.sender));
    }

    /// @dev Why not always asked: what holds a token is open, because only an account without any is closed, and none is opened twice.
    function _requireOpen(uint64 account, uint16 token) private view {
        if (_balances[account][token] != 0) return;
        require(IClearinghouse(clearinghouse).accountHash(account) != 0, AccountUnknown(account));
    }

    /// @custom:spec CLR-034
    function _credit(uint64 account, uint16 token, address erc20, uint128 amountRaw, uint256 before) private {
        uint256 moved = IERC20(erc20).balanceOf(address(this)) - before;
        require(moved == amountRaw, TransferInexact(token, amountRaw, moved));
        uint128 counted = _roomFor(token, amountRaw);
        if (counted != 0) {
            _tokens[token].totalRaw += counted;
            _give(account, token, counted);
            emit Deposited(account, token, msg.sender, counted);
        }
        uint128 idle = amountRaw - counted;
        if (idle == 0) return;
        _tokens[token].idleRaw += idle;
        _idle[account][token] += idle;
        emit Idled(account, token, msg.sender, idle);
    }

    /// @dev How much of an amount still counts. The settlement token is cash: it has no cap. Of a halted market nothing more does: brought at a last price that may be far above the true one, it would keep lots from being opened and sold.
    /// @custom:spec CLR-034
    function _roomFor(uint16 token, uint128 amountRaw) private view returns (uint128) {
        if (token == SETTLEMENT) return amountRaw;
        if (IConnected(clearinghouse).hub().isHalted(token)) return 0;
        Token storage listed = _tokens[token];
        uint256 capRaw = uint256(capOf(token)) * 10 ** listed.decimals;
        uint256 totalRaw = listed.totalRaw;
        uint256 room = capRaw > totalRaw ? capRaw - totalRaw : 0;
        return room < amountRaw ? uint128(room) : amountRaw;
    }

    function _owedRaw(uint16 token) private view returns (uint256) {
        return uint256(_tokens[token].totalRaw) + _tokens[token].idleRaw;
    }

    function _give(uint64 account, uint16 token, uint128 amountRaw) private {
        uint128 balance = _balances[account][token];
        if (balance == 0) _held[account] |= uint256(1) << token;
        _balances[account][token] = balance + amountRaw;
    }

    function _take(uint64 account, uint16 token, uint128 amountRaw) private {
        uint128 balance = _balances[account][token];
        require(balance >= amountRaw, BalanceTooLow(account, token, balance, amountRaw));
        if (balance == amountRaw) _held[account] &= ~(uint256(1) << token);
        _balances[account][token] = balance - amountRaw;
    }

    function _pullIn(uint16 token, address erc20, address from, uint256 amountRaw) private {
        uint256 before = IERC20(erc20).balanceOf(address(this));
        IERC20(erc20).safeTransferFrom(from, address(this), amountRaw);
        uint256 moved = IERC20(erc20).balanceOf(address(this)) - before;
        require(moved == amountRaw, TransferInexact(token, amountRaw, moved));
    }

    function _pushOut(uint16 token, address erc20, address to, uint256 amountRaw) private {
        uint256 before = IERC20(erc20).balanceOf(address(this));
        IERC20(erc20).safeTransfer(to, amountRaw);
        uint256 moved = before - IERC20(erc20).balanceOf(address(this));
        // A payment to the vault itself would leave tokens that nobody owns: it is inexact, too.
        require(moved == amountRaw, TransferInexact(token, amountRaw, moved));
    }

    function _word(uint16 token, uint128 amountRaw) private pure returns (bytes32) {
        return bytes32((uint256(token) << 240) | amountRaw);
    }
}
