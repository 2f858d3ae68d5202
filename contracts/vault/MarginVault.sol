// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";

/// @title The vault
contract MarginVault is IMarginVault, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint16 internal constant SETTLEMENT = 0;
    uint16 internal constant TOKENS_MAX = 32;
    uint8 internal constant SETTLEMENT_DECIMALS_MAX = 8;
    uint8 internal constant DECIMALS_MAX = 18;

    struct Token {
        address erc20;
        uint8 decimals;
        uint128 totalRaw;
    }

    address public clearinghouse;
    address public liquidationHouse;
    address public insuranceFund;
    uint16 public override tokenCount;
    uint128 public override pooledRaw;
    mapping(uint16 token => Token) private _tokens;
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
    function deposit(uint64 account, uint16 token, uint128 amountRaw) external nonReentrant {
        _deposit(account, token, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function depositWithPermit(
        uint64 account,
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
        _deposit(account, token, amountRaw);
    }

    // Connected contracts

    /// @inheritdoc IMarginVault
    function sweep(uint64 account) external only(clearinghouse) returns (uint128 amountRaw) {
        amountRaw = _balances[account][SETTLEMENT];
        if (amountRaw == 0) return 0;
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
    ) external only(clearinghouse) nonReentrant {
        (address erc20, ) = tokenAt(token);
        _take(account, token, amountRaw);
        _tokens[token].totalRaw -= amountRaw;
        emit Paid(account, token, to, amountRaw);
        _pushOut(token, erc20, to, amountRaw);
    }

    /// @inheritdoc IMarginVault
    function payPooled(address to, uint128 amountRaw) external only(clearinghouse) nonReentrant {
        require(pooledRaw >= amountRaw, BalanceTooLow(0, SETTLEMENT, pooledRaw, amountRaw));
        pooledRaw -= amountRaw;
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
    function move(uint64 from, uint64 to, uint16 token, uint128 amountRaw) external {
        require(msg.sender == liquidationHouse || msg.sender == clearinghouse, NotConnected(msg.sender));
        if (amountRaw == 0) return;
        _take(from, token, amountRaw);
        _give(to, token, amountRaw);
        emit Moved(from, to, token, amountRaw);
    }

    // Governance

    /// @inheritdoc IMarginVault
    function listToken(address erc20) external restricted returns (uint16 token) {
        token = tokenCount;
        uint8 decimals = IERC20Metadata(erc20).decimals();
        uint8 largest = token == SETTLEMENT ? SETTLEMENT_DECIMALS_MAX : DECIMALS_MAX;
        require(token < TOKENS_MAX, TokenRefused(erc20));
        for (uint16 i = 0; i < token; ++i) require(_tokens[i].erc20 != erc20, TokenRefused(erc20));
        require(decimals <= largest, DecimalsTooMany(decimals, largest));
        _tokens[token] = Token(erc20, decimals, 0);
        tokenCount = token + 1;
        emit TokenListed(token, erc20, decimals);
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
    function totalOf(uint16 token) external view returns (uint128 amountRaw) {
        return _tokens[token].totalRaw;
    }

    /// @inheritdoc IMarginVault
    function conservation(uint16 token) external view returns (uint256 heldRaw, uint256 owedRaw) {
        (address erc20, ) = tokenAt(token);
        heldRaw = IERC20(erc20).balanceOf(address(this));
        owedRaw = uint256(_tokens[token].totalRaw) + (token == SETTLEMENT ? pooledRaw : 0);
    }

    /// @inheritdoc IMarginVault
    function tokenAt(uint16 token) public view returns (address erc20, uint8 decimals) {
        Token storage listed = _tokens[token];
        (erc20, decimals) = (listed.erc20, listed.decimals);
        require(erc20 != address(0), TokenUnknown(token, tokenCount));
    }

    // Internal

    function _deposit(uint64 account, uint16 token, uint128 amountRaw) private {
        (address erc20, ) = tokenAt(token);
        require(amountRaw != 0, AmountInvalid(0));
        require(IClearinghouse(clearinghouse).accountHash(account) != 0, AccountUnknown(account));
        // Tokens arrive before they count, so that a token which calls back cannot use what has not arrived; the guard keeps it from leaving meanwhile.
        _pullIn(token, erc20, msg.sender, amountRaw);
        _tokens[token].totalRaw += amountRaw;
        _give(account, token, amountRaw);
        emit Deposited(account, token, msg.sender, amountRaw);
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
