// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What attesters sign of the whole book.
struct RiskEpoch {
    uint64 epoch;
    uint64 checkpoint;
    bytes32 modelHash;
    /// @notice StandardMerkleTree root over the attestations of all accounts by this model. A leaf is of four words: the positions' hash; the collateral's; least cash, initial and maintenance margin in 128, 64 and 64 bits; account, checkpoint and `validUntil` in the last 64, 64 and 40 bits (CLR-055).
    bytes32 bookRoot;
    uint32 accounts;
}

/// @notice What attesters say of one account: the cash that these positions need with at least this collateral.
struct RiskAttestation {
    uint64 account;
    /// @notice keccak256 of the position words of the state (`state[64:]`).
    bytes32 positionsHash;
    /// @notice keccak256 of the balance words (as in `IReferee`) of tokens other than the settlement token, which counts as cash.
    bytes32 collateralHash;
    int128 leastCashE8;
    int64 initialMarginE8;
    int64 maintenanceMarginE8;
    uint64 checkpoint;
    bytes32 modelHash;
    uint40 validUntil;
}

/// @notice One attester's signature: 65 bytes of ECDSA, or what an ERC-1271 wallet takes.
struct AttesterSignature {
    address signer;
    bytes signature;
}

/// @notice An attestation with what it takes to use it: signatures, and the collateral that it names.
struct SignedHealth {
    RiskAttestation attestation;
    AttesterSignature[] signatures;
    bytes balances;
}

/// @notice The same out of a posted epoch.
struct LeafHealth {
    RiskAttestation attestation;
    uint64 epoch;
    bytes32[] merkleProof;
    bytes balances;
}

/// @notice Headroom (MRG-058): an attestation of the positions before, `kind` Signed or Leaf, `data` as for that kind.
struct HeadroomHealth {
    uint8 kind;
    bytes data;
}
