// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proof} from "./ClearingTypes.sol";
import {AttesterSignature, RiskAttestation} from "./RiskTypes.sol";

/// @notice What an operation may rest on.
enum PriceTrust {
    /// @notice Everything, at live prices: nothing of it is of a halted market.
    Live,
    /// @notice Nothing of a halted market (trades).
    Unhalted,
    /// @notice Nothing of a market that is not normal, and equity counts at the worse of live and averaged prices (withdrawals, moves).
    Averaged,
    /// @notice Of a halted market only what speaks against the account: positions may be there, with their losses and their margin; what they have won counts for nothing, as tokens do (slices of lots).
    Adverse
}

/// @notice What is to be shown of one account: its state and tokens before and after an operation (MRG-002, MRG-005), both touched, so that they differ by the operation only.
struct HealthQuestion {
    uint64 account;
    bytes stateBefore;
    bytes stateAfter;
    bytes balancesBefore;
    bytes balancesAfter;
    /// @notice Money that must not count (locked gains, at withdrawals).
    uint256 lockedE8;
    /// @notice Instruments and sizes that were traded, for headroom.
    uint96[] instruments;
    int64[] sizesE8;
    PriceTrust trust;
}

/// @title The gate: decides whether a proof shows an account healthy
/// @notice Keeps nothing itself: credit on attesters' word is metered by the CreditBucket (CLR-050). Every kind of proof is followed by the floor check at live prices: `floorEquity >= floor`.
/// An attestation that is used is logged with all that a challenge of it needs (CLR-053): anybody who reads logs can recompute it and refute it, also when the call came through other contracts.
interface IHealthGate {
    /// @notice An attestation signed on demand was used. Its checkpoint's preimage is in `CheckpointTaken`.
    /// @param balances The preimage of its collateral hash.
    /// @param positions The preimage of its positions hash where it is of the account before the operation (headroom); otherwise empty: the account's `AccountUpdated` that follows in the transaction has it.
    event SignedAttestationUsed(
        RiskAttestation attestation,
        AttesterSignature[] signatures,
        bytes balances,
        bytes positions
    );

    /// @notice The same of a leaf of an epoch.
    event LeafUsed(RiskAttestation attestation, uint64 epoch, bytes32[] merkleProof, bytes balances, bytes positions);

    /// @notice Thrown when equity is below the initial margin.
    error MarginTooLow(uint64 account, int256 equityE8, uint256 requirementE8);

    /// @notice Thrown when cash is below what was attested as needed.
    error CashTooLow(uint64 account, int256 cashE8, int256 leastCashE8);

    /// @notice Thrown when what the chain sees for itself is below the floor.
    error FloorTooLow(uint64 account, int256 floorEquityE8, uint256 floorE8);

    /// @notice Thrown when a proof speaks of another account, other positions or other collateral.
    error ProofOfAnother(uint64 account, bytes32 expected, bytes32 found);

    /// @notice Thrown when the account holds less of a token than was attested.
    error CollateralTooLow(uint64 account, uint256 token, uint256 amountRaw, uint256 attestedRaw);

    /// @notice Thrown when a price has drifted too far since the checkpoint of a proof.
    error Drifted(uint256 underlying, uint256 thenE8, uint256 nowE8);

    /// @notice Thrown when a kind of proof does not fit the operation.
    error ProofNotAllowed(uint64 account, uint8 kind);

    /// @notice Thrown when headroom shows nothing: of two volatility surfaces in force the account before, the account after and the fill alone do not count on one (MRG-058).
    error HeadroomTurned(uint64 account, uint96 instrument);

    /// @notice Thrown when an operation claimed to reduce does not: a size grows or turns.
    error NotReducing(uint64 account, uint96 instrument, int256 beforeE8, int256 afterE8);

    /// @notice Thrown when equity - MM does not rise enough by a reduction.
    error ReliefTooSmall(uint64 account, int256 excessBeforeE8, int256 excessAfterE8, uint256 leastReliefE8);

    /// @notice Thrown when a reduction loses more than the price bands of what it closes, or a tenth of that while the account rests on a halted market.
    error ReductionTooDear(uint64 account, uint256 lostE8, uint256 mostE8);

    /// @notice Thrown when a dated instrument is past its expiry.
    error Expired(uint96 instrument, uint256 expiry);

    /// @notice Reverts unless a future or an option may trade at a price: it has not expired, its expiry is listed, and the price is in the band around its mark (CLR-013).
    /// @return forwardE8 The live forward of its expiry.
    /// @return isStale Whether the surface of its expiry is too old to open something by (CLR-017).
    function requireInBand(
        uint96 instrument,
        uint256 priceE8,
        bytes calldata checkpoint,
        bytes calldata records
    ) external view returns (uint256 forwardE8, bool isStale);

    /// @notice Reverts unless `proof` shows the account in its state after, less the fee.
    /// @param checkpoint,records What `PriceHub.liveFor` returned in this call, for at least what the account rests on.
    /// @return feeE8 What the account pays the attesters for the credit that their word gives it (CLR-054): the caller takes it out of the cash of the state after. 0 for what is computed or reduces.
    function requireHealthy(
        HealthQuestion calldata question,
        Proof calldata proof,
        bytes calldata checkpoint,
        bytes calldata records
    ) external returns (uint256 feeE8);

    /// @notice Who is paid for credit: the bonds of the attesters.
    function attesters() external view returns (address bonds);
}
