// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InterestParameters, LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {KeeperRewards} from "../clearing/KeeperRewards.sol";
import {InterestRates} from "../oracle/InterestRates.sol";
import {LotMath} from "../liquidation/LotMath.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice Interest and lots against the vectors that the C# reads, too (spec/attested).
contract LotVectorsTest is Columns {
    /// @dev Columns of CLR-032.
    struct Accruals {
        uint256[] debtIndex;
        uint256[] creditIndex;
        uint256[] debtBase;
        uint256[] creditBase;
        uint256[] debtAfter;
        uint256[] creditAfter;
        uint256[] elapsed;
        uint256[] insurance;
    }

    /// @dev Columns of CLR-041, of lots without equity.
    struct Losses {
        uint256[] lack;
        uint256[] slice;
        uint256[] maintenance;
        uint256[] gross;
        uint256[] waited;
        uint256[] loss;
        uint256[] incentive;
    }

    function test_accrue_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-032.json");
        InterestParameters[] memory curves = _curves();
        Accruals memory v;
        (v.debtIndex, v.creditIndex) = (column("debtIndex"), column("creditIndex"));
        (v.debtBase, v.creditBase) = (column("debtBase"), column("creditBase"));
        (v.debtAfter, v.creditAfter) = (column("debtAfter"), column("creditAfter"));
        (v.elapsed, v.insurance) = (column("elapsed"), column("insurance"));
        assert(curves.length == 200);
        for (uint256 i = 0; i < curves.length; ++i) _accrue(curves[i], v, i);
    }

    function test_rate_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-032.json");
        InterestParameters[] memory curves = _curves();
        uint256[] memory used = column("used");
        uint256[] memory rate = column("rate");
        for (uint256 i = 0; i < rate.length; ++i) assert(InterestRates.rateE12(curves[i], used[i]) == rate[i]);
    }

    function test_forSale_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-040.json");
        int256[] memory equity = signedColumn("equity");
        uint256[] memory margin = column("margin");
        uint256[] memory target = column("target");
        uint256[] memory discountMax = column("discountMax");
        uint256[] memory bidMin = column("bidMin");
        uint256[] memory forSale = column("forSale");
        LiquidationParameters memory p;
        assert(forSale.length == 120);
        for (uint256 i = 0; i < forSale.length; ++i) {
            (p.targetE8, p.discountMaxE8, p.bidMinE8) = (uint32(target[i]), uint32(discountMax[i]), uint32(bidMin[i]));
            assert(LotMath.forSale(p, equity[i], margin[i]) == forSale[i]);
        }
    }

    function test_isRestored_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-041.json");
        uint256[] memory margin = column("margin");
        uint256[] memory kept = column("kept");
        uint256[] memory target = column("target");
        uint256[] memory sold = column("sold");
        int256[] memory left = signedColumn("left");
        uint256[] memory restored = column("restored");
        LiquidationParameters memory p;
        assert(restored.length == 80);
        for (uint256 i = 0; i < restored.length; ++i) {
            p.targetE8 = uint32(target[i]);
            assert(LotMath.e4Up(margin[i]) == kept[i]);
            assert(LotMath.isRestored(p, left[i], kept[i], sold[i]) == (restored[i] == 1));
        }
    }

    function test_bidMost_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-041.json");
        int256[] memory equity = signedColumn("equityOfRest");
        uint256[] memory shown = column("marginShown");
        uint256[] memory sold = column("capSold");
        uint256[] memory margin = column("marginOfRest");
        uint256[] memory most = column("most");
        LiquidationParameters[] memory terms = _capTerms(most.length);
        assert(most.length == 122);
        for (uint256 i = 0; i < most.length; ++i) {
            assert(LotMath.keptUp(LotMath.e4Up(shown[i]), sold[i]) == margin[i]);
            assert(LotMath.bidMostUp(terms[i], equity[i], margin[i], sold[i]) == most[i]);
        }
    }

    function test_asked_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-041.json");
        int256[] memory paid = signedColumn("paid");
        uint256[] memory taken = column("taken");
        uint256[] memory named = column("named");
        int256[] memory namedPay = signedColumn("namedPay");
        assert(namedPay.length == 80);
        for (uint256 i = 0; i < namedPay.length; ++i)
            assert(LotMath.askedUp(paid[i], uint64(taken[i]), uint64(named[i])) == namedPay[i]);
    }

    function test_price_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-041.json");
        uint256[] memory discountMax = column("discountMax");
        uint256[] memory ramp = column("ramp");
        uint256[] memory age = column("age");
        uint256[] memory equity = column("equity");
        uint256[] memory fraction = column("fraction");
        uint256[] memory discount = column("discount");
        uint256[] memory pay = column("pay");
        LiquidationParameters memory p;
        assert(pay.length == 80);
        for (uint256 i = 0; i < pay.length; ++i) {
            (p.discountMaxE8, p.discountRampSeconds) = (uint32(discountMax[i]), uint32(ramp[i]));
            assert(LotMath.discount(p, age[i]) == discount[i]);
            assert(LotMath.priceUp(int256(equity[i]), fraction[i], discount[i]) == int256(pay[i]));
        }
    }

    function test_lossAndIncentive_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-041.json");
        Losses memory v;
        (v.lack, v.slice, v.waited) = (column("lack"), column("slice"), column("waited"));
        (v.maintenance, v.gross) = (column("maintenance"), column("gross"));
        (v.loss, v.incentive) = (column("loss"), column("incentive"));
        uint256[] memory payMax = column("payMax");
        uint256[] memory ramp = column("lossRamp");
        LiquidationParameters memory p;
        assert(v.loss.length == 80);
        for (uint256 i = 0; i < v.loss.length; ++i) {
            (p.insolventPayMaxE8, p.insolventRampSeconds) = (uint32(payMax[i]), uint32(ramp[i]));
            _lose(p, v, i);
        }
    }

    function test_reward_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-044.json");
        int256[] memory equity = signedColumn("equity");
        LiquidationParameters[] memory terms = _terms(equity.length);
        uint256[] memory positions = column("positions");
        uint256[] memory fee = column("fee");
        uint256[] memory native = column("native");
        uint256[] memory reward = column("reward");
        assert(reward.length == 120);
        for (uint256 i = 0; i < reward.length; ++i) {
            assert(KeeperRewards.rewardDown(terms[i], equity[i], positions[i], fee[i], native[i]) == reward[i]);
        }
    }

    function _accrue(InterestParameters memory curve, Accruals memory v, uint256 i) private pure {
        (uint256 debt, uint256 credit) = InterestRates.accrue(
            curve,
            v.debtIndex[i],
            v.creditIndex[i],
            v.debtBase[i],
            v.creditBase[i],
            v.elapsed[i]
        );
        assert(debt == v.debtAfter[i] && credit == v.creditAfter[i]);
        (debt, credit) = (debt - v.debtIndex[i], credit - v.creditIndex[i]);
        assert(InterestRates.reservedE8(v.debtBase[i], v.creditBase[i], debt, credit) == v.insurance[i]);
    }

    function _lose(LiquidationParameters memory p, Losses memory v, uint256 i) private pure {
        (uint256 lossE8, uint256 incentiveE8) = LotMath.lossAndIncentiveDown(
            p,
            -int256(v.lack[i]),
            v.maintenance[i],
            v.gross[i],
            v.slice[i],
            v.waited[i]
        );
        assert(lossE8 == v.loss[i] && incentiveE8 == v.incentive[i]);
    }

    function _capTerms(uint256 count) private view returns (LiquidationParameters[] memory terms) {
        terms = new LiquidationParameters[](count);
        uint256[] memory values = column("capTarget");
        for (uint256 i = 0; i < count; ++i) terms[i].targetE8 = uint32(values[i]);
        values = column("capDiscountMax");
        for (uint256 i = 0; i < count; ++i) terms[i].discountMaxE8 = uint32(values[i]);
        values = column("capBidMin");
        for (uint256 i = 0; i < count; ++i) terms[i].bidMinE8 = uint32(values[i]);
    }

    function _terms(uint256 count) private view returns (LiquidationParameters[] memory terms) {
        terms = new LiquidationParameters[](count);
        uint256[] memory values = column("gasBase");
        for (uint256 i = 0; i < count; ++i) terms[i].rewardGas = uint32(values[i]);
        values = column("gasEach");
        for (uint256 i = 0; i < count; ++i) terms[i].rewardGasPosition = uint32(values[i]);
        values = column("rewardMax");
        for (uint256 i = 0; i < count; ++i) terms[i].rewardMaxE8 = uint32(values[i]);
        values = column("rewardMost");
        for (uint256 i = 0; i < count; ++i) terms[i].rewardMostE8 = uint64(values[i]);
    }

    function _curves() private view returns (InterestParameters[] memory curves) {
        uint256[] memory values = column("base");
        curves = new InterestParameters[](values.length);
        for (uint256 i = 0; i < curves.length; ++i) curves[i].baseRateE12 = uint64(values[i]);
        values = column("kinkRate");
        for (uint256 i = 0; i < curves.length; ++i) curves[i].kinkRateE12 = uint64(values[i]);
        values = column("max");
        for (uint256 i = 0; i < curves.length; ++i) curves[i].maxRateE12 = uint64(values[i]);
        values = column("kink");
        for (uint256 i = 0; i < curves.length; ++i) curves[i].kinkUtilisationE8 = uint32(values[i]);
        values = column("reserve");
        for (uint256 i = 0; i < curves.length; ++i) curves[i].reserveE8 = uint32(values[i]);
    }
}
