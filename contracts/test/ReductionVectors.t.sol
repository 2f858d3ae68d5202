// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof, ProofKind} from "../interfaces/ClearingTypes.sol";
import {Quote} from "../interfaces/IFloorReferee.sol";
import {HealthQuestion, IHealthGate, PriceTrust} from "../interfaces/IHealthGate.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {ClearingParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Checkpoints, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";
import {build} from "./Artifacts.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";

/// @notice What a reduction must leave and may lose against the vectors that the C# reads, too (spec/attested): through the gate, which takes just so much, and not a unit less.
/// @dev The test is all that the gate works with: referee, floors and parameters.
contract ReductionVectorsTest is Columns {
    uint64 private constant ACCOUNT = 7;
    uint16 private constant UNDERLYING = 1;
    uint32 private constant EXPIRY = 1_900_000_000;
    /// @dev More than any of the vectors loses.
    int256 private constant ANY = 2 ** 150;

    /// @dev Columns of what may be lost.
    struct Losses {
        int256[] perpetualSize;
        int256[] perpetualMark;
        int256[] futureSize;
        int256[] futureMark;
        int256[] callSize;
        int256[] callMark;
        int256[] callVega;
        uint256[] callForward;
        uint256[] priceBand;
        uint256[] volBand;
        uint256[] makerFee;
        uint256[] takerFee;
        uint256[] parts;
        uint256[] most;
    }

    IHealthGate private _gate;
    ClearingParameters private _parameters;
    /// @dev Equity and maintenance margin before and after, by the hash of the state.
    mapping(bytes32 state => Figures figures) private _figures;
    mapping(uint96 instrument => Quote quote) private _quotes;
    bytes private _before;
    bytes private _after;

    function setUp() public {
        address all = address(this);
        _gate = IHealthGate(
            build("contracts/clearing/HealthGate.sol:HealthGate", abi.encode(all, all, all, all, all, all))
        );
        json = VM.readFile("spec/attested/CLR-020.json");
        _before = _state(2);
        _after = _state(1);
    }

    function test_reduction_leavesWhatTheVectorsSay() public {
        int256[] memory equity = signedColumn("equity");
        uint256[] memory maintenance = column("maintenance");
        uint256[] memory maintenanceAfter = column("maintenanceAfter");
        uint256[] memory minRelief = column("minRelief");
        int256[] memory least = signedColumn("least");
        assert(least.length == 300);
        HealthQuestion memory question = _question(1);
        // A future for which anything may be lost, so that only the relief is in question.
        question.instruments[0] = _future();
        question.sizesE8[0] = 1;
        _quotes[_future()] = Quote(ANY, 0, uint256(ANY));
        for (uint256 i = 0; i < least.length; ++i) {
            _parameters.minReliefE8 = uint32(minRelief[i]);
            _parameters.priceBandE8 = 1e8;
            int256 later = least[i] + int256(maintenanceAfter[i]);
            _set(_before, equity[i], maintenance[i]);
            _set(_after, later, maintenanceAfter[i]);
            _ask(question, "");
            _set(_after, later - 1, maintenanceAfter[i]);
            VM.expectPartialRevert(IHealthGate.ReliefTooSmall.selector);
            _ask(question, "");
        }
    }

    function test_reduction_losesNoMoreThanTheVectorsSay() public {
        Losses memory v = _losses();
        assert(v.most.length == 200);
        for (uint256 i = 0; i < v.most.length; ++i) {
            HealthQuestion memory question = _question(3);
            (question.instruments[0], question.sizesE8[0]) = (_perpetual(), int64(v.perpetualSize[i]));
            (question.instruments[1], question.sizesE8[1]) = (_future(), int64(v.futureSize[i]));
            (question.instruments[2], question.sizesE8[2]) = (_call(), int64(v.callSize[i]));
            _quotes[_future()] = Quote(v.futureMark[i], 0, uint256(v.futureMark[i]));
            _quotes[_call()] = Quote(v.callMark[i], v.callVega[i], v.callForward[i]);
            _parameters.priceBandE8 = uint32(v.priceBand[i]);
            _parameters.volBandE8 = uint32(v.volBand[i]);
            _parameters.makerFeeE8 = uint32(v.makerFee[i]);
            _parameters.takerFeeE8 = uint32(v.takerFee[i]);
            bool isNarrow = v.parts[i] == 10;
            // A halted market narrows it only where the operation may not rest on one.
            question.trust = !isNarrow && i % 2 == 0 ? PriceTrust.Live : PriceTrust.Unhalted;
            bool isHalted = isNarrow || i % 2 == 0;
            bytes memory records = _record(uint64(uint256(v.perpetualMark[i])), isHalted);
            // All of the margin is given back, so that only the loss is in question.
            _set(_before, ANY, uint256(ANY));
            _set(_after, ANY - int256(v.most[i]), 0);
            _ask(question, records);
            _set(_after, ANY - int256(v.most[i]) - 1, 0);
            VM.expectRevert(
                abi.encodeWithSelector(IHealthGate.ReductionTooDear.selector, ACCOUNT, v.most[i] + 1, v.most[i])
            );
            _ask(question, records);
        }
    }

    // What the gate works with

    function health(
        bytes calldata state,
        bytes calldata,
        bytes calldata,
        bytes calldata,
        SurfaceChoice choice
    ) external view returns (Figures memory) {
        assert(choice == SurfaceChoice.Present);
        return _figures[keccak256(state)];
    }

    function quoteOf(uint96 instrument, bytes calldata, bytes calldata) external view returns (Quote memory) {
        return _quotes[instrument];
    }

    function clearing() external view returns (ClearingParameters memory) {
        return _parameters;
    }

    // Questions

    function _ask(HealthQuestion memory question, bytes memory records) private {
        _gate.requireHealthy(question, Proof(ProofKind.Reducing, ""), "", records);
    }

    function _question(uint256 instruments) private view returns (HealthQuestion memory question) {
        (question.account, question.stateBefore, question.stateAfter) = (ACCOUNT, _before, _after);
        (question.instruments, question.sizesE8) = (new uint96[](instruments), new int64[](instruments));
    }

    function _set(bytes storage state, int256 equityE8, uint256 maintenanceE8) private {
        Figures storage figures = _figures[keccak256(state)];
        (figures.equityE8, figures.maintenanceE8) = (equityE8, maintenanceE8);
    }

    /// @dev An account with a perpetual, so that it touches the underlying.
    function _state(int64 sizeE8) private pure returns (bytes memory) {
        AccountState memory state;
        state.positions = new Position[](1);
        state.positions[0] = Position(_perpetual(), sizeE8, 0);
        return AccountStates.encode(state);
    }

    function _record(uint64 perpetualMarkE8, bool isHalted) private pure returns (bytes memory) {
        UnderlyingRecord memory record;
        record.underlying = UNDERLYING;
        record.perpetualMarkE8 = perpetualMarkE8;
        record.marketState = uint8(isHalted ? Checkpoints.HALTED : Checkpoints.NORMAL);
        return Checkpoints.encodeUnderlying(record);
    }

    function _losses() private view returns (Losses memory v) {
        (v.perpetualSize, v.perpetualMark) = (signedColumn("perpetualSize"), signedColumn("perpetualMark"));
        (v.futureSize, v.futureMark) = (signedColumn("futureSize"), signedColumn("futureMark"));
        (v.callSize, v.callMark) = (signedColumn("callSize"), signedColumn("callMark"));
        (v.callVega, v.callForward) = (signedColumn("callVega"), column("callForward"));
        (v.priceBand, v.volBand) = (column("priceBand"), column("volBand"));
        (v.makerFee, v.takerFee) = (column("makerFee"), column("takerFee"));
        (v.parts, v.most) = (column("parts"), column("most"));
    }

    function _perpetual() private pure returns (uint96) {
        return Instruments.pack(UNDERLYING, 0, 0, uint8(Instruments.PERPETUAL));
    }

    function _future() private pure returns (uint96) {
        return Instruments.pack(UNDERLYING, EXPIRY, 0, uint8(Instruments.FUTURE));
    }

    function _call() private pure returns (uint96) {
        return Instruments.pack(UNDERLYING, EXPIRY, 1_000_000, uint8(Instruments.CALL));
    }
}
