// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A wallet (ERC-1271) that stands by every signature until it denies all.
contract ContractSigner {
    bytes4 internal constant MAGIC = 0x1626ba7e;

    bool public denies;

    function deny() external {
        denies = true;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        return denies ? bytes4(0) : MAGIC;
    }
}
