// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";
import {GateFlaw, HouseFlaw, VaultFlaw} from "./mutants/Flaws.sol";

/// @notice What happened to others in and around liquidations. Each attack fails here, and succeeds on the naive variant that is named.
contract IncidentsAuctionsTest is LotFixture {
    string private constant HOUSE = "contracts/liquidation/LiquidationHouse.sol:LiquidationHouse";
    string private constant DISTRESS = "contracts/liquidation/DistressModule.sol:DistressModule";
    string private constant GATE = "contracts/clearing/HealthGate.sol:HealthGate";
    string private constant VAULT = "contracts/vault/MarginVault.sol:MarginVault";
    uint64 private victim;
    uint64 private maker;
    uint64 private bidder;

    function _scene() private {
        deploy();
        victim = openWith(20_000);
        maker = openWith(1_000_000);
        bidder = openWith(200_000);
        trade(victim, maker, btcPerpetual, 1e8, BTC_PRICE);
        pass(60);
    }

    /// @dev Unhealthy, not insolvent: equity 9 955 against 11 200.
    function _lot() private returns (uint64 lot) {
        _scene();
        setBtc(80_000e8);
        lot = startLot(victim);
        pass(60);
    }

    // Derive, audit: one wei, or anybody's deposit, into the account in auction made every bid fail

    function test_derive_oneWeiOfAThirdPartyBlocksBids() public {
        require(!_depositBlocksBids(1), Broken("one wei blocks bids"));
    }

    function test_derive_aThirdPartysDepositBlocksBids() public {
        require(!_depositBlocksBids(1e17), Broken("a deposit blocks bids"));
    }

    function test_derive_depositsBlockBids_onTheMutant() public {
        standIn(HOUSE, "NaiveHouse", uint8(HouseFlaw.LotFollowsAccount));
        require(_depositBlocksBids(1), Broken("the attack works on the naive variant"));
    }

    function _depositBlocksBids(uint128 amountRaw) private returns (bool) {
        uint64 lot = _lot();
        deposit(victim, WETH_TOKEN, amountRaw);
        return !tryBid(lot, bidder, 20_000_000);
    }

    // Derive, audit: a bidder's cash was not looked at

    function test_derive_aBidderWithoutCashTakesTheLot() public {
        require(!_poorBidderWins(), Broken("a bidder without cash wins"));
    }

    function test_derive_aBidderWithoutCashTakesTheLot_onTheMutant() public {
        standIn(GATE, "NaiveGate", uint8(GateFlaw.LooksAtNothing));
        require(_poorBidderWins(), Broken("the attack works on the naive variant"));
    }

    function _poorBidderWins() private returns (bool) {
        uint64 lot = _lot();
        return tryBid(lot, openWith(1), 1e8);
    }

    // Derive, audit: a count of insolvent auctions that was not taken back blocked all withdrawals

    function test_derive_aStaleInsolvencyCountBlocksWithdrawals() public {
        require(!_recoveredLotBlocksWithdrawals(), Broken("a lot that recovered blocks withdrawals"));
    }

    function test_derive_aStaleInsolvencyCountBlocksWithdrawals_onTheMutant() public {
        standIn(VAULT, "NaiveVault", uint8(VaultFlaw.StaleInsolvencyCounter));
        require(_recoveredLotBlocksWithdrawals(), Broken("the attack works on the naive variant"));
    }

    function _recoveredLotBlocksWithdrawals() private returns (bool) {
        _scene();
        walkBtc(68_000e8);
        uint64 lot = startLot(victim);
        deposit(victim, USDC_TOKEN, 30_000e6);
        finishLot(lot);
        return !tryWithdraw(bidder, USDC_TOKEN, 1_000e6);
    }

    // Maker, March 2020: gas at 500 gwei, nobody bid, and the lots went for nothing

    function test_maker2020_nobodyBidsAndTheLotGoesForNothing() public {
        require(!_lotGoesForNothing(), Broken("a lot for nothing"));
    }

    function test_maker2020_nobodyBidsAndTheLotGoesForNothing_onTheMutant() public {
        standIn(HOUSE, "NaiveHouse", uint8(HouseFlaw.PriceFallsToNothing));
        require(_lotGoesForNothing(), Broken("the attack works on the naive variant"));
    }

    function _lotGoesForNothing() private returns (bool) {
        VM.fee(500 gwei);
        uint64 lot = _lot();
        uint256 forSaleE8 = house.lotOf(preimages[lot].account).forSaleE8;
        pass(3 hours);
        int256 paidE8 = bidFor(lot, bidder, uint64(forSaleE8), 1e16);
        // Equity of the lot is 9 955 less the 467 of who started it; four fifths of the share of it, at least, less interest of three hours.
        int256 leastE8 = (9_483e8 * int256(forSaleE8) * 8) / 10e8;
        require(paidE8 == 0 || paidE8 >= leastE8, Broken("between nothing and the largest discount"));
        return paidE8 == 0;
    }

    // Of our own kind: a tiny bid before an honest one makes it fail

    function test_ownKind_tinyBidsOutrunOthers() public {
        require(!_tinyBidOutruns(), Broken("a tiny bid outruns an honest one"));
    }

    function test_ownKind_tinyBidsOutrunOthers_onTheMutant() public {
        standIn(HOUSE, "NaiveHouse", uint8(HouseFlaw.BidsOutrun));
        require(_tinyBidOutruns(), Broken("the attack works on the naive variant"));
    }

    function _tinyBidOutruns() private returns (bool) {
        uint64 lot = _lot();
        uint64 wanted = house.lotOf(preimages[lot].account).forSaleE8;
        uint64 attacker = openWith(100_000);
        bool tiny = tryBid(lot, attacker, 1) || tryBid(lot, attacker, 5_000_000);
        require(tiny, Broken("the attacker bids first"));
        return !tryBid(lot, bidder, wanted);
    }

    // October 2025: deleveraging took more from the winners than the losers owed

    function test_october2025_deleveragingTakesMoreThanTheLoss() public {
        require(!_takesMoreThanTheLoss(), Broken("winners lose more than the loss"));
    }

    function test_october2025_deleveragingTakesMoreThanTheLoss_onTheMutant() public {
        standIn(DISTRESS, "OverhaircutModule", 0);
        require(_takesMoreThanTheLoss(), Broken("the attack works on the naive variant"));
    }

    function _takesMoreThanTheLoss() private returns (bool) {
        deploy();
        victim = openWith(40_000);
        maker = openWith(1_000_000);
        trade(victim, maker, btcPerpetual, 2e8, BTC_PRICE);
        walkBtc(65_000e8);
        uint64 lot = startLot(victim);
        pass(60);
        deleverageLot(lot);
        pass(600);
        int256 before = unpacked(maker).cashE8;
        serveNeed(maker);
        // At the mark he would gain 50 000; the victim lacks 10 000 and 90 of fees.
        int256 takenE8 = 50_000e8 - (unpacked(maker).cashE8 - before);
        require(takenE8 >= 10_090e8, Broken("the loss is paid"));
        return takenE8 > 10_090e8 + 1e6;
    }

    // Euler: an account made insolvent by a gift to oneself, then liquidated by oneself

    function test_euler_donationThenSelfLiquidation() public {
        require(!_donationPays(), Broken("insurance pays for a donation"));
    }

    function test_euler_donationThenSelfLiquidation_onTheMutant() public {
        standIn(GATE, "NaiveGate", uint8(GateFlaw.LooksAtNothing));
        require(_donationPays(), Broken("the attack works on the naive variant"));
    }

    function _donationPays() private returns (bool) {
        _scene();
        fund(50_000e6);
        uint64 sibling = openFor(keys[victim]);
        AccountInput memory from = input(victim, computed());
        AccountInput memory to = input(sibling, computed());
        VM.recordLogs();
        VM.prank(ownerOf(victim));
        try clearinghouse.move(from, to, USDC_TOKEN, 30_000e6, new uint96[](0)) {
            readStates();
        } catch {
            VM.getRecordedLogs();
            return false;
        }
        uint64 lot = startLot(victim);
        pass(3660);
        tryBid(lot, bidder, 1e8);
        return insurance.balanceE8() < 50_000e8;
    }

    // Of our own kind: an owner who changes his hash each block is never there when `start` arrives

    function test_ownKind_anOwnerDodgesStartByANewHashEachBlock() public {
        require(!_dodges(), Broken("a tiny reduction changes the hash"));
    }

    function test_ownKind_anOwnerDodgesStartByANewHashEachBlock_onTheMutant() public {
        standIn(GATE, "NaiveGate", uint8(GateFlaw.LooksAtNothing));
        require(_dodges(), Broken("the attack works on the naive variant"));
    }

    function _dodges() private returns (bool) {
        _scene();
        // Just below the maintenance margin, in a market that is normal still.
        setBtc(81_100e8);
        bytes memory known = stateOf(victim);
        if (!_tryReduce(1e4, 81_100e8)) return false;
        try house.start(victim, known, WITNESS) {
            return false;
        } catch (bytes memory reason) {
            return bytes4(reason) == bytes4(keccak256("StateMismatch(uint64,bytes32,bytes32)"));
        }
    }

    // Of our own kind: an account about to fail sells to a friend below the mark, and leaves its loss to others

    function test_ownKind_aReducingTradeMovesValueToASibling() public {
        require(!_leavesALoss(1e8), Broken("a reduction leaves a loss"));
        require(!_leavesALoss(5e7), Broken("a reduction takes the cover of what is left"));
    }

    function test_ownKind_aReducingTradeMovesValueToASibling_onTheMutant() public {
        standIn(GATE, "NaiveGate", uint8(GateFlaw.LooksAtNothing));
        require(_leavesALoss(1e8), Broken("the attack works on the naive variant"));
    }

    /// @dev Equity is 1 955, and 5 % of the whole notional 3 600.
    function _leavesALoss(int256 sizeE8) private returns (bool) {
        delete states[1];
        delete states[2];
        delete states[3];
        _scene();
        walkBtc(72_000e8);
        return _tryReduce(sizeE8, 68_400e8);
    }

    function _tryReduce(int256 sizeE8, uint256 priceE8) private returns (bool) {
        try this.reduce(sizeE8, priceE8) {
            return true;
        } catch (bytes memory reason) {
            require(bytes4(reason) == IHealthGate.ReliefTooSmall.selector, Broken("refused for what it is"));
            VM.getRecordedLogs();
            return false;
        }
    }

    function reduce(int256 sizeE8, uint256 priceE8) external {
        tradeWith(bidder, victim, btcPerpetual, sizeE8, priceE8, computed(), reducing());
    }
}
