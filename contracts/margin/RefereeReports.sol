// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Breakdown, GroupBreakdown, SurfaceChoice, UnderlyingBreakdown} from "../interfaces/IReferee.sol";
import {IRefereeReports} from "../interfaces/IRefereeReports.sol";
import {AccountStates} from "./AccountStates.sol";
import {Between} from "./Between.sol";
import {Book} from "./Markets.sol";
import {NormalTable} from "./NormalTable.sol";
import {GroupTerms, RiskGroups, Terms} from "./RiskGroups.sol";
import {Scenarios} from "./Scenarios.sol";
import {Totals} from "./Totals.sol";
import {Words} from "./Words.sol";
import {R_COLLATERAL, R_HAIRCUT} from "./Workspace.sol";

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
        AccountStates.validate(state);
        Book memory book = Totals.open(state, balances, checkpoint, records, choice);
        Terms[] memory terms = Totals.report(book);
        report.underlyings = _underlyings(terms);
        report.groups = _groups(terms);
        uint256 groupsE8 = 0;
        for (uint256 i = 0; i < report.groups.length; ++i) groupsE8 += report.groups[i].maintenanceE8;
        Totals.figures(book, terms, groupsE8, AccountStates.cashE8(state), report.figures);
        report.collateralValueE8 = Words.load(R_COLLATERAL);
        report.haircutE8 = Words.load(R_HAIRCUT);
    }

    function _underlyings(Terms[] memory terms) private pure returns (UnderlyingBreakdown[] memory shown) {
        shown = new UnderlyingBreakdown[](terms.length);
        for (uint256 i = 0; i < terms.length; ++i) shown[i] = _underlying(terms[i]);
    }

    /// @dev The terms as shown, with the first scenario of the largest loss where no kink or node shows more.
    function _underlying(Terms memory t) private pure returns (UnderlyingBreakdown memory shown) {
        shown.underlying = t.underlying;
        shown.group = t.group;
        shown.nettingFloorE8 = t.nettingFloorE8;
        shown.scenario24E8 = t.scenario24E8;
        shown.between24E8 = t.between24E8;
        shown.loss24E8 = t.loss24E8;
        shown.worstPoint = _point(t.worstPoint, t.weighted24E8, t.loss24E8);
        shown.shortMinimumE8 = t.shortMinimumE8;
        for (uint256 s = 0; s < Scenarios.COUNT; ++s) shown.weighted24E8[s] = Words.loadSigned(t.weighted24E8 + 32 * s);
        shown.netE8 = t.netE8;
        shown.grossE8 = t.grossE8;
        shown.basisE8 = t.basisE8;
        shown.liquidityE8 = t.liquidityE8;
        shown.vegaE8 = t.vegaE8;
        shown.staleE8 = t.staleE8;
        shown.rateE8 = t.rateE8;
        shown.spreadE8 = t.spreadE8;
    }

    /// @dev One entry a group, ascending.
    function _groups(Terms[] memory terms) private pure returns (GroupBreakdown[] memory groups) {
        uint256 count = 0;
        for (uint256 i = 0; i < terms.length; ++i) if (Totals.isFirstOfGroup(terms, i)) ++count;
        groups = new GroupBreakdown[](count);
        uint256 least = 0;
        for (uint256 k = 0; k < count; ++k) {
            uint256 group = type(uint256).max;
            for (uint256 i = 0; i < terms.length; ++i) {
                if (terms[i].group >= least && terms[i].group < group) group = terms[i].group;
            }
            groups[k] = _group(RiskGroups.measure(terms, group), RiskGroups.weightedOf(terms, group));
            least = group + 1;
        }
    }

    function _group(GroupTerms memory g, uint256 weighted) private pure returns (GroupBreakdown memory) {
        return
            GroupBreakdown(
                g.group,
                g.scenario24E8,
                g.between24E8,
                _point(g.worstPoint, weighted, g.scenario24E8),
                g.loss24E8,
                g.nettingFloor24E8,
                g.shortMinimumE8,
                g.maintenanceE8
            );
    }

    /// @dev The point that binds: a kink or a node where there is one, otherwise the first scenario that shows the loss.
    function _point(uint256 point, uint256 weighted, int256 loss24E8) private pure returns (uint256) {
        return point == Between.NO_POINT ? RiskGroups.scenarioOf(weighted, loss24E8) : point;
    }
}
