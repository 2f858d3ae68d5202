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

    struct Day {
        uint32 day;
        uint128 paidE8;
    }

    IMarginVault public immutable vault;
    IClearinghouse public immutable clearinghouse;
    IRiskParameters public immutable parameters;
    mapping(uint16 underlying => Day) private _days;

    constructor(IMarginVault vault_, IClearinghouse clearinghouse_, IRiskParameters parameters_) {
        vault = vault_;
        clearinghouse = clearinghouse_;
        parameters = parameters_;
    }

    /// @inheritdoc IInsuranceFund
    function fund(uint128 amountRaw) external {
        vault.poolFrom(msg.sender, amountRaw);
        IClearinghouseModules(address(clearinghouse)).bookInsurance(amountRaw);
        emit Funded(msg.sender, amountRaw);
    }

    /// @inheritdoc IInsuranceFund
    function balanceE8() public view returns (uint256) {
        return clearinghouse.ledger().insuranceE8;
    }

    /// @inheritdoc IInsuranceFund
    function coverage(uint16 underlying, uint256 wantedE8, uint256 takenE8) external view returns (uint256 coveredE8) {
        LiquidationParameters memory p = parameters.liquidation();
        coveredE8 = _least(wantedE8, _left(p.insuranceEventMaxE8, takenE8));
        coveredE8 = _least(coveredE8, _left(p.insuranceDayMaxE8, paidToday(underlying)));
        coveredE8 = _least(coveredE8, balanceE8());
    }

    /// @inheritdoc IInsuranceFund
    function count(uint16 underlying, uint256 paidE8) external {
        address house = IConnected(address(clearinghouse)).liquidationHouse();
        require(msg.sender == house, NotConnected(msg.sender));
        uint256 paid = paidToday(underlying) + paidE8;
        uint32 today = _today();
        _days[underlying] = Day(today, uint128(paid));
        emit Covered(underlying, paidE8, today, paid);
    }

    /// @inheritdoc IInsuranceFund
    function paidToday(uint16 underlying) public view returns (uint256 paidE8) {
        Day memory last = _days[underlying];
        return last.day == _today() ? last.paidE8 : 0;
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
