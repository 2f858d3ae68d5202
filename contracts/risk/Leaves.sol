// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RiskAttestation} from "../interfaces/RiskTypes.sol";

/// @title Leaves of the book's tree
library Leaves {
    /// @notice Hashed twice, as StandardMerkleTree does, so that an inner node is never a leaf.
    function hash(RiskAttestation calldata attestation) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(attestation))));
    }
}
