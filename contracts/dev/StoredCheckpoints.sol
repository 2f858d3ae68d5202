// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the registry and the challenges read of a price hub, set by hand; for measurements on local chains only
contract StoredCheckpoints {
    struct Stored {
        bytes32 inputsHash;
        uint40 time;
    }

    mapping(uint64 id => Stored) private _checkpoints;

    function store(uint64 id, bytes32 hash) external {
        _checkpoints[id] = Stored(hash, uint40(block.timestamp));
    }

    function inputsHash(uint64 id) external view returns (bytes32) {
        return _checkpoints[id].inputsHash;
    }

    function checkpointOf(uint64 id) external view returns (bytes32, uint40) {
        return (_checkpoints[id].inputsHash, _checkpoints[id].time);
    }
}
