// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "../dev/MockToken.sol";
import {TokenParameters} from "../interfaces/IRiskParameters.sol";
import {Checkpoints} from "../margin/Checkpoints.sol";
import {RedemptionRateSource} from "../oracle/RedemptionRateSource.sol";
import {build} from "./Artifacts.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";
import {SettableSource} from "./SettableSource.sol";
import {ShareVault} from "./ShareVault.sol";

/// @notice Shares of an ERC-4626 vault as collateral: what checkpoints and withdrawals count them at, whoever notes their rate or does not.
contract ShareRatesTest is ProtocolFixture {
    uint16 internal constant SHARE_TOKEN = 3;
    uint256 internal constant GROWTH_E8 = 2e7;
    ShareVault internal shares;
    RedemptionRateSource internal rate;
    /// @dev What was seen in the middle of a payment.
    uint256 internal seenE8;

    function setUp() public {
        deploy();
        shares = new ShareVault(address(usdc));
        rate = RedemptionRateSource(
            build("contracts/oracle/RedemptionRateSource.sol:RedemptionRateSource", abi.encode(shares, GROWTH_E8))
        );
        vault.listToken(address(new MockToken("Share", "SHR", 18)), vault.tokenCount());
        vault.setCap(SHARE_TOKEN, type(uint64).max, 0);
        parameters.setToken(SHARE_TOKEN, TokenParameters(0, 0, 10_000_000, 16_000_000, 0));
        hub.setTokenSource(SHARE_TOKEN, address(rate));
    }

    /// @dev Nobody but checkpoints notes: the guard keeps up with a vault that earns 15 % a year, to the last unit.
    function test_checkpoint_keepsUpWithGrowthThroughAMonthOfSilence() public {
        for (uint256 i = 1; i <= 120; ++i) {
            pass(6 hours);
            shares.setAssets(1_000e6 + (150e6 * i) / (4 * 365));
            hub.checkpoint();
            require(_priceE8() == shares.convertToAssets(1e18) * 100, Broken("the rate is told as it is"));
        }
        assert(_priceE8() > 1.012e8);
        // What a donation could add is what could have been earned since the checkpoint: nothing in its block, a minute's growth in a minute.
        uint256 before = _priceE8();
        shares.setAssets(2_000e6);
        assert(_priceE8() == before);
        pass(60);
        assert(_priceE8() <= before + (before * GROWTH_E8 * 60) / (1e8 * 365 days));
    }

    /// @dev Without any checkpoint a month is worth a day: then the first one notes what it may.
    function test_live_aMonthWithoutCheckpointsGrowsByADay() public {
        hub.setTokenSource(SHARE_TOKEN, address(rate));
        pass(30 days);
        shares.setAssets(2_000e6);
        uint256 day = 1e8 + (1e8 * GROWTH_E8 * 1 days) / (1e8 * 365 days);
        assert(_priceE8() == day);
        hub.checkpoint();
        assert(_priceE8() == day && rate.notedRateE20() / 1e12 == day);
    }

    /// @dev Bound in money: of a loan on shares, 0.055 % a day at 20 % a year, however large the donation and however often anybody notes.
    function testFuzz_withdraw_aDonationIsWorthADaysGrowthAtMost(uint64 donated, uint32 elapsed, uint8 notes) public {
        uint256 span = elapsed % 1 days;
        shares.setAssets(1_000e6 + uint256(donated));
        for (uint256 i = 0; i < notes % 8; ++i) {
            pass(span / 8);
            rate.note();
        }
        assert(_priceE8() <= 1e8 + (1e8 * GROWTH_E8 * 1 days) / (1e8 * 365 days));
    }

    /// @dev A loss counts at once, for what is lent as for what is liquidated.
    function test_live_aLossCountsAtOnce() public {
        pass(60);
        hub.checkpoint();
        shares.setAssets(900e6);
        assert(_priceE8() == 0.9e8);
        pass(60);
        hub.checkpoint();
        assert(_priceE8() == 0.9e8);
        // What it may rise to again falls with it, over a day: a donation later brings back nothing but growth.
        for (uint256 i = 0; i < 96; ++i) {
            pass(15 minutes);
            hub.checkpoint();
        }
        shares.setAssets(1_000e6);
        assert(_priceE8() < 0.938e8);
    }

    /// @dev Nothing is left, and the vault says so: what it was worth is not lent on for an hour, as it is while a source is silent.
    function test_withdraw_sharesOfAVaultThatLostAllCarryNothing() public {
        pass(60);
        hub.checkpoint();
        shares.setAssets(0);
        assert(_priceE8() == 1);
        pass(60);
        hub.checkpoint();
        assert(_priceE8() == 1 && rate.notedRateE20() < 1e20);
    }

    /// @dev Read-only re-entrancy: in the middle of a payment of the vault its books tell of twice the assets, or of half. Twice is believed by nobody; half for no longer than the payment.
    function test_live_inTheMiddleOfAPaymentTheRateIsNotRaised() public {
        pass(6 hours);
        hub.checkpoint();
        uint256 before = _priceE8();
        pass(60);
        shares.payThrough(2_000e6, address(this), abi.encodeCall(this.checkpointInside, ()));
        assert(seenE8 <= before + (before * GROWTH_E8 * 60) / (1e8 * 365 days));
        assert(_priceE8() == before);
        pass(60);
        shares.payThrough(500e6, address(this), abi.encodeCall(this.checkpointInside, ()));
        assert(seenE8 == before / 2);
        // The checkpoint noted half: of what it was, a minute of a day is lost, and that grows again.
        assert(_priceE8() >= before - before / 1440);
    }

    /// @notice What somebody does while the vault pays.
    function checkpointInside() external {
        seenE8 = _priceE8();
        hub.checkpoint();
    }

    /// @dev A vault that fails may have been emptied: nothing is lent for ever on what it said before. It counts whole for an hour and fades over a day.
    function test_live_aSilentSourceFades() public {
        pass(60);
        hub.checkpoint();
        shares.setBroken(true);
        _silence(1 hours);
        assert(_priceE8() == 1e8);
        pass(1);
        assert(_priceE8() == uint256(1e8 * (1 days - 1)) / 1 days);
        pass(299);
        hub.checkpoint();
        _silence(6 hours - 300);
        assert(_priceE8() == 0.75e8);
        _silence(18 hours);
        assert(_priceE8() == 0);
        pass(365 days);
        hub.checkpoint();
        assert(_priceE8() == 0);
        shares.setBroken(false);
        assert(_priceE8() == 1e8);
        // What was read by no checkpoint is not remembered; once it was, an hour begins anew.
        shares.setBroken(true);
        assert(_priceE8() == 0);
        shares.setBroken(false);
        pass(60);
        hub.checkpoint();
        shares.setBroken(true);
        pass(1 hours);
        assert(_priceE8() == 1e8);
    }

    /// @dev While there was no block, or no checkpoint, nobody could act: the first one after it finds five minutes of silence, and holders have their time.
    function test_live_timeWithoutCheckpointsIsNoSilence() public {
        pass(60);
        hub.checkpoint();
        shares.setBroken(true);
        pass(20 hours);
        hub.checkpoint();
        assert(_priceE8() == 1e8);
        _silence(1 hours - 300);
        assert(_priceE8() == 1e8);
        _silence(6 hours);
        assert(_priceE8() == 0.75e8);
    }

    /// @dev A source that governance set when no checkpoint had been taken for longer than five minutes, and that falls silent before the next: it was silent since it was set, and not longer than it is there.
    function test_checkpoint_aSourceThatIsYoungerThanTheLastStopsNone() public {
        pass(60);
        hub.checkpoint();
        pass(400);
        SettableSource source = new SettableSource(1e8);
        hub.setTokenSource(SHARE_TOKEN, address(source));
        source.set(0);
        pass(20);
        hub.checkpoint();
        assert(_priceE8() == 1e8);
        _silence(1 hours);
        assert(_priceE8() == uint256(1e8 * (1 days - 20)) / 1 days);
    }

    function _silence(uint256 secondsPassed) private {
        for (uint256 i = 0; i < secondsPassed / 300; ++i) {
            pass(300);
            hub.checkpoint();
        }
    }

    /// @dev A source that fails or eats its gas when it is asked to note stops no checkpoint.
    function test_checkpoint_goesOnWhereNotingFails() public {
        shares.setBroken(true);
        pass(60);
        hub.checkpoint();
        assert(_priceE8() == 1e8);
        assert(rate.notedRateE20() == 1e20);
    }

    function _priceE8() private view returns (uint256) {
        (bytes memory checkpoint, ) = hub.live();
        return this.priceOf(checkpoint);
    }

    function priceOf(bytes calldata checkpoint) external pure returns (uint256) {
        return Checkpoints.decodeCollateral(checkpoint, SHARE_TOKEN).priceE8;
    }
}
