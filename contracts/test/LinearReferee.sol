// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SignedDivision} from "../clearing/SignedDivision.sol";
import {Exposures} from "../clearing/Exposures.sol";
import {FloorFigures, IFloorReferee, Quote} from "../interfaces/IFloorReferee.sol";
import {Figures, IReferee, SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Checkpoints, CollateralRecord, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Instruments} from "../margin/Instruments.sol";

/// @title A referee for tests of everything around it: perpetuals and collateral, the loss of a fall or rise by the price range, nothing else
/// @notice Written to be read at a glance and to share nothing with the model; tests of money and proofs need a margin, not this margin.
contract LinearReferee is IReferee, IFloorReferee {
    using SignedDivision for int256;

    int256 internal constant ONE = 1e8;

    // solhint-disable-next-line func-name-mixedcase
    function WITNESS() external view returns (address) {
        return address(this);
    }

    function health(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice
    ) external pure returns (Figures memory figures) {
        return _figures(state, balances, checkpoint, records);
    }

    function floorOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice
    ) external pure returns (FloorFigures memory figures) {
        Figures memory all = _figures(state, balances, checkpoint, records);
        return FloorFigures(all.equityE8, all.floorE8, all.floorEquityE8);
    }

    function equityOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice
    ) external pure returns (int256 equityE8) {
        return _figures(state, balances, checkpoint, records).equityE8;
    }

    /// @dev Perpetuals only, whose marks are the market's.
    function marksOf(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) external pure returns (int256 equityE8, int256[] memory marksE8) {
        equityE8 = _figures(state, balances, checkpoint, records).equityE8;
        marksE8 = new int256[]((state.length - 64) / 32);
    }

    /// @dev Perpetuals only, which the gate asks no quote of.
    function quoteOf(uint96, bytes calldata, bytes calldata) external pure returns (Quote memory quote) {}

    /// @dev Perpetuals only: they have no surface.
    function worthsOf(
        bytes calldata,
        bytes calldata,
        bytes calldata
    ) external pure returns (int256 presentE16, int256 delayedE16) {}

    function witnessMargin(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice,
        bytes calldata witness
    ) external pure returns (int256 equityE8, uint256 maintenanceE8) {
        Figures memory figures = _figures(state, balances, checkpoint, records);
        // An empty witness shows nothing.
        return (figures.equityE8, witness.length == 0 ? 0 : figures.maintenanceE8);
    }

    function standardMargin(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice
    ) external pure returns (uint256 standardE8) {
        return _figures(state, balances, checkpoint, records).maintenanceE8;
    }

    function headroom(
        uint96 instrument,
        int64 sizeE8,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice
    ) external pure returns (uint256 riseE8) {
        UnderlyingRecord memory record = Checkpoints.decodeUnderlying(
            Exposures.find(records, Instruments.underlyingOf(instrument))
        );
        uint256 alone = (int256(sizeE8).abs() * record.spotE8 * record.priceRangeE8) / 1e16 + 2;
        return (alone * Checkpoints.decodeHeader(checkpoint).initialFactorE8) / 1e8 + 8;
    }

    function modelHash() external pure virtual returns (bytes32 hash) {
        return keccak256("linear");
    }

    function _figures(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) internal pure virtual returns (Figures memory figures) {
        AccountStates.validate(state);
        AccountState memory account = AccountStates.decode(state);
        int256 marks = 0;
        int256 costs = 0;
        for (uint256 i = 0; i < account.positions.length; ++i) {
            Position memory position = account.positions[i];
            UnderlyingRecord memory record = Checkpoints.decodeUnderlying(
                Exposures.find(records, Instruments.underlyingOf(position.instrument))
            );
            marks += position.sizeE8 * (int256(uint256(record.perpetualMarkE8)) - int256(record.cumulativeFundingE8));
            costs += position.costE8;
            figures.floorE8 += (position.sizeE8.abs() * record.spotE8 * record.floorRateE8) / 1e16 + 1;
        }
        int256 positions = marks.floor(ONE) - costs;
        (uint256 value, uint256 haircut) = _collateral(balances, checkpoint, records);
        figures.maintenanceE8 = haircut + _losses(state, balances, checkpoint, records);
        figures.initialE8 = (figures.maintenanceE8 * Checkpoints.decodeHeader(checkpoint).initialFactorE8) / 1e8 + 1;
        figures.equityE8 = account.cashE8 + positions + int256(value);
        figures.floorEquityE8 = figures.equityE8 - int256(haircut);
        figures.leastCashE8 = int256(figures.initialE8) - (figures.equityE8 - account.cashE8);
    }

    function _collateral(
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) private pure returns (uint256 value, uint256 haircut) {
        for (uint256 i = 0; i < balances.length / 32; ++i) {
            CollateralRecord memory record = Exposures.collateralOf(checkpoint, Exposures.tokenAt(balances, i));
            uint256 one = (Exposures.amountAt(balances, i) * record.priceE8) / 10 ** record.decimals;
            if (record.underlying != 0) {
                one = (one * Exposures.spotIn(Exposures.find(records, record.underlying))) / 1e8;
            }
            value += one;
            haircut += (one * record.haircutE8 + 1e8 - 1) / 1e8;
        }
    }

    function _losses(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records
    ) private pure returns (uint256 loss) {
        uint256 touched = Exposures.touched(state, balances, checkpoint);
        for (uint256 u = 1; touched >> u != 0; ++u) {
            if ((touched >> u) & 1 == 0) continue;
            loss += _loss(state, balances, checkpoint, Exposures.find(records, u));
        }
    }

    function _loss(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata packed
    ) private pure returns (uint256) {
        uint256 delta = Exposures.deltaOf(state, balances, checkpoint, packed).abs();
        UnderlyingRecord memory record = Checkpoints.decodeUnderlying(packed);
        return (delta * record.spotE8 * record.priceRangeE8) / 1e16 + 1;
    }
}
