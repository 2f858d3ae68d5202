// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KernelProbe} from "../dev/KernelProbe.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {IRefereeReports} from "../interfaces/IRefereeReports.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {
    CheckpointHeader,
    Checkpoints,
    CollateralRecord,
    ExpiryRecord,
    Surface,
    UnderlyingRecord
} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {build, buildNormalTable} from "./Artifacts.sol";

/// @title Random accounts and markets inside the domain, from a seed
abstract contract MarginFixture {
    uint40 internal constant TIME = 1_800_000_000;

    address internal normalTable;
    IReferee internal referee;
    IRefereeReports internal reports;
    KernelProbe internal probe;

    uint256 private _seed;

    struct Inputs {
        bytes state;
        bytes balances;
        bytes checkpoint;
        bytes records;
    }

    function setUp() public virtual {
        normalTable = buildNormalTable();
        bytes memory arguments = abi.encode(normalTable);
        referee = IReferee(build("contracts/margin/Referee.sol:Referee", arguments));
        reports = IRefereeReports(build("contracts/margin/RefereeReports.sol:RefereeReports", arguments));
        probe = KernelProbe(build("contracts/dev/KernelProbe.sol:KernelProbe", arguments));
    }

    function start(uint256 seed) internal {
        _seed = seed;
    }

    /// @dev A number in [low, high].
    function draw(uint256 low, uint256 high) internal returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return low + (_seed % (high - low + 1));
    }

    function drawSigned(uint256 limit) internal returns (int256) {
        int256 value = int256(draw(1, limit));
        return draw(0, 1) == 0 ? value : -value;
    }

    /// @dev Either end of a range, or anything between.
    function drawWild(uint256 low, uint256 high) internal returns (uint256) {
        uint256 choice = draw(0, 3);
        return choice == 0 ? low : (choice == 1 ? high : draw(low, high));
    }

    /// @dev A market as it may come: parameters like the first ones, spot 3000.
    function plainMarket() internal returns (UnderlyingRecord memory u) {
        u = wildMarket();
        (u.spotE8, u.perpetualMarkE8, u.averageSpotE8, u.cumulativeFundingE8) = (3000e8, 3001e8, 3000e8, 5e8);
        (u.openInterestE8, u.depthE8, u.spreadE8) = (1e13, 5e11, 1e8);
        (u.priceRangeE8, u.volRangeE8, u.volUpFloorE8, u.shortOptionMinimumE8) = (16e6, 5e7, 5e7, 1e6);
        (u.basisChargeE8, u.basisRateE8, u.slippageE8, u.slippageCapE8) = (4e5, 75e5, 1e6, 1e7);
        (u.crowdingE8, u.vegaChargeE8, u.rateChargeE8, u.floorRateE8, u.nettingFloorE8) = (5e6, 1e7, 1e6, 1e6, 5e7);
        for (uint256 i = 0; i < u.expiries.length; ++i) {
            ExpiryRecord memory e = u.expiries[i];
            if (e.expiry >= TIME + 1800) e.followSeconds = 1800;
            (e.discountE12, e.surfaceTime) = (uint40(draw(98e10, 1e12)), TIME - uint40(draw(0, 900)));
            (e.present.forwardE8, e.present.publishedForwardE8) = (uint64(draw(2950e8, 3050e8)), 3000e8);
            (e.present.aE12, e.present.bE12) = (int64(int256(draw(1e11, 9e11))), uint64(draw(0, 5e11)));
            (e.present.rhoE8, e.present.mE8, e.present.sigmaE8) = (int32(drawSigned(7e7)), 1e6, uint32(draw(1e7, 4e7)));
            e.delayed = e.present;
        }
    }

    /// @dev Anything that MRG-010 lets in.
    function wildMarket() internal returns (UnderlyingRecord memory u) {
        u.spotE8 = uint64(drawWild(1, 2 ** 48));
        u.perpetualMarkE8 = uint64(drawWild(1, 2 ** 48));
        u.averageSpotE8 = u.spotE8;
        u.spreadE8 = uint64(drawWild(0, u.spotE8));
        u.openInterestE8 = uint64(drawWild(0, 2 ** 62));
        u.depthE8 = uint64(drawWild(1e8, 2 ** 62));
        u.cumulativeFundingE8 = int64(int256(drawWild(0, 2 ** 63)) - 2 ** 62);
        (u.underlying, u.group) = (1, uint8(draw(0, 255)));
        u.priceRangeE8 = uint32(drawWild(1e6, 32e6));
        u.volRangeE8 = uint32(drawWild(0, 2e8));
        u.volUpFloorE8 = uint32(drawWild(0, 5e8));
        u.shortOptionMinimumE8 = uint32(drawWild(0, 1e8));
        (u.basisChargeE8, u.basisRateE8) = (uint32(drawWild(0, 1e8)), uint32(drawWild(0, 1e8)));
        (u.slippageE8, u.slippageCapE8) = (uint32(drawWild(0, 1e8)), uint32(drawWild(0, 1e8)));
        (u.crowdingE8, u.vegaChargeE8) = (uint32(drawWild(0, 1e8)), uint32(drawWild(0, 1e8)));
        (u.rateChargeE8, u.floorRateE8) = (uint32(drawWild(0, 1e8)), uint32(drawWild(0, 1e7)));
        u.nettingFloorE8 = uint32(drawWild(5e7, 1e8));
        u.expiries = new ExpiryRecord[](3);
        uint256 expiry = TIME - 100;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 step = draw(0, 3);
            expiry += step == 0 ? draw(1, 300) : (step == 1 ? draw(300, 90_000) : draw(90_000, 30_000_000));
            ExpiryRecord memory e = u.expiries[i];
            (e.expiry, e.surfaceTime) = (uint32(expiry), TIME - uint40(draw(0, 200_000)));
            (e.discountE12, e.followSeconds) = (uint40(drawWild(1, 1e12)), uint16(drawWild(0, 1800)));
            (e.present, e.delayed) = (wildSurface(), wildSurface());
        }
    }

    function wildSurface() internal returns (Surface memory s) {
        (s.forwardE8, s.publishedForwardE8) = (uint64(drawWild(1, 2 ** 49)), uint64(drawWild(1, 2 ** 49)));
        s.aE12 = int64(int256(drawWild(0, 2 ** 54)) - 2 ** 53);
        s.bE12 = uint64(drawWild(0, 2 ** 52));
        s.rhoE8 = int32(int256(drawWild(0, 2e8)) - 1e8);
        s.mE8 = int32(int256(drawWild(0, 12e8)) - 6e8);
        s.sigmaE8 = uint32(drawWild(1, 6e8));
    }

    /// @dev Up to `count` positions of every kind, sorted; sizes up to `sizeMax`.
    function positionsOf(
        UnderlyingRecord memory u,
        uint256 count,
        uint256 sizeMax
    ) internal returns (Position[] memory) {
        Position[] memory positions = new Position[](count);
        for (uint256 i = 0; i < count; ++i) {
            ExpiryRecord memory e = u.expiries[draw(0, 2)];
            uint256 kind = i == 0 ? draw(0, 3) : draw(1, 7) / 2;
            uint256 strike = (uint256(e.present.forwardE8) * draw(700, 1400)) / 1000 / 10_000;
            strike = strike == 0 ? 1 : strike;
            positions[i].instrument = Instruments.pack(
                u.underlying,
                kind == Instruments.PERPETUAL ? 0 : e.expiry,
                kind < Instruments.CALL ? 0 : uint40(strike),
                uint8(kind)
            );
            positions[i].sizeE8 = drawSigned(sizeMax);
            positions[i].costE8 = kind < Instruments.CALL ? drawSigned(1e15) : int256(0);
        }
        return _sorted(positions);
    }

    /// @dev An account in two markets, without collateral.
    function pack(
        UnderlyingRecord memory first,
        UnderlyingRecord memory second,
        Position[] memory positions
    ) internal pure returns (Inputs memory inputs) {
        inputs.state = _stateOf(positions);
        bytes memory one = Checkpoints.encodeUnderlying(first);
        bytes memory other = Checkpoints.encodeUnderlying(second);
        inputs.records = bytes.concat(one, other);
        inputs.checkpoint = bytes.concat(
            Checkpoints.encodeHeader(CheckpointHeader(1, TIME, 2, 0, 13e7, 1e12, 1e12)),
            keccak256(one),
            keccak256(other)
        );
    }

    function _stateOf(Position[] memory positions) private pure returns (bytes memory) {
        AccountState memory account;
        (account.cashE8, account.positions) = (7e12, positions);
        return AccountStates.encode(account);
    }

    function pack(
        UnderlyingRecord memory u,
        Position[] memory positions,
        uint128 spot
    ) internal pure returns (Inputs memory inputs) {
        inputs.state = _stateOf(positions);
        inputs.records = Checkpoints.encodeUnderlying(u);
        if (spot != 0) inputs.balances = abi.encodePacked(uint16(4), uint112(0), spot);
        inputs.checkpoint = bytes.concat(
            Checkpoints.encodeHeader(CheckpointHeader(1, TIME, 1, 1, 13e7, 1e12, 1e12)),
            Checkpoints.encodeCollateral(CollateralRecord(4, 1, 18, 5e6, 1e8)),
            keccak256(inputs.records)
        );
    }

    function concat(Position[] memory a, Position[] memory b) internal pure returns (Position[] memory) {
        Position[] memory all = new Position[](a.length + b.length);
        for (uint256 i = 0; i < a.length; ++i) all[i] = a[i];
        for (uint256 i = 0; i < b.length; ++i) all[a.length + i] = b[i];
        return _sorted(all);
    }

    /// @dev Insertion sort; equal instruments are added up, empty ones fall out.
    function _sorted(Position[] memory list) private pure returns (Position[] memory sorted) {
        sorted = new Position[](list.length);
        uint256 count = 0;
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 k = count;
            while (k != 0 && sorted[k - 1].instrument > list[i].instrument) --k;
            if (k != 0 && sorted[k - 1].instrument == list[i].instrument) {
                sorted[k - 1] = Position(
                    list[i].instrument,
                    sorted[k - 1].sizeE8 + list[i].sizeE8,
                    sorted[k - 1].costE8 + list[i].costE8
                );
                continue;
            }
            for (uint256 j = count; j > k; --j) sorted[j] = sorted[j - 1];
            sorted[k] = Position(list[i].instrument, list[i].sizeE8, list[i].costE8);
            ++count;
        }
        uint256 kept = 0;
        for (uint256 i = 0; i < count; ++i) if (sorted[i].sizeE8 != 0) sorted[kept++] = sorted[i];
        assembly ("memory-safe") {
            mstore(sorted, kept)
        }
    }
}
