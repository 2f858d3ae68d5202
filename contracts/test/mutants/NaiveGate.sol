// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof} from "../../interfaces/ClearingTypes.sol";
import {HealthQuestion} from "../../interfaces/IHealthGate.sol";
import {Figures, IReferee, SurfaceChoice} from "../../interfaces/IReferee.sol";
import {GateFlaw} from "./Flaws.sol";

/// @title Mutant: a gate with one flaw of those that others paid for; of perpetuals only
contract NaiveGate {
    IReferee public immutable referee;
    GateFlaw public immutable flaw;

    /// @notice Thrown when equity is below the initial margin.
    error Unhealthy(uint64 account);

    constructor(IReferee referee_, address, address, address, address, address, GateFlaw flaw_) {
        (referee, flaw) = (referee_, flaw_);
    }

    function requireHealthy(
        HealthQuestion calldata question,
        Proof calldata,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (uint256 feeE8) {
        if (flaw == GateFlaw.LooksAtNothing) return 0;
        Figures memory figures = referee.health(
            question.stateAfter,
            question.balancesAfter,
            checkpoint,
            records,
            SurfaceChoice.Present
        );
        require(figures.equityE8 >= int256(figures.initialE8), Unhealthy(question.account));
    }

    function attesters() external pure returns (address) {
        return address(0);
    }
}
