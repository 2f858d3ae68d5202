// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditBucket} from "../interfaces/ICreditBucket.sol";
import {RiskAttestation} from "../interfaces/RiskTypes.sol";
import {AttestedCredit} from "../risk/AttestedCredit.sol";
import {Leaves} from "../risk/Leaves.sol";
import {build} from "./Artifacts.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice What attesters' word costs, what a bucket lends on it and how it is named, against the vectors of spec/attested; those of fees and leaves the C# reads, too.
/// @dev The test is all that the bucket works with: authority, registry, bonds, clearinghouse and gate.
contract CreditVectorsTest is Columns {
    uint256 public threshold;
    uint256 public bondE8;

    /// @dev Columns of CLR-051.
    struct Draws {
        uint256[] begins;
        uint256[] bond;
        uint256[] threshold;
        uint256[] elapsed;
        uint256[] capacity;
        uint256[] left;
        uint256[] ask;
        uint256[] taken;
    }

    ICreditBucket private _bucket;

    function test_take_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-051.json");
        Draws memory v;
        (v.begins, v.bond, v.threshold) = (column("begins"), column("bond"), column("threshold"));
        (v.elapsed, v.capacity, v.left) = (column("seconds"), column("capacity"), column("left"));
        (v.ask, v.taken) = (column("ask"), column("taken"));
        assert(v.taken.length > 50);
        for (uint256 i = 0; i < v.taken.length; ++i) _draw(v, i);
    }

    function test_fee_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-054.json");
        uint256[] memory credit = column("credit");
        uint256[] memory rate = column("creditFee");
        uint256[] memory fee = column("creditFeePaid");
        assert(fee.length == 60);
        for (uint256 i = 0; i < fee.length; ++i) assert(AttestedCredit.feeUp(credit[i], rate[i]) == fee[i]);
    }

    function test_leaf_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-055.json");
        RiskAttestation[] memory attestations = _attestations();
        uint256[] memory leaf = column("leaf");
        uint256[] memory hash = column("attestationHash");
        assert(leaf.length == 60);
        for (uint256 i = 0; i < leaf.length; ++i) {
            bytes32 found = this.leafOf(attestations[i]);
            assert(uint256(found) == leaf[i]);
            assert(uint256(Leaves.attestationHash(found, attestations[i].modelHash)) == hash[i]);
        }
    }

    function leafOf(RiskAttestation calldata a) external pure returns (bytes32) {
        return Leaves.hash(a);
    }

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    function _draw(Draws memory v, uint256 i) private {
        if (v.begins[i] == 1) {
            bytes memory arguments = abi.encode(address(this), address(this));
            _bucket = ICreditBucket(build("contracts/risk/CreditBucket.sol:CreditBucket", arguments));
            _bucket.connect(address(this), address(this), address(this));
        }
        (threshold, bondE8) = (v.threshold[i], v.bond[i]);
        VM.warp(block.timestamp + v.elapsed[i]);
        (uint256 leftE8, uint256 capacityE8) = _bucket.available();
        assert(leftE8 == v.left[i] && capacityE8 == v.capacity[i]);
        if (v.taken[i] == 0) {
            VM.expectRevert(abi.encodeWithSelector(ICreditBucket.CreditExhausted.selector, 7, v.ask[i], leftE8));
        }
        _bucket.take(address(this), 7, v.ask[i]);
    }

    function _attestations() private view returns (RiskAttestation[] memory attestations) {
        uint256[] memory account = column("account");
        uint256[] memory positions = column("positionsHash");
        uint256[] memory collateral = column("collateralHash");
        uint256[] memory checkpoint = column("checkpoint");
        uint256[] memory model = column("modelHash");
        uint256[] memory until = column("validUntil");
        attestations = new RiskAttestation[](account.length);
        for (uint256 i = 0; i < account.length; ++i) {
            RiskAttestation memory a = attestations[i];
            (a.account, a.checkpoint, a.validUntil) = (uint64(account[i]), uint64(checkpoint[i]), uint40(until[i]));
            (a.positionsHash, a.collateralHash) = (bytes32(positions[i]), bytes32(collateral[i]));
            a.modelHash = bytes32(model[i]);
        }
        _readFigures(attestations);
    }

    function _readFigures(RiskAttestation[] memory attestations) private view {
        int256[] memory cash = signedColumn("leastCash");
        int256[] memory initial = signedColumn("initialMargin");
        int256[] memory maintenance = signedColumn("maintenanceMargin");
        for (uint256 i = 0; i < attestations.length; ++i) {
            RiskAttestation memory a = attestations[i];
            (a.leastCashE8, a.initialMarginE8) = (int128(cash[i]), int64(initial[i]));
            a.maintenanceMarginE8 = int64(maintenance[i]);
        }
    }
}
