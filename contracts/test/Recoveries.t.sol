// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Loss, Recoveries, Recovery} from "../clearing/Recoveries.sol";

/// @notice Losses that withdrawers took come back from fees, in proportion, to the unit and without a loop.
contract RecoveriesTest {
    function test_share_isInProportionAndNeverMoreThanThereIs() public pure {
        (uint256 paid, uint256 back) = Recoveries.share(50, 90, 10);
        assert(paid == 45 && back == 5);
        (paid, back) = Recoveries.share(500, 90, 10);
        assert(paid == 90 && back == 10);
        (paid, back) = Recoveries.share(50, 0, 0);
        assert(paid == 0 && back == 0);
    }

    /// @dev Two owners, one of them later; whatever comes back in whatever parts, both get it all in the end, the same part of it at any time, and never more than was paid.
    function testFuzz_back_isFairAndWhole(uint64 first, uint64 second, uint64[6] memory parts) public pure {
        uint256 a = uint256(first) + 1;
        uint256 b = uint256(second) + 1;
        Recovery memory all = Recovery(uint128(a), 1e18, 0);
        Loss memory owner = Loss(uint128(a), 1e18, 0);
        uint256 paid = _pay(all, parts[0] % (a + 1));
        uint256 got = _collect(all, owner);
        assert(got <= paid);
        Loss memory late = Loss(uint128(b), all.factorE18, all.generation);
        all.lostE8 += uint128(b);
        uint256 lateGot = 0;
        for (uint256 i = 1; i < 6; ++i) {
            paid += _pay(all, parts[i] % (uint256(all.lostE8) + 1));
            got += _collect(all, owner);
            lateGot += _collect(all, late);
            assert(got + lateGot <= paid);
        }
        paid += _pay(all, all.lostE8);
        got += _collect(all, owner);
        lateGot += _collect(all, late);
        assert(paid == a + b && got == a && lateGot == b);
    }

    function testFuzz_back_ofOneOwnerIsAllThatWasPaidButAUnitAStep(uint64 lost, uint64 part) public pure {
        Recovery memory all = Recovery(uint128(lost) + 1, 1e18, 0);
        Loss memory owner = Loss(uint128(lost) + 1, 1e18, 0);
        uint256 paid = _pay(all, part % (uint256(lost) + 2));
        uint256 got = _collect(all, owner);
        // A factor has eighteen digits and a loss here twenty.
        assert(got <= paid && paid - got <= 20);
    }

    function _pay(Recovery memory all, uint256 backE8) private pure returns (uint256) {
        if (backE8 != 0) Recoveries.shrink(all, backE8);
        return backE8;
    }

    function _collect(Recovery memory all, Loss memory own) private pure returns (uint256 backE8) {
        backE8 = Recoveries.backDown(all, own);
        (own.lostE8, own.factorE18, own.generation) = (own.lostE8 - uint128(backE8), all.factorE18, all.generation);
    }
}
