// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {RiskAttestation} from "../interfaces/RiskTypes.sol";

/// @title Leaves of the book's tree, and what names an attestation
/// @custom:spec CLR-055
library Leaves {
    /// @notice All fields but the model, which the epoch names: four words, hashed twice as StandardMerkleTree does, so that an inner node is never a leaf.
    function hash(RiskAttestation calldata a) internal pure returns (bytes32) {
        uint256 figures =
            (uint256(uint128(a.leastCashE8)) << 128) |
                (uint256(uint64(a.initialMarginE8)) << 64) |
                uint64(a.maintenanceMarginE8);
        uint256 subject = (uint256(a.account) << 104) | (uint256(a.checkpoint) << 40) | a.validUntil;
        return keccak256(bytes.concat(keccak256(abi.encode(a.positionsHash, a.collateralHash, figures, subject))));
    }

    /// @notice Names one attestation, all fields of it.
    function attestationHash(bytes32 leaf, bytes32 modelHash) internal pure returns (bytes32) {
        return Hashes.efficientKeccak256(leaf, modelHash);
    }
}
