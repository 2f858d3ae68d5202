// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof, ProofKind} from "../interfaces/ClearingTypes.sol";
import {FloorFigures} from "../interfaces/IFloorReferee.sol";
import {HealthQuestion, IHealthGate, PriceTrust} from "../interfaces/IHealthGate.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {AttesterSignature, RiskAttestation, SignedHealth} from "../interfaces/RiskTypes.sol";
import {build} from "./Artifacts.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice What equity loses at averaged prices against the vectors that the C# reads, too (spec/attested): through the gate, which takes just so much equity, and not a unit less.
/// @dev The test is all that the gate works with: referee, floors, registry, hub and parameters.
contract DropVectorsTest is Columns {
    int256 private constant EQUITY_E8 = 2 ** 130;
    /// @dev A price of then from which none has drifted by more than `maxDriftE8`.
    uint64 private constant ANY = type(uint64).max;

    uint256 private _initialE8;

    function test_drop_ofAComputedProofIsThatOfTheVectors() public {
        (IHealthGate gate, HealthQuestion[] memory questions) = _questions();
        bytes[] memory checkpoints = words("drop_checkpoint");
        bytes[] memory records = words("drop_records");
        uint256[] memory drop = column("drop_computed");
        assert(drop.length == 100);
        Proof memory proof = Proof(ProofKind.Computed, "");
        for (uint256 i = 0; i < drop.length; ++i) {
            _initialE8 = uint256(EQUITY_E8) - drop[i];
            gate.requireHealthy(questions[i], proof, checkpoints[i], records[i]);
            ++_initialE8;
            VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
            gate.requireHealthy(questions[i], proof, checkpoints[i], records[i]);
        }
    }

    function test_drop_ofAnAttestedProofIsThatOfTheVectors() public {
        (IHealthGate gate, HealthQuestion[] memory questions) = _questions();
        bytes[] memory checkpoints = words("drop_checkpoint");
        bytes[] memory records = words("drop_records");
        uint256[] memory drop = column("drop_attested");
        for (uint256 i = 0; i < drop.length; ++i) {
            Proof memory proof = _signed(questions[i], -int256(drop[i]));
            gate.requireHealthy(questions[i], proof, checkpoints[i], records[i]);
            proof = _signed(questions[i], 1 - int256(drop[i]));
            VM.expectPartialRevert(IHealthGate.CashTooLow.selector);
            gate.requireHealthy(questions[i], proof, checkpoints[i], records[i]);
        }
    }

    // What the gate works with

    function health(
        bytes calldata,
        bytes calldata,
        bytes calldata,
        bytes calldata,
        SurfaceChoice
    ) external view returns (Figures memory figures) {
        (figures.equityE8, figures.floorEquityE8, figures.initialE8) = (EQUITY_E8, EQUITY_E8, _initialE8);
    }

    function floorOf(
        bytes calldata,
        bytes calldata,
        bytes calldata,
        bytes calldata,
        SurfaceChoice
    ) external pure returns (FloorFigures memory figures) {
        (figures.equityE8, figures.floorEquityE8) = (EQUITY_E8, EQUITY_E8);
    }

    function requireSigned(RiskAttestation calldata, AttesterSignature[] calldata) external {}

    function clearinghouse() external view returns (address) {
        return address(this);
    }

    function maxDriftE8() external pure returns (uint32) {
        return type(uint32).max;
    }

    function spotE8At(uint64, uint16) external pure returns (uint64) {
        return ANY;
    }

    function tokenPriceE8At(uint64, uint16) external pure returns (uint64) {
        return ANY;
    }

    /// @dev Withdrawals of accounts without cash.
    function _questions() private returns (IHealthGate gate, HealthQuestion[] memory questions) {
        json = VM.readFile("spec/attested/CLR-021.json");
        address all = address(this);
        gate = IHealthGate(
            build("contracts/clearing/HealthGate.sol:HealthGate", abi.encode(all, all, all, all, all, all))
        );
        bytes[] memory states = words("drop_state");
        bytes[] memory balances = words("drop_balances");
        questions = new HealthQuestion[](states.length);
        for (uint256 i = 0; i < states.length; ++i) {
            HealthQuestion memory question = questions[i];
            (question.account, question.trust) = (7, PriceTrust.Averaged);
            (question.stateAfter, question.balancesAfter) = (states[i], balances[i]);
        }
    }

    function _signed(HealthQuestion memory question, int256 leastCashE8) private pure returns (Proof memory) {
        SignedHealth memory signed;
        signed.balances = question.balancesAfter;
        RiskAttestation memory a = signed.attestation;
        (a.account, a.leastCashE8, a.checkpoint) = (question.account, int128(leastCashE8), 1);
        bytes memory state = question.stateAfter;
        bytes32 positions;
        // Safe: reads the words behind the header, of which a state has two.
        assembly ("memory-safe") {
            positions := keccak256(add(state, 96), sub(mload(state), 64))
        }
        (a.positionsHash, a.collateralHash) = (positions, keccak256(question.balancesAfter));
        return Proof(ProofKind.Signed, abi.encode(signed));
    }
}
