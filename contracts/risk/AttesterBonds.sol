// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {IChallenges} from "../interfaces/IChallenges.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {Challenges} from "./Challenges.sol";

/// @title The bonds of attesters
contract AttesterBonds is IAttesterBonds, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    uint16 internal constant SETTLEMENT = 0;
    uint256 internal constant CASH_DECIMALS = 8;
    uint256 internal constant BPS = 10_000;
    /// @notice The challenge horizon of 7 days and the largest age of an attestation, one day (RiskParameters.setOracle).
    uint256 internal constant UNBONDING_SECONDS = 8 days;
    /// @notice What the first prover gets of a bond.
    uint256 public constant PROVER_BPS = 1000;

    /// @dev One word, because a slashing reads and writes one for each signer.
    struct Member {
        bool isAdmitted;
        /// @dev A bond is `bondRaw`, whole or not there.
        bool isBonded;
        /// @dev The part of a slashed bond that is the insurance fund's is still here.
        bool owesInsurance;
        uint40 releaseTime;
        /// @dev While the bond is there, what `Sums.sharedRaw` was when the shares of this attester were last booked; once it is slashed, whose the reward is, 0 when that was paid.
        uint160 sharedBeforeOrProver;
    }

    IRiskRegistry public immutable registry;
    IMarginVault public immutable vault;
    IInsuranceFund public immutable insurance;
    /// @notice Made with the bonds: nothing else takes one.
    IChallenges public immutable override challenges;
    IERC20 public immutable token;
    uint256 public immutable override bondRaw;
    uint256 public immutable override bondE8;
    /// @notice What the prover gets of each bond, and what the insurance fund.
    uint256 public immutable rewardRaw;
    uint256 public immutable insuranceRaw;
    /// @dev One word; 2^80 units of a token of 8 decimals are 1.2e16 of it.
    struct Sums {
        /// @dev What of the contract's tokens belongs to somebody: bonds, rewards, shares, insurance.
        uint96 ownedRaw;
        /// @dev All shares ever of an attester that always sat.
        uint80 sharedRaw;
    }

    Sums private _sums;
    mapping(address attester => Member) private _members;
    /// @dev Shares that were booked.
    mapping(address attester => uint256) private _owedRaw;

    constructor(
        address authority,
        IRiskRegistry registry_,
        IMarginVault vault_,
        IInsuranceFund insurance_,
        uint128 bondRaw_
    ) AccessManaged(authority) {
        registry = registry_;
        vault = vault_;
        insurance = insurance_;
        (address erc20, uint8 decimals) = vault_.tokenAt(SETTLEMENT);
        token = IERC20(erc20);
        // So that the bonds of all seats together are far below what `Sums` holds.
        bondRaw = uint256(bondRaw_).toUint72();
        rewardRaw = (uint256(bondRaw_) * PROVER_BPS) / BPS;
        insuranceRaw = bondRaw_ - rewardRaw;
        bondE8 = uint256(bondRaw_) * 10 ** (CASH_DECIMALS - decimals);
        challenges = new Challenges(registry_, this, registry_.hub(), registry_.parameters());
    }

    // Governance

    /// @inheritdoc IAttesterBonds
    function admit(address attester) external restricted {
        Member storage member = _members[attester];
        require(attester != address(0) && !member.isAdmitted, NotAdmitted(attester));
        member.isAdmitted = true;
        emit Admitted(attester);
    }

    /// @inheritdoc IAttesterBonds
    function expel(address attester) external restricted {
        Member storage member = _members[attester];
        require(member.isAdmitted, NotAdmitted(attester));
        member.isAdmitted = false;
        emit Expelled(attester);
        if (registry.isAttester(attester)) _leave(attester);
    }

    // Attesters

    /// @inheritdoc IAttesterBonds
    function join(address attester) external nonReentrant {
        Member storage member = _members[attester];
        bool isPaid = member.sharedBeforeOrProver == 0 && !member.owesInsurance;
        bool isFree = !member.isBonded && member.releaseTime == 0 && isPaid;
        require(member.isAdmitted && isFree, NotAdmitted(attester));
        Sums memory sums = _sums;
        (member.isBonded, member.sharedBeforeOrProver) = (true, sums.sharedRaw);
        _sums.ownedRaw = sums.ownedRaw + uint96(bondRaw);
        registry.enrol(attester);
        emit Joined(attester, msg.sender, bondRaw);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), bondRaw);
        uint256 moved = token.balanceOf(address(this)) - before;
        require(moved == bondRaw, IMarginVault.TransferInexact(SETTLEMENT, bondRaw, moved));
    }

    /// @inheritdoc IAttesterBonds
    function resign() external {
        _leave(msg.sender);
    }

    /// @inheritdoc IAttesterBonds
    function release(address attester) external nonReentrant {
        Member storage member = _members[attester];
        uint256 releaseTime = member.releaseTime;
        require(releaseTime != 0 && block.timestamp >= releaseTime, BondLocked(attester, releaseTime));
        uint256 amountRaw = 0;
        if (member.isBonded) {
            amountRaw = bondRaw;
            (member.isBonded, member.sharedBeforeOrProver) = (false, 0);
        }
        member.releaseTime = 0;
        _sums.ownedRaw -= uint96(amountRaw);
        registry.vacate(attester);
        emit Released(attester, amountRaw);
        if (amountRaw != 0) token.safeTransfer(attester, amountRaw);
    }

    // Slashing

    /// @inheritdoc IAttesterBonds
    function slash(uint64 seats, address prover) external returns (uint256 slashed) {
        require(msg.sender == address(challenges), NotChallenges(msg.sender));
        address[] memory holders = registry.condemn(seats);
        uint80 sharedRaw = _sums.sharedRaw;
        for (uint256 i = 0; i < holders.length; ++i) {
            address attester = holders[i];
            Member memory member = _members[attester];
            if (!member.isBonded) continue;
            if (member.releaseTime == 0) _bookShares(attester, member, sharedRaw);
            // The seat is kept until nothing that it signed can be used any more; the address has to be admitted anew.
            uint40 releaseTime = uint40(block.timestamp + UNBONDING_SECONDS);
            _store(attester, Member(false, false, true, releaseTime, uint160(prover)));
            ++slashed;
            emit Slashed(attester, prover);
        }
    }

    // Money

    /// @inheritdoc IAttesterBonds
    function share() external {
        uint256 attesters = registry.attesterCount();
        Sums memory sums = _sums;
        uint256 arrived = token.balanceOf(address(this)) - sums.ownedRaw;
        uint256 each = attesters == 0 ? 0 : arrived / attesters;
        require(each != 0, NothingOwed(address(0)));
        sums.sharedRaw += each.toUint80();
        sums.ownedRaw += (each * attesters).toUint96();
        _sums = sums;
        emit Shared(each * attesters, attesters);
    }

    /// @inheritdoc IAttesterBonds
    function claim() external nonReentrant returns (uint256 amountRaw) {
        if (registry.isAttester(msg.sender)) _settle(msg.sender);
        amountRaw = _owedRaw[msg.sender];
        require(amountRaw != 0, NothingOwed(msg.sender));
        _owedRaw[msg.sender] = 0;
        _sums.ownedRaw -= uint96(amountRaw);
        emit Claimed(msg.sender, amountRaw);
        token.safeTransfer(msg.sender, amountRaw);
    }

    /// @inheritdoc IAttesterBonds
    function payReward(address attester) external nonReentrant {
        (address prover, uint256 amountRaw) = rewardOf(attester);
        require(prover != address(0), NothingOwed(attester));
        _members[attester].sharedBeforeOrProver = 0;
        _sums.ownedRaw -= uint96(amountRaw);
        emit RewardPaid(attester, prover, amountRaw);
        token.safeTransfer(prover, amountRaw);
    }

    /// @inheritdoc IAttesterBonds
    function payInsurance(address attester) external nonReentrant {
        require(_members[attester].owesInsurance, NothingOwed(attester));
        _members[attester].owesInsurance = false;
        _sums.ownedRaw -= uint96(insuranceRaw);
        token.forceApprove(address(vault), insuranceRaw);
        emit InsurancePaid(attester, insuranceRaw);
        insurance.fund(uint128(insuranceRaw));
    }

    // Views

    /// @inheritdoc IAttesterBonds
    function bondOf(address attester) external view returns (uint256 amountRaw, uint256 releaseTime) {
        Member storage member = _members[attester];
        return (member.isBonded ? bondRaw : 0, member.releaseTime);
    }

    /// @inheritdoc IAttesterBonds
    function rewardOf(address attester) public view returns (address prover, uint256 amountRaw) {
        Member storage member = _members[attester];
        if (!member.isBonded) prover = address(member.sharedBeforeOrProver);
        if (prover != address(0)) amountRaw = rewardRaw;
    }

    /// @inheritdoc IAttesterBonds
    function unbondingSeconds() external pure returns (uint256) {
        return UNBONDING_SECONDS;
    }

    /// @inheritdoc IAttesterBonds
    function isAdmitted(address attester) external view returns (bool) {
        return _members[attester].isAdmitted;
    }

    /// @inheritdoc IAttesterBonds
    function owedTo(address owner) external view returns (uint256 amountRaw) {
        amountRaw = _owedRaw[owner];
        if (registry.isAttester(owner)) amountRaw += _sums.sharedRaw - _members[owner].sharedBeforeOrProver;
    }

    /// @inheritdoc IAttesterBonds
    function insuranceDueOf(address attester) external view returns (uint256) {
        return _members[attester].owesInsurance ? insuranceRaw : 0;
    }

    // Internal

    function _leave(address attester) private {
        registry.retire(attester);
        _settle(attester);
        uint256 releaseTime = block.timestamp + UNBONDING_SECONDS;
        _members[attester].releaseTime = uint40(releaseTime);
        emit Left(attester, releaseTime);
    }

    /// @dev Books the shares of a sitting attester so far.
    function _settle(address attester) private {
        Member memory member = _members[attester];
        _bookShares(attester, member, _sums.sharedRaw);
        _store(attester, member);
    }

    /// @dev Writes the word once; the compiler's own way reads and writes it once a field.
    function _store(address attester, Member memory member) private {
        uint256 word = member.isAdmitted ? 1 : 0;
        if (member.isBonded) word |= 1 << 8;
        if (member.owesInsurance) word |= 1 << 16;
        word |= uint256(member.releaseTime) << 24;
        word |= uint256(member.sharedBeforeOrProver) << 64;
        Member storage place = _members[attester];
        // Safe: the only word of the struct, its fields from the lowest bit up as the language lays them out.
        assembly ("memory-safe") {
            sstore(place.slot, word)
        }
    }

    /// @dev The same, without writing the member.
    function _bookShares(address attester, Member memory member, uint80 sharedRaw) private {
        uint256 shares = sharedRaw - member.sharedBeforeOrProver;
        if (shares == 0) return;
        member.sharedBeforeOrProver = sharedRaw;
        _owedRaw[attester] += shares;
    }
}
