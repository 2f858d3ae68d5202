// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceUpdate} from "../interfaces/IVolSurfaces.sol";
import {Forwards} from "../margin/Forwards.sol";
import {VM} from "./IVm.sol";
import {SurfaceFixture} from "./SurfaceFixture.sol";

/// @notice What is kept of surfaces and expiries in few words, against the same kept in plain structs and lists.
contract VolSurfacesWordsTest is SurfaceFixture {
    uint32 private constant FIRST = uint32(START) + 7 days;
    uint256 private constant DELAY = 1800;

    struct Kept {
        SurfaceUpdate update;
        uint256 since;
    }

    Kept private present;
    Kept private aside;
    Kept private older;
    uint256 private asideTime;
    uint32[] private listed;

    function setUp() public {
        deployWithAttesters();
    }

    /// @dev Publications at any times, prices moving: the record has the present surface, and that of a delay ago by the rule of three structs.
    function testFuzz_recordsOf_keepWhatPlainStructsKeep(uint256 seed) public {
        for (uint256 i = 0; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            pass(seed % 3 == 0 ? 60 + ((seed >> 8) % 300) : 60 + ((seed >> 8) % 2400));
            setBtc(90_000e8 + ((seed >> 32) % 100e8));
            spots.update(BTC);
            SurfaceUpdate memory s = smile(BTC, FIRST);
            s.aE12 += int64(int256((seed >> 64) % 1e8));
            s.forwardE8 += uint64((seed >> 96) % 1e5);
            uint256 age = (seed >> 128) % 600;
            if (s.time - age > present.update.time) s.time -= uint40(age);
            publish(s);
            _keep(s);
            _compare();
            pass((seed >> 160) % 2000);
            _compare();
        }
    }

    /// @dev As many as may be listed, in any order; then they go, some and all, and others come.
    function test_expiriesOf_ascendsWhateverComesAndGoes() public {
        for (uint32 i = 0; i < 32; ++i) _list(FIRST + ((i * 11) % 32) * 1 days);
        uint256 seed = 1;
        for (uint256 i = 0; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 4 == 0 || listed.length == 32) _retire(listed[(seed >> 8) % listed.length]);
            else _list(FIRST + uint32(i) * 1 days + 12 hours);
        }
        while (listed.length != 0) _retire(listed[0]);
        assert(surfaces.firstExpiry(BTC) == 0);
        _list(FIRST);
    }

    function _keep(SurfaceUpdate memory s) private {
        if (present.since != 0 && block.timestamp - asideTime >= DELAY) {
            if (asideTime != 0) older = aside;
            (aside, asideTime) = (present, block.timestamp);
        }
        present = Kept(s, block.timestamp);
    }

    function _delayed() private view returns (SurfaceUpdate memory) {
        if (asideTime == 0 || block.timestamp - present.since >= DELAY) return present.update;
        if (block.timestamp - asideTime >= DELAY || older.since == 0) return aside.update;
        return older.update;
    }

    function _compare() private view {
        uint64 spotE8 = spots.storedSpotE8(BTC);
        bytes memory records = surfaces.recordsOf(BTC, spotE8);
        (SurfaceUpdate memory p, SurfaceUpdate memory d) = (present.update, _delayed());
        uint256 forwardE8 = Forwards.outsideWindow(spotE8, p.forwardE8, p.spotE8);
        uint256 delayedE8 = Forwards.outsideWindow(spotE8, d.forwardE8, d.spotE8);
        bytes memory expected = abi.encodePacked(
            FIRST,
            p.time,
            uint40(1e12),
            uint64(forwardE8),
            p.forwardE8,
            uint16(1800)
        );
        expected = bytes.concat(
            expected,
            _svi(p),
            abi.encodePacked(uint64(delayedE8), d.forwardE8, uint128(0)),
            _svi(d)
        );
        require(keccak256(records) == keccak256(expected), Broken("record"));
        SurfaceUpdate memory told = surfaces.surfaceOf(BTC, FIRST);
        require(keccak256(abi.encode(told)) == keccak256(abi.encode(p)), Broken("surface"));
    }

    function _svi(SurfaceUpdate memory s) private pure returns (bytes memory) {
        return abi.encodePacked(s.aE12, s.bE12, s.rhoE8, s.mE8, s.sigmaE8, uint32(0));
    }

    function _list(uint32 expiry) private {
        publish(smile(BTC, expiry));
        listed.push(expiry);
        for (uint256 i = listed.length - 1; i > 0 && listed[i - 1] > expiry; --i) {
            (listed[i - 1], listed[i]) = (expiry, listed[i - 1]);
        }
        _requireListed();
    }

    function _retire(uint32 expiry) private {
        VM.prank(address(hub));
        surfaces.retire(BTC, expiry);
        uint256 place = 0;
        while (listed[place] != expiry) ++place;
        for (; place + 1 < listed.length; ++place) listed[place] = listed[place + 1];
        listed.pop();
        _requireListed();
        require(surfaces.surfaceOf(BTC, expiry).time == 0, Broken("history"));
    }

    function _requireListed() private view {
        uint32[] memory found = surfaces.expiriesOf(BTC);
        require(keccak256(abi.encode(found)) == keccak256(abi.encode(listed)), Broken("expiries"));
        require(surfaces.recordsOf(BTC, spots.storedSpotE8(BTC)).length == 128 * found.length, Broken("records"));
    }
}
