// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The cheat codes that tests use.
interface IVm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function warp(uint256 time) external;
    function fee(uint256 baseFeeWei) external;
    function roll(uint256 blockNumber) external;
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata data) external;
    function expectRevert() external;
    function expectPartialRevert(bytes4 selector) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function addr(uint256 key) external pure returns (address);
    function getCode(string calldata artifact) external view returns (bytes memory code);
    function assume(bool condition) external pure;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function skip(bool skipped, string calldata reason) external;
    function deal(address account, uint256 wei_) external;
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool done);
    function chainId(uint256 id) external;
    function readFile(string calldata path) external view returns (string memory content);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory value);
    function parseJsonUintArray(string calldata json, string calldata key) external pure returns (uint256[] memory);
    function parseJsonIntArray(string calldata json, string calldata key) external pure returns (int256[] memory);
}

/// @dev The address that the test runner answers at.
IVm constant VM = IVm(address(uint160(uint256(keccak256("hevm cheat code")))));
