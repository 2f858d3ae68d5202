// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Breakdown, GroupBreakdown, SurfaceChoice, UnderlyingBreakdown} from "../interfaces/IReferee.sol";
import {IRefereeReports} from "../interfaces/IRefereeReports.sol";
import {AccountStates} from "./AccountStates.sol";
import {Between} from "./Between.sol";
import {Book} from "./Markets.sol";
import {NormalTable} from "./NormalTable.sol";
import {RiskGroups, Terms} from "./RiskGroups.sol";
import {Totals} from "./Totals.sol";
import {Tally} from "./Underlyings.sol";

/// @title Reports of the referee; their contract is written at `IRefereeReports`
contract RefereeReports is IRefereeReports {
    /// @notice The contract whose code is the table of the normal distribution.
    address public immutable CDF_TABLE;

    constructor(address cdfTable) {
        NormalTable.requireTable(cdfTable);
        CDF_TABLE = cdfTable;
    }

    /// @inheritdoc IRefereeReports
    function breakdown(
        bytes calldata state,
        bytes calldata balances,
        bytes calldata checkpoint,
        bytes calldata records,
        SurfaceChoice choice
    ) external view returns (Breakdown memory report) {
        NormalTable.load(CDF_TABLE);
        (Book memory book, Tally memory tally) = Totals.open(state, balances, checkpoint, records, choice);
        Terms[] memory terms = Totals.measure(book, tally);
        uint256 groupsE8;
        (report.groups, groupsE8) = _groups(terms);
        int256 cashE8 = AccountStates.unzigzag(AccountStates.word(state, 0) >> 128);
        report.figures = Totals.figures(book, tally, terms, groupsE8, cashE8);
        report.underlyings = _shown(terms);
        report.collateralValueE8 = tally.collateralE8;
        report.haircutE8 = tally.haircutE8;
    }

    /// @dev The terms as shown, with the first scenario of the largest loss where no kink or node shows more.
    function _shown(Terms[] memory terms) private pure returns (UnderlyingBreakdown[] memory shown) {
        shown = new UnderlyingBreakdown[](terms.length);
        for (uint256 i = 0; i < terms.length; ++i) {
            UnderlyingBreakdown memory t = terms[i].shown;
            if (t.worstPoint == Between.NO_POINT) t.worstPoint = RiskGroups.scenarioOf(t.weighted24E8, t.loss24E8);
            shown[i] = t;
        }
    }

    /// @dev One entry a group, ascending.
    function _groups(Terms[] memory terms) private pure returns (GroupBreakdown[] memory groups, uint256 sumE8) {
        uint256 count = 0;
        for (uint256 i = 0; i < terms.length; ++i) if (Totals.isFirstOfGroup(terms, i)) ++count;
        groups = new GroupBreakdown[](count);
        uint256 least = 0;
        for (uint256 k = 0; k < count; ++k) {
            uint256 group = type(uint256).max;
            for (uint256 i = 0; i < terms.length; ++i) {
                if (terms[i].shown.group >= least && terms[i].shown.group < group) group = terms[i].shown.group;
            }
            GroupBreakdown memory g = RiskGroups.measure(terms, group);
            if (g.worstPoint == Between.NO_POINT) {
                g.worstPoint = RiskGroups.scenarioOf(RiskGroups.weightedOf(terms, group), g.scenario24E8);
            }
            groups[k] = g;
            sumE8 += g.maintenanceE8;
            least = group + 1;
        }
    }
}
