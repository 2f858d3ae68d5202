// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";
import {GateFlaw, VaultFlaw} from "./mutants/Flaws.sol";

/// @notice What happened to others by prices that somebody moved, and by funds that somebody emptied. Each attack fails here, and succeeds on the naive variant that is named.
contract IncidentsMarketsTest is LotFixture {
    string private constant GATE = "contracts/clearing/HealthGate.sol:HealthGate";
    string private constant VAULT = "contracts/vault/MarginVault.sol:MarginVault";
    string private constant FUND = "contracts/liquidation/InsuranceFund.sol:InsuranceFund";
    uint256 private constant DAY_MOST_E8 = 4_000e8;
    uint64 private long;
    uint64 private short;

    function _pair(uint256 dollars) private {
        deploy();
        long = openWith(dollars);
        short = openWith(dollars);
        // Somebody whose money can be taken.
        trade(openWith(1_000_000), openWith(1_000_000), ethPerpetual, 1e8, ETH_PRICE);
    }

    // Mango, October 2022: both sides of a market, its price pumped, the gain borrowed out at once

    function test_mango_thePumpedGainIsTakenOut() public {
        require(!_pumpPays(), Broken("a pump pays"));
    }

    function test_mango_thePumpedGainIsTakenOut_onTheMutant() public {
        standIn(GATE, "NaiveGate", uint8(GateFlaw.LivePriceOnly));
        require(_pumpPays(), Broken("the attack works on the naive variant"));
    }

    /// @dev Without the pump no more than 34 000 of the 100 000 are free.
    function _pumpPays() private returns (bool) {
        _pair(100_000);
        trade(long, short, btcPerpetual, 4e8, BTC_PRICE);
        pass(60);
        setBtc(98_000e8);
        return tryWithdraw(long, USDC_TOKEN, 50_000e6);
    }

    // Of our own kind: a gain made against oneself at the edges of the band, taken out inside the averaging window

    function test_ownKind_gainsTakenOutInsideTheWindow() public {
        require(!_gainLeaves(), Broken("a gain of this minute leaves"));
    }

    function test_ownKind_gainsTakenOutInsideTheWindow_onTheMutant() public {
        standIn(GATE, "NaiveGate", uint8(GateFlaw.LivePriceOnly));
        require(_gainLeaves(), Broken("the attack works on the naive variant"));
    }

    function _gainLeaves() private returns (bool) {
        _pair(100_000);
        trade(long, short, btcPerpetual, 1e8, 85_500e8);
        trade(short, long, btcPerpetual, 1e8, 94_500e8);
        return tryWithdraw(long, USDC_TOKEN, 105_000e6);
    }

    // dYdX, November 2023 (YFI): a position grown by its own gains beyond what its market could take

    function test_dydxYfi_aPositionBeyondItsMarket() public {
        require(!_growsBeyond(), Broken("beyond the cap"));
    }

    function test_dydxYfi_aPositionBeyondItsMarket_onTheMutant() public {
        standIn("contracts/clearing/TradeModule.sol:TradeModule", "UncheckedTradeModule", 0);
        require(_growsBeyond(), Broken("the attack works on the naive variant"));
    }

    /// @dev Ten steps of three bitcoins, the price raised between them: 378 000 of risk interest and more.
    function _growsBeyond() private returns (bool) {
        _pair(2_000_000);
        parameters.setRiskInterestMax(BTC, 500_000e8);
        uint256 price = BTC_PRICE;
        for (uint256 i = 0; i < 12; ++i) {
            try this.grow(price) {} catch {
                VM.getRecordedLogs();
                return false;
            }
            price += 500e8;
            pass(1800);
            setBtc(price);
        }
        return true;
    }

    function grow(uint256 priceE8) external {
        trade(long, short, btcPerpetual, 4e8, priceE8);
    }

    // Hyperliquid, March 2025 (JELLY): a thin market's loser is left to the common fund

    function test_jelly_theFundInheritsTheLoserOfAThinMarket() public {
        require(!_drains(1), Broken("more than the day's cap"));
    }

    function test_jelly_theFundInheritsTheLoserOfAThinMarket_onTheMutant() public {
        standIn(FUND, "UncappedFund", 0);
        require(_drains(1), Broken("the attack works on the naive variant"));
    }

    // Of our own kind: first one side is made insolvent, then the other, and insurance pays the attacker's bids on both

    function test_ownKind_bothSidesOfAThinMarketDrainInsurance() public {
        require(!_drains(2), Broken("more than the day's cap"));
    }

    function test_ownKind_bothSidesOfAThinMarketDrainInsurance_onTheMutant() public {
        standIn(FUND, "UncappedFund", 0);
        require(_drains(2), Broken("the attack works on the naive variant"));
    }

    function _drains(uint256 sides) private returns (bool) {
        _pair(40_000);
        fund(1_000_000e6);
        LiquidationParameters memory p = liquidationParameters();
        p.insuranceDayMaxE8 = uint128(DAY_MOST_E8);
        parameters.setLiquidation(p);
        uint64 bidder = openWith(1_000_000);
        uint256 held = insurance.balanceE8();
        trade(bidder, short, btcPerpetual, 2e8, BTC_PRICE);
        _fail(short, bidder, 115_000e8);
        if (sides == 2) {
            trade(long, bidder, btcPerpetual, 15e7, 115_000e8);
            _fail(long, bidder, 85_000e8);
        }
        require(block.timestamp / 1 days == START / 1 days, Broken("one day"));
        return held - insurance.balanceE8() > DAY_MOST_E8;
    }

    /// @dev The price goes where the account is insolvent; a bid of the attacker's other account, or what else the protocol does.
    function _fail(uint64 account, uint64 bidder, uint256 priceE8) private {
        walkBtc(priceE8);
        uint64 lot = startLot(account);
        pass(60);
        if (!tryBid(lot, bidder, 1e8)) {
            deleverageLot(lot);
            pass(600);
            serveNeed(bidder);
        }
        finishLot(lot);
    }

    // Of our own kind: a limit for all that one fills by himself

    function test_ownKind_aThrottleFilledByOneself() public {
        require(!_stopsOthers(), Broken("one stops the others"));
    }

    function test_ownKind_aThrottleFilledByOneself_onTheMutant() public {
        standIn(VAULT, "NaiveVault", uint8(VaultFlaw.Throttled));
        require(_stopsOthers(), Broken("the attack works on the naive variant"));
    }

    function _stopsOthers() private returns (bool) {
        _pair(100_000);
        require(tryWithdraw(long, USDC_TOKEN, 100_000e6), Broken("his own money"));
        return !tryWithdraw(short, USDC_TOKEN, 1_000e6);
    }
}
