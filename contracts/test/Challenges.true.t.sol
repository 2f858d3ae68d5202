// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Accused, IChallenges, Preimages} from "../interfaces/IChallenges.sol";
import {UnderlyingParameters} from "../interfaces/IRiskParameters.sol";
import {RiskAttestation} from "../interfaces/RiskTypes.sol";
import {Instruments} from "../margin/Instruments.sol";
import {DatedAttestingFixture} from "./DatedAttestingFixture.sol";
import {VM} from "./IVm.sol";

/// @notice A true attestation survives whatever witness is brought, also after everything that it rested on has become another (P2): judged by the real referees, of an account that every branch of a witness says something of.
contract ChallengesTrueTest is DatedAttestingFixture {
    uint256 private constant SCENARIOS = 37;
    uint256 private constant KINKS_FROM = 64;
    uint256 private constant NODES_FROM = 192;
    uint256 private constant NODES = 15;

    uint64 private alice;
    uint64 private maker;
    uint96 private ethPut;
    /// @dev The most that any witness showed of her maintenance margin.
    uint256 private mostE8;

    /// @dev Alice is short of straddles six days before their expiry, and holds spot of both markets.
    function setUp() public {
        deployDated();
        appointAttesters();
        (alice, maker) = (openWith(2_000_000), openWith(100_000_000));
        pass(4 days);
        ethPut = Instruments.pack(ETH, NEAR, uint40(2_900e4), uint8(Instruments.PUT));
        deposit(alice, WETH_TOKEN, 30e18);
        deposit(alice, WBTC_TOKEN, 2e8);
        tradeAtMark(maker, alice, call(NEAR, 93_000), 10e8);
        tradeAtMark(maker, alice, put(NEAR, 87_000), 10e8);
        tradeAtMark(maker, alice, ethPut, 50e8);
        takeCheckpoint();
    }

    function test_signed_survivesAllWitnessesNowAndLater() public {
        RiskAttestation memory a = attestation(alice);
        Accused memory accused = accusedSigned(a);
        Preimages memory then = preimagesOf(alice);
        _requireTrue(accused, then);
        require(mostE8 * 100 >= uint64(a.maintenanceMarginE8) * 95, Broken("some witness shows nearly all"));
        _everythingMoves();
        _requireTrue(accused, then);
    }

    function test_leaf_survivesAllWitnessesLater() public {
        RiskAttestation memory a = attestation(alice);
        Accused memory accused = accusedLeaf(a, postLeaf(a));
        Preimages memory then = preimagesOf(alice);
        _everythingMoves();
        _requireTrue(accused, then);
    }

    /// @dev Her positions, parameters, prices, surfaces, expiries, and most of the horizon.
    function _everythingMoves() private {
        tradeAtMark(alice, maker, call(NEAR, 93_000), 10e8);
        tradeAtMark(alice, maker, put(NEAR, 87_000), 10e8);
        tradeAtMark(alice, maker, ethPut, 50e8);
        require(unpacked(alice).positions.length == 0, Broken("traded away"));
        withdraw(alice, WETH_TOKEN, 30e18);
        // Twice the range; what is coupled with it leaves room for that and for the factor.
        UnderlyingParameters memory p = underlyingParameters(28_000_000, 60_000_000);
        (p.slippageCapE8, p.basisRateE8) = (5_000_000, 0);
        parameters.setUnderlying(BTC, p);
        p = underlyingParameters(20_000_000, 60_000_000);
        (p.slippageCapE8, p.basisRateE8) = (5_000_000, 0);
        parameters.setUnderlying(ETH, p);
        parameters.setInitialFactor(150_000_000);
        dated.move(75_600_000_000);
        dated.list(BTC, FAR + 10 days);
        setBtc((BTC_PRICE * 80) / 100);
        pass(6 days);
        dated.fix(BTC, NEAR, uint64(BTC_PRICE));
        hub.checkpoint();
    }

    function _requireTrue(Accused memory accused, Preimages memory then) private {
        for (uint256 addOns = 0; addOns < 2; ++addOns) {
            for (uint256 i = 0; i < SCENARIOS; ++i) _showsNothing(accused, then, _joint(i, addOns));
            for (uint256 i = 0; i < NODES; ++i) _showsNothing(accused, then, _joint(NODES_FROM + i, addOns));
            // The kinks of her three options.
            for (uint256 i = 0; i < 3; ++i) _showsNothing(accused, then, _joint(KINKS_FROM + i, addOns));
            // The netting floor by a fall and a rise of both, and by a kink of each; the short minimum.
            _showsNothing(accused, then, abi.encodePacked(hex"010000", uint8(addOns)));
            _showsNothing(accused, then, abi.encodePacked(hex"011a1a", uint8(addOns)));
            _showsNothing(accused, then, abi.encodePacked(hex"014042", uint8(addOns)));
            _showsNothing(accused, then, abi.encodePacked(hex"02", uint8(addOns)));
        }
        VM.expectRevert(abi.encodeWithSelector(IChallenges.AttestationTrue.selector, alice));
        challenges.recompute(accused, then, SALT);
        require(registry.attesterCount() == 3, Broken("nobody lost a seat"));
    }

    function _showsNothing(Accused memory accused, Preimages memory then, bytes memory witness) private {
        bytes memory data = abi.encodeCall(IChallenges.refute, (accused, then, witness, SALT));
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory answer) = address(challenges).call(data);
        require(!done && bytes4(answer) == IChallenges.WitnessShowsNothing.selector, Broken(string(answer)));
        uint256 maintenanceE8;
        // Safe: the second word of the error's arguments, which its selector told.
        assembly ("memory-safe") {
            maintenanceE8 := mload(add(answer, 68))
        }
        if (maintenanceE8 > mostE8) mostE8 = maintenanceE8;
    }

    function _joint(uint256 point, uint256 addOns) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(0), uint8(point), uint8(addOns));
    }
}
