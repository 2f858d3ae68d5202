// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IClearinghouseModules} from "../interfaces/IClearinghouseModules.sol";
import {IConnected} from "../interfaces/IConnected.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IRiskParameters, LiquidationParameters} from "../interfaces/IRiskParameters.sol";

/// @title The insurance fund
/// @notice Holds nothing itself: its money is in the vault's pool, its account the cash ledger's `insuranceE8`.
contract InsuranceFund is IInsuranceFund {
    uint256 internal constant DAY_SECONDS = 86_400;
    uint256 internal constant CASH_DECIMALS = 8;
    /// @notice How long who asked to leave bears losses still, and how long he may then take his part.
    uint256 public constant EXIT_DELAY_SECONDS = 7 days;
    uint256 public constant EXIT_WINDOW_SECONDS = 3 days;
    /// @dev A fund of which less than this part of a unit is left for each share has been emptied: else its shares would grow beyond all numbers.
    uint256 internal constant EMPTIED_PARTS = 1e6;
    /// @notice For how long a loss in sight stops exits.
    uint256 public constant HOLD_SECONDS = 1 days;
    /// @dev A loss below this part of what is there holds nobody: else dust would hold everybody for as long as somebody likes.
    uint256 internal constant HOLD_PARTS = 1000;

    struct Day {
        uint32 day;
        uint128 sumE8;
    }

    struct Stake {
        uint256 generation;
        uint256 shares;
        uint256 leaving;
        uint40 exitFrom;
    }

    IMarginVault public immutable vault;
    IClearinghouse public immutable clearinghouse;
    IRiskParameters public immutable parameters;
    /// @dev Cash units in one base unit of the settlement token.
    uint256 private immutable _scale;
    mapping(uint16 underlying => Day) private _days;
    /// @dev Losses of lots that began: many small ones count together.
    Day private _begun;
    /// @dev Grows when losses have emptied the fund; stakes of an earlier one are void.
    uint256 public generation;
    uint256 public override totalShares;
    uint40 public override heldUntil;
    mapping(address staker => Stake) private _stakes;

    constructor(IMarginVault vault_, IClearinghouse clearinghouse_, IRiskParameters parameters_) {
        vault = vault_;
        clearinghouse = clearinghouse_;
        parameters = parameters_;
        (, uint8 decimals) = vault_.tokenAt(0);
        _scale = 10 ** (CASH_DECIMALS - decimals);
    }

    /// @inheritdoc IInsuranceFund
    /// @custom:spec CLR-047
    function fund(uint128 amountRaw) external {
        uint256 heldE8 = _begin();
        vault.poolFrom(msg.sender, amountRaw);
        IClearinghouseModules(address(clearinghouse)).bookInsurance(amountRaw, false);
        // Its shares are nobody's: else the stake of who was slashed would have the bond back.
        if (heldE8 != 0) totalShares += ((balanceE8() - heldE8) * totalShares) / heldE8;
        emit Funded(msg.sender, amountRaw);
    }

    /// @inheritdoc IInsuranceFund
    /// @custom:spec CLR-047
    function stake(uint128 amountRaw, uint256 leastShares) external returns (uint256 shares) {
        _requireCalm();
        uint256 heldE8 = _begin();
        uint256 amountE8 = amountRaw * _scale;
        shares = totalShares == 0 ? amountE8 : (amountE8 * totalShares) / heldE8;
        require(shares != 0 && shares >= leastShares, SharesTooFew(shares, leastShares));
        Stake storage staked = _stakeOf(msg.sender);
        staked.shares += shares;
        totalShares += shares;
        vault.poolFrom(msg.sender, amountRaw);
        IClearinghouseModules(address(clearinghouse)).bookInsurance(amountRaw, true);
        emit Staked(msg.sender, amountRaw, shares);
    }

    /// @inheritdoc IInsuranceFund
    /// @custom:spec CLR-047
    function requestExit(uint256 shares) external {
        Stake storage staked = _stakeOf(msg.sender);
        require(shares <= staked.shares, SharesMissing(msg.sender, staked.shares, shares));
        staked.leaving = shares;
        staked.exitFrom = shares == 0 ? 0 : uint40(block.timestamp + EXIT_DELAY_SECONDS);
        emit ExitRequested(msg.sender, shares, staked.exitFrom);
    }

    /// @inheritdoc IInsuranceFund
    /// @custom:spec CLR-047
    function exit() external returns (uint128 amountRaw) {
        _requireCalm();
        uint256 heldE8 = _begin();
        Stake storage staked = _stakeOf(msg.sender);
        uint256 shares = staked.leaving;
        uint256 until = staked.exitFrom + EXIT_WINDOW_SECONDS;
        bool open = shares != 0 && block.timestamp >= staked.exitFrom && block.timestamp <= until;
        require(open, NotInExitWindow(msg.sender, staked.exitFrom, until));
        amountRaw = uint128((shares * heldE8) / totalShares / _scale);
        (staked.shares, staked.leaving, staked.exitFrom) = (staked.shares - shares, 0, 0);
        totalShares -= shares;
        emit Exited(msg.sender, shares, amountRaw);
        if (amountRaw != 0) IClearinghouseModules(address(clearinghouse)).payInsurance(msg.sender, amountRaw);
    }

    /// @inheritdoc IInsuranceFund
    /// @custom:spec CLR-047
    function hold(uint256 lossE8, bool begins) external {
        _requireHouse();
        if (begins) {
            lossE8 += _sumToday(_begun);
            _begun = Day(_today(), uint128(lossE8));
        }
        if (lossE8 * HOLD_PARTS < balanceE8()) return;
        heldUntil = uint40(block.timestamp + HOLD_SECONDS);
        emit Held(heldUntil);
    }

    /// @inheritdoc IInsuranceFund
    function stakeOf(
        address staker
    ) external view returns (uint256 shares, uint256 leaving, uint40 fromTime, uint40 untilTime) {
        Stake memory staked = _stakes[staker];
        if (staked.generation != generation) return (0, 0, 0, 0);
        uint40 until = staked.exitFrom == 0 ? 0 : uint40(staked.exitFrom + EXIT_WINDOW_SECONDS);
        return (staked.shares, staked.leaving, staked.exitFrom, until);
    }

    /// @inheritdoc IInsuranceFund
    function balanceE8() public view returns (uint256) {
        return clearinghouse.ledger().insuranceE8;
    }

    /// @inheritdoc IInsuranceFund
    function coverage(
        uint16 underlying,
        uint256 wantedE8,
        uint256 takenE8
    ) external view virtual returns (uint256 coveredE8) {
        LiquidationParameters memory p = parameters.liquidation();
        coveredE8 = _least(wantedE8, _left(p.insuranceEventMaxE8, takenE8));
        coveredE8 = _least(coveredE8, _left(p.insuranceDayMaxE8, paidToday(underlying)));
        coveredE8 = _least(coveredE8, balanceE8());
    }

    /// @inheritdoc IInsuranceFund
    function count(uint16 underlying, uint256 paidE8) external {
        _requireHouse();
        uint256 paid = paidToday(underlying) + paidE8;
        uint32 today = _today();
        _days[underlying] = Day(today, uint128(paid));
        emit Covered(underlying, paidE8, today, paid);
    }

    /// @inheritdoc IInsuranceFund
    function paidToday(uint16 underlying) public view returns (uint256 paidE8) {
        return _sumToday(_days[underlying]);
    }

    function _sumToday(Day memory last) private view returns (uint256) {
        return last.day == _today() ? last.sumE8 : 0;
    }

    /// @dev What is there before anybody staked is the protocol's own share; what losses have emptied is begun anew. All interest until now is in it, so that nobody comes between what was earned and its booking.
    function _begin() private returns (uint256 heldE8) {
        IConnected(address(clearinghouse)).hub().accrue();
        heldE8 = balanceE8();
        if (totalShares != 0 && heldE8 * EMPTIED_PARTS < totalShares) {
            totalShares = 0;
            emit BegunAnew(++generation);
        }
        if (totalShares == 0) totalShares = heldE8;
    }

    function _stakeOf(address staker) private returns (Stake storage staked) {
        staked = _stakes[staker];
        if (staked.generation == generation) return staked;
        (staked.generation, staked.shares, staked.leaving, staked.exitFrom) = (generation, 0, 0, 0);
    }

    function _requireCalm() private view {
        uint256 deficitE8 = clearinghouse.deficit();
        require(block.timestamp >= heldUntil && deficitE8 == 0, LossInSight(heldUntil, deficitE8));
    }

    function _requireHouse() private view {
        address house = IConnected(address(clearinghouse)).liquidationHouse();
        require(msg.sender == house, NotConnected(msg.sender));
    }

    function _today() private view returns (uint32) {
        return uint32(block.timestamp / DAY_SECONDS);
    }

    function _left(uint256 capE8, uint256 takenE8) private pure returns (uint256) {
        return takenE8 < capE8 ? capE8 - takenE8 : 0;
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
