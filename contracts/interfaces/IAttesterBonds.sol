// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IChallenges} from "./IChallenges.sol";

/// @title Bonds of attesters, in the settlement token
/// @notice Governance admits who may attest; an admitted attester sits as soon as its bond is paid, and may leave at any time. The bond then stays for `unbondingSeconds`, which is longer than the challenge horizon and the age
/// of any attestation together, so that whatever an attester signed can be challenged while its bond is here. Who is proved wrong loses the whole bond: a tenth to the prover, the rest to the insurance fund.
/// The contract also shares out what it is paid beside bonds: tokens that arrive (`Clearinghouse.collectFees` to this contract) belong to the attesters that sit at the next `share()`, in equal parts.
/// Everything that leaves is fetched by whom it belongs to, so that no recipient can hold up a slashing.
interface IAttesterBonds {
    event Admitted(address indexed attester);
    event Expelled(address indexed attester);
    event Joined(address indexed attester, address indexed payer, uint256 bondRaw);
    event Left(address indexed attester, uint256 releaseTime);
    event Released(address indexed attester, uint256 bondRaw);
    /// @notice A bond was taken: of it `rewardRaw` is the prover's, `insuranceRaw` the insurance fund's.
    event Slashed(address indexed attester, address indexed prover);
    event Shared(uint256 amountRaw, uint256 attesters);
    event Claimed(address indexed owner, uint256 amountRaw);
    event RewardPaid(address indexed attester, address indexed prover, uint256 amountRaw);
    event InsurancePaid(address indexed attester, uint256 amountRaw);

    /// @notice Thrown when an attester was not admitted, or is there already.
    error NotAdmitted(address attester);

    /// @notice Thrown when an address has no bond here, or none that may be released yet.
    error BondLocked(address attester, uint256 releaseTime);

    /// @notice Thrown when there is nothing to fetch.
    error NothingOwed(address owner);

    /// @notice Thrown when somebody else than the challenges would take a bond.
    error NotChallenges(address caller);

    /// @notice Lets an attester join. Governance.
    function admit(address attester) external;

    /// @notice Takes an attester's vote and admission, as if it left. Governance.
    function expel(address attester) external;

    /// @notice Pays the bond of an admitted attester, which sits from now on. Anyone may pay; the bond is the attester's.
    function join(address attester) external;

    /// @notice Leaves: no vote from now on, the bond after the unbonding delay.
    function resign() external;

    /// @notice Pays the bond of an attester that left out to it, after the delay; also frees the seat of a slashed one. Anyone.
    function release(address attester) external;

    /// @notice Takes the bonds of everybody on these seats, who lose their votes in the same call. Challenges only.
    /// @return slashed How many bonds were taken.
    function slash(uint64 seats, address prover) external returns (uint256 slashed);

    /// @notice Shares out what arrived beside bonds. Anyone.
    function share() external;

    /// @notice Pays out the shares of the caller, an attester.
    function claim() external returns (uint256 amountRaw);

    /// @notice Pays the reward for proving an attester wrong to who did. Anyone. It is noted with the attester, who cannot join again before it is paid.
    function payReward(address attester) external;

    /// @notice Pays the rest of a slashed bond into the insurance fund. Anyone. It is noted with the attester, who cannot join again before it is paid.
    function payInsurance(address attester) external;

    /// @notice Who may take bonds.
    function challenges() external view returns (IChallenges);

    /// @notice What of a slashed bond is the prover's, and what the insurance fund's, in token units.
    function rewardRaw() external view returns (uint256);
    function insuranceRaw() external view returns (uint256);

    /// @notice The bond of one attester, in token units and in E8.
    function bondRaw() external view returns (uint256);
    function bondE8() external view returns (uint256);
    function unbondingSeconds() external view returns (uint256);

    /// @notice What an attester has here, and when it may go (0 while it sits).
    function bondOf(address attester) external view returns (uint256 amountRaw, uint256 releaseTime);
    function isAdmitted(address attester) external view returns (bool);

    /// @notice What `claim` would pay.
    function owedTo(address owner) external view returns (uint256 amountRaw);

    /// @notice What `payReward` would pay, and to whom.
    function rewardOf(address attester) external view returns (address prover, uint256 amountRaw);

    /// @notice What `payInsurance` would pay.
    function insuranceDueOf(address attester) external view returns (uint256);
}
