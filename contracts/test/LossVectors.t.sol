// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Loss, Recoveries, Recovery} from "../clearing/Recoveries.sol";
import {CashLedger} from "../interfaces/ClearingTypes.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {build} from "./Artifacts.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice Who bears a loss, gets it back and shares the insurance, against the vectors (spec/attested): rules of the contracts alone, which nobody else reckons.
/// @dev The test is all that the fund works with: vault, clearinghouse, hub and staker.
contract LossVectorsTest is Columns {
    uint256 private constant SCALE = 100;
    /// @dev Steps of CLR-047.
    uint256 private constant BEGIN = 0;
    uint256 private constant BOOK = 1;
    uint256 private constant STAKE = 2;
    uint256 private constant FUND = 3;

    /// @dev Columns of CLR-047.
    struct Steps {
        uint256[] step;
        uint256[] amount;
        uint256[] deficit;
        uint256[] result;
        uint256[] insuranceAfter;
        uint256[] total;
        uint256[] mine;
    }

    CashLedger private _ledger;
    IInsuranceFund private _fund;

    function test_unpaid_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-023.json");
        uint256[] memory raw = column("raw");
        uint256[] memory scale = column("scale");
        uint256[] memory credit = column("credit");
        uint256[] memory standing = column("deficit");
        uint256[] memory paid = column("paid");
        uint256[] memory left = column("deficitAfter");
        assert(paid.length == 120);
        for (uint256 i = 0; i < paid.length; ++i) {
            uint256 unpaid = Recoveries.unpaidRaw(raw[i], credit[i], standing[i], scale[i]);
            assert(raw[i] - unpaid == paid[i] && standing[i] - unpaid * scale[i] == left[i]);
        }
    }

    function test_share_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-026.json");
        uint256[] memory fees = column("fees");
        uint256[] memory standing = column("deficit");
        uint256[] memory lost = column("lost");
        uint256[] memory deficitPaid = column("deficitPaid");
        uint256[] memory back = column("back");
        assert(back.length == 80);
        for (uint256 i = 0; i < back.length; ++i) {
            (uint256 paidE8, uint256 backE8) = Recoveries.share(fees[i], standing[i], lost[i]);
            assert(paidE8 == deficitPaid[i] && backE8 == back[i]);
        }
    }

    function test_shrink_leavesWhatTheVectorsSay() public {
        json = VM.readFile("spec/attested/CLR-026.json");
        uint256[] memory all = column("all");
        uint256[] memory factor = column("factor");
        uint256[] memory generation = column("generation");
        uint256[] memory part = column("part");
        uint256[] memory left = column("left");
        uint256[] memory factorAfter = column("factorAfter");
        uint256[] memory generationAfter = column("generationAfter");
        assert(left.length == 80);
        for (uint256 i = 0; i < left.length; ++i) {
            Recovery memory recovery = Recovery(uint128(all[i]), uint128(factor[i]), uint64(generation[i]));
            Recoveries.shrink(recovery, part[i]);
            assert(recovery.lostE8 == left[i] && recovery.factorE18 == factorAfter[i]);
            assert(recovery.generation == generationAfter[i]);
        }
    }

    function test_back_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-026.json");
        uint256[] memory own = column("own");
        uint256[] memory ownFactor = column("ownFactor");
        uint256[] memory factorNow = column("factorNow");
        uint256[] memory isOver = column("isOver");
        uint256[] memory returned = column("returned");
        assert(returned.length == 80);
        for (uint256 i = 0; i < returned.length; ++i) {
            Recovery memory recovery = Recovery(0, uint128(factorNow[i]), 7);
            Loss memory loss = Loss(uint128(own[i]), uint128(ownFactor[i]), uint64(7 - isOver[i]));
            assert(Recoveries.backDown(recovery, loss) == returned[i]);
        }
    }

    /// @dev Through the fund itself, step by step.
    function test_shares_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-047.json");
        Steps memory v;
        (v.step, v.amount, v.deficit) = (column("step"), column("amount"), column("deficit"));
        (v.result, v.insuranceAfter) = (column("result"), column("insuranceAfter"));
        (v.total, v.mine) = (column("total"), column("mine"));
        assert(v.step.length > 500);
        for (uint256 i = 0; i < v.step.length; ++i) {
            _take(v, i);
            assert(_ledger.insuranceE8 == v.insuranceAfter[i] && _fund.totalShares() == v.total[i]);
            (uint256 mine, , , ) = _fund.stakeOf(address(this));
            assert(mine == v.mine[i]);
        }
    }

    function _take(Steps memory v, uint256 i) private {
        (uint256 step, uint256 amount) = (v.step[i], v.amount[i]);
        if (step == BEGIN) {
            bytes memory all = abi.encode(address(this), address(this), address(this));
            _fund = IInsuranceFund(build("contracts/liquidation/InsuranceFund.sol:InsuranceFund", all));
        }
        if (step <= BOOK) {
            _ledger.insuranceE8 = uint128(amount);
        } else if (step == STAKE) {
            if (v.result[i] == 0) VM.expectPartialRevert(IInsuranceFund.SharesTooFew.selector);
            uint256 shares = _fund.stake(uint128(amount), 0);
            assert(shares == v.result[i]);
        } else if (step == FUND) {
            _ledger.deficitE8 = uint128(v.deficit[i]);
            _fund.fund(uint128(amount));
            _ledger.deficitE8 = 0;
        } else {
            _fund.requestExit(amount);
            VM.warp(block.timestamp + 7 days);
            assert(_fund.exit() == v.result[i]);
        }
    }

    // What the fund works with

    function ledger() external view returns (CashLedger memory) {
        return _ledger;
    }

    function deficit() external view returns (uint256) {
        return _ledger.deficitE8;
    }

    function hub() external view returns (address) {
        return address(this);
    }

    function accrue() external pure returns (uint64 debtIndexE12, uint64 creditIndexE12) {}

    function tokenAt(uint16) external view returns (address, uint8) {
        return (address(this), 6);
    }

    function poolFrom(address, uint128) external {}

    /// @dev What has no money behind it is paid first.
    function bookInsurance(uint128 amountRaw, bool) external {
        uint256 amountE8 = amountRaw * SCALE;
        uint256 paidE8 = amountE8 < _ledger.deficitE8 ? amountE8 : _ledger.deficitE8;
        _ledger.insuranceE8 += uint128(amountE8 - paidE8);
    }

    function payInsurance(address, uint128 amountRaw) external {
        _ledger.insuranceE8 -= uint128(amountRaw * SCALE);
    }
}
