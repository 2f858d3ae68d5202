// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../../interfaces/IClearinghouse.sol";
import {ILiquidationHouse, Lot} from "../../interfaces/ILiquidationHouse.sol";
import {MarginVault} from "../../vault/MarginVault.sol";
import {VaultFlaw} from "./Flaws.sol";

/// @notice Who is paid by the naive variant.
interface IReceiver {
    function onPaid() external;
}

/// @title Mutant: a vault with one flaw of those that others paid for
contract NaiveVault is MarginVault {
    uint128 private constant DAY_MOST_RAW = 100_000e6;
    uint64 private constant WHOLE_E8 = 1e8;
    VaultFlaw public immutable flaw;
    mapping(uint256 day => uint128) private _paidRaw;

    /// @notice Thrown when the naive variant pays nothing out.
    error Blocked();

    constructor(address authority, VaultFlaw flaw_) MarginVault(authority) {
        flaw = flaw_;
    }

    function capOf(uint16 token) public view override returns (uint64 wholeTokens) {
        return flaw == VaultFlaw.CapsAtOnce ? type(uint64).max : super.capOf(token);
    }

    function pay(uint64 account, uint16 token, address to, uint128 amountRaw) public override {
        if (flaw == VaultFlaw.CallbackBeforeFinalState) IReceiver(to).onPaid();
        super.pay(account, token, to, amountRaw);
    }

    function move(uint64 from, uint64 to, uint16 token, uint128 amountRaw) public override {
        super.move(from, to, token, amountRaw);
        if (flaw != VaultFlaw.MovesCallBack) return;
        address owner = IClearinghouse(clearinghouse).accountOf(to).owner;
        if (owner.code.length != 0) IReceiver(owner).onPaid();
    }

    function payPooled(address to, uint128 amountRaw) public override {
        if (flaw == VaultFlaw.StaleInsolvencyCounter) {
            ILiquidationHouse house = ILiquidationHouse(liquidationHouse);
            for (uint64 account = 1; account <= IClearinghouse(clearinghouse).accountCount(); ++account) {
                Lot memory stored = house.lotOf(account);
                require(stored.forSaleE8 != WHOLE_E8 || stored.soldE8 == WHOLE_E8, Blocked());
            }
        }
        if (flaw == VaultFlaw.Throttled) {
            _paidRaw[block.timestamp / 1 days] += amountRaw;
            require(_paidRaw[block.timestamp / 1 days] <= DAY_MOST_RAW, Blocked());
        }
        super.payPooled(to, amountRaw);
    }
}
