// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Proof, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {HeadroomHealth} from "../interfaces/RiskTypes.sol";
import {DatedAttestingFixture} from "./DatedAttestingFixture.sol";
import {VM} from "./IVm.sol";

/// @notice Headroom while two surfaces are in force: account before, account after and fill alone count on one, or it shows nothing (MRG-058); judged by the real referees.
contract HealthGateHeadroomTest is DatedAttestingFixture {
    uint64 private alice;
    uint64 private maker;

    /// @dev Alice is long 5 calls of 90,000 in the near expiry; since the delayed surface volatility has risen from 60 to 66 %, so that the delayed one is the worse for her.
    function setUp() public {
        deployDated();
        appointAttesters();
        (alice, maker) = (openWith(2_000_000), openWith(100_000_000));
        tradeAtMark(alice, maker, call(NEAR, 90_000), 5e8);
        takeCheckpoint();
        dated.move(75_600_000_000);
        (checkpoint, records) = dated.live();
    }

    function test_settle_byHeadroomOfMoreOfTheSame() public {
        _expectShown(call(NEAR, 95_000), 1e8);
    }

    function test_settle_byHeadroomOfAHedgeThatTurnsNothing() public {
        _expectShown(call(NEAR, 95_000), -2e8);
    }

    function test_settle_byHeadroomOfAClose() public {
        _expectShown(call(NEAR, 90_000), -5e8);
    }

    function test_settle_byHeadroomWhereNothingIsHeld() public {
        _expectShown(call(FAR, 95_000), -1e8);
        _expectShown(put(FAR, 80_000), -1e8);
    }

    function test_settle_byHeadroomOfWhatHasNoSurface() public {
        _expectShownAt(btcPerpetual, -1e8, BTC_PRICE);
    }

    function test_settle_byHeadroomRevertsWhenTheFillTurnsTheSurface() public {
        uint96 sold = call(NEAR, 95_000);
        uint256 price = markOf(sold);
        AccountInput[] memory accounts = pair(alice, maker, _headroom(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(maker, sold, 12e8, price));
        orders[1] = signed(order(alice, sold, -12e8, price));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 12e8);
        VM.expectRevert(abi.encodeWithSelector(IHealthGate.HeadroomTurned.selector, alice, sold));
        clearinghouse.settle(accounts, orders, fills);
        // Nobody is kept from it: computed it goes.
        accounts = pair(alice, maker, computed(), computed());
        settle(accounts, orders, 12e8);
    }

    /// @dev The forwards of both surfaces are one here.
    function test_settle_byHeadroomOfAFutureThatIsTheSameOnBoth() public {
        _expectShown(future(NEAR), -1e8);
    }

    /// @dev A wing that is worth nothing on both: neither choice takes the delayed surface for it, on which the account counts.
    function test_settle_byHeadroomRevertsWhenTheFillAloneCountsOnTheOther() public {
        uint96 wing = call(NEAR, 270_000);
        AccountInput[] memory accounts = pair(alice, maker, _headroom(), computed());
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(maker, wing, 1e8, markOf(wing)));
        orders[1] = signed(order(alice, wing, -1e8, markOf(wing)));
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 1e8);
        VM.expectRevert(abi.encodeWithSelector(IHealthGate.HeadroomTurned.selector, alice, wing));
        clearinghouse.settle(accounts, orders, fills);
    }

    function _headroom() private view returns (Proof memory) {
        HeadroomHealth memory headroom = HeadroomHealth(
            uint8(ProofKind.Signed),
            abi.encode(signedHealth(attestation(alice)))
        );
        return Proof(ProofKind.Headroom, abi.encode(headroom));
    }

    /// @dev At the mark, by headroom of the account as it is; what was shown, the whole computation shows, too.
    function _expectShown(uint96 instrument, int256 sizeE8) private {
        _expectShownAt(instrument, sizeE8, markOf(instrument));
    }

    function _expectShownAt(uint96 instrument, int256 sizeE8, uint256 price) private {
        Proof memory proof = _headroom();
        if (sizeE8 > 0) tradeWith(alice, maker, instrument, sizeE8, price, proof, computed());
        else tradeWith(maker, alice, instrument, -sizeE8, price, computed(), proof);
        (checkpoint, records) = dated.live();
        Figures memory figures = referee.health(
            stateOf(alice),
            vault.balancesOf(alice),
            checkpoint,
            records,
            SurfaceChoice.Worse
        );
        assert(figures.equityE8 >= int256(figures.initialE8));
        requireConserved();
    }
}
