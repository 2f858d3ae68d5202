// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {ILiquidationHouse, Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {AccountState} from "../margin/AccountStates.sol";
import {IVm, VM} from "./IVm.sol";
import {LeveragedFixture} from "./LeveragedFixture.sol";

/// @notice A lot in words that an earlier lot of the same account has used: nothing of the earlier one is left in them but the discount that it resumes.
contract LiquidationHouseAgainTest is LeveragedFixture {
    /// @dev What `LotStarted` said besides the preimage.
    struct Started {
        uint64 lot;
        bytes32 lotHash;
        int256 equityE8;
        uint256 maintenanceE8;
        uint64 forSaleE8;
        uint40 biddingFrom;
    }

    function test_start_afterALotThatWasSoldInPart() public {
        uint64 lot = _start(80_000e8).lot;
        pass(660);
        bidFor(lot, bidder, 1e8, 1e16);
        _requireUsed(true, false);
        _requireNewAfter(lot);
    }

    function test_start_afterALotThatDepositsRestored() public {
        uint64 lot = _start(80_000e8).lot;
        deposit(victim, USDC_TOKEN, 5_000e6);
        _requireNewAfter(lot);
    }

    /// @dev Proceeds of a solvent part, insurance for an insolvent one, enlarged between them: no field is zero.
    function test_start_afterALotThatInsurancePaidFor() public {
        fund(1_000_000e6);
        uint64 lot = _start(80_000e8).lot;
        pass(660);
        bidFor(lot, bidder, 10_000_000, 1e16);
        walkBtc(66_000e8);
        house.enlarge(lot, preimages[lot], WITNESS);
        bidFor(lot, bidder, 50_000_000, 1e16);
        _requireUsed(true, true);
        deposit(victim, USDC_TOKEN, 20_000e6);
        _requireNewAfter(lot);
    }

    function test_start_afterALotThatWasSoldWhole() public {
        fund(1_000_000e6);
        uint64 lot = _start(66_000e8).lot;
        pass(660);
        bidFor(lot, bidder, 1e8, 1e16);
        _requireUsed(false, true);
        _requireNewAfter(lot);
    }

    function test_start_afterALotThatWasTakenOver() public {
        fund(1_000e6);
        uint64 lot = _start(66_000e8).lot;
        pass(660);
        deleverageLot(lot);
        _requireUsed(false, true);
        // Whoever is short gives up his position.
        pass(600);
        serveNeed(maker);
        _requireNewAfter(lot);
    }

    function test_start_withinTheHourResumesTheAgeAndNothingElse() public {
        uint64 first = _start(80_000e8).lot;
        pass(660);
        bidFor(first, bidder, 10_000_000, 1e16);
        deposit(victim, USDC_TOKEN, 5_000e6);
        finishLot(first);
        // 600 seconds of auction; then it rested.
        pass(300);
        setBtc(72_500e8);
        Started memory second = _restart();
        Lot memory stored = house.lotOf(victim);
        require(stored.biddingFrom == block.timestamp + 60, Broken("grace"));
        require(stored.startTime == stored.biddingFrom - 600, Broken("the age goes on"));
        _requireStored(second, 600);
        // A second pause carries both ages on.
        pass(90);
        deposit(victim, USDC_TOKEN, 2_000e6);
        finishLot(second.lot);
        setBtc(68_000e8);
        Started memory third = _restart();
        _requireStored(third, 630);
    }

    // Helpers

    /// @dev Ends the lot, and long after it begins another of the same account: every field is as the event tells it.
    function _requireNewAfter(uint64 first) private {
        LotPreimage memory earlier = preimages[first];
        uint32 sold = house.lotOf(victim).soldE8;
        finishLot(first);
        Lot memory ended = house.lotOf(victim);
        require(ended.endTime == block.timestamp && ended.lot == first && ended.soldE8 == sold, Broken("ended"));
        require(ended.proceedsE8 == 0 && ended.insuredE8 == 0, Broken("its money is the account's"));
        require(house.openLotOf(victim) == 0, Broken("none is open"));
        _expectNotOpen(first, earlier);

        _refill();
        uint256 price = uint256(uint64(spots.spotOf(BTC).spotE8));
        Started memory second = _start((price * 89) / 100);
        require(second.lot == first + 1 && house.lotCount() == second.lot, Broken("numbered on"));
        require(house.openLotOf(victim) == second.lot, Broken("the open one"));
        _requireStored(second, 0);
        _expectNotOpen(first, earlier);
        _expectNotOpen(first, preimages[second.lot]);
        VM.expectPartialRevert(ILiquidationHouse.LotMismatch.selector);
        house.finish(second.lot, earlier);
        // Proceeds and what is sold begin at nothing, and the end is the account's again.
        pass(660);
        int256 paid = bidFor(second.lot, bidder, 10_000_000, 1e16);
        Lot memory stored = house.lotOf(victim);
        require(stored.soldE8 == 10_000_000 && int256(uint256(stored.proceedsE8)) == paid, Broken("sold"));
        deposit(victim, USDC_TOKEN, 20_000e6);
        int256 cash = unpacked(victim).cashE8;
        finishLot(second.lot);
        int256 later = unpacked(victim).cashE8;
        require(later <= cash - cash / 10 + paid + 20_000e8, Broken("no more than its own proceeds"));
        require(later > cash - cash / 10 + paid + 19_999e8, Broken("all of its own proceeds"));
        requireConserved();
    }

    function _requireStored(Started memory started, uint256 age) private view {
        Lot memory stored = house.lotOf(victim);
        require(stored.lot == started.lot && stored.endTime == 0, Broken("number"));
        require(
            stored.biddingFrom == started.biddingFrom && started.biddingFrom == block.timestamp + 60,
            Broken("grace")
        );
        require(stored.startTime == started.biddingFrom - age, Broken("start"));
        require(stored.soldE8 == 0 && stored.proceedsE8 == 0 && stored.insuredE8 == 0, Broken("nothing sold"));
        require(stored.forSaleE8 == started.forSaleE8, Broken("for sale"));
        require(stored.maintenanceE4 == (started.maintenanceE8 + 9_999) / 10_000, Broken("maintenance"));
        LotPreimage memory preimage = preimages[started.lot];
        bytes32 hash = keccak256(abi.encode(preimage.account, preimage.state, preimage.balances));
        require(stored.lotHash == hash && started.lotHash == hash, Broken("preimage"));
        require(started.equityE8 < int256(started.maintenanceE8), Broken("liquidatable"));
    }

    /// @dev So that the test shows something: the words that are used again hold what they should not keep.
    function _requireUsed(bool sold, bool insured) private view {
        Lot memory stored = house.lotOf(victim);
        require((stored.proceedsE8 != 0) == sold && (stored.insuredE8 != 0) == insured, Broken("of use"));
    }

    function _expectNotOpen(uint64 lot, LotPreimage memory of_) private {
        AccountInput memory brought = input(bidder, computed());
        bytes memory refused = abi.encodeWithSelector(ILiquidationHouse.LotNotOpen.selector, lot);
        VM.expectRevert(refused);
        house.bid(lot, of_, 1e8, 1e16, brought);
        VM.expectRevert(refused);
        house.enlarge(lot, of_, WITNESS);
        VM.expectRevert(refused);
        house.showLoss(lot, of_);
        VM.expectRevert(refused);
        house.deleverage(lot, of_);
        VM.expectRevert(refused);
        house.finish(lot, of_);
    }

    /// @dev One bitcoin at the price of the moment again, with a fifth of it as equity, hours later.
    function _refill() private {
        pass(4000);
        uint256 price = uint256(uint64(spots.spotOf(BTC).spotE8));
        walkBtc(price);
        deposit(victim, USDC_TOKEN, 30_000e6);
        AccountState memory state = unpacked(victim);
        int256 held = state.positions.length == 0 ? int256(0) : state.positions[0].sizeE8;
        if (held < 1e8) trade(victim, maker, btcPerpetual, 1e8 - held, price);
        state = unpacked(victim);
        int256 spare = state.cashE8 + int256(price) - state.positions[0].costE8 - int256(price) / 5;
        // What is not swept yet.
        spare += int256(uint256(vault.balanceOf(victim, USDC_TOKEN))) * 100;
        // Gains are locked for half an hour.
        pass(1800);
        if (spare > 0) withdraw(victim, USDC_TOKEN, uint128(uint256(spare / 100)));
    }

    function _start(uint256 price) private returns (Started memory) {
        // A fall of nearly a fifth is not believed at once.
        if (price == 66_000e8) walkBtc(price);
        else setBtc(price);
        return _restart();
    }

    function _restart() private returns (Started memory s) {
        bytes memory state = stateOf(victim);
        VM.recordLogs();
        s.lot = house.start(victim, state, WITNESS);
        IVm.Log[] memory logs = VM.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != ILiquidationHouse.LotStarted.selector) continue;
            require(uint256(logs[i].topics[1]) == s.lot && uint256(logs[i].topics[2]) == victim, Broken("topics"));
            bytes memory balances;
            (s.lotHash, state, balances, s.equityE8, s.maintenanceE8, s.forSaleE8, s.biddingFrom) = abi.decode(
                logs[i].data,
                (bytes32, bytes, bytes, int256, uint256, uint64, uint40)
            );
            preimages[s.lot] = LotPreimage(victim, state, balances);
            states[victim] = state;
        }
    }
}
