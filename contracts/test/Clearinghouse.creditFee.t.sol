// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Order, Proof, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {ClearingParameters, IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {HeadroomHealth, RiskAttestation} from "../interfaces/RiskTypes.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {IVm, VM} from "./IVm.sol";

/// @notice What credit on attesters' word costs: paid by who uses it, exactly, to nobody but the attesters, and never more than he agreed to (CLR-054).
contract CreditFeeTest is AttestingFixture {
    uint256 private constant RATE_E8 = 10_000;
    /// @dev 1.3·14 % of 4 BTC at 90 000: what the chain knows no hedge of.
    uint256 private constant NEEDED_E8 = 65_520e8;
    /// @dev 1 % of the same.
    uint256 private constant FLOOR_E8 = 3_600e8;

    uint64 private bank;
    uint64 private borrower;

    function setUp() public {
        deployWithAttesters();
        bank = openWith(100_000_000);
        borrower = openWith(80_000);
        trade(borrower, bank, btcPerpetual, 4e8, BTC_PRICE);
        takeCheckpoint();
    }

    function test_withdraw_paysTheAttestersForWhatIsLent() public {
        int256 cash = unpacked(borrower).cashE8 - 70_000e8;
        uint256 credit = NEEDED_E8 - uint256(cash);
        uint256 fee = _feeOn(credit);
        uint256 tradeFees = clearinghouse.ledger().feesE8;
        (uint256 before, ) = bucket.available();
        withdrawWith(borrower, _lie(), 70_000e6);
        (uint256 left, ) = bucket.available();
        assert(unpacked(borrower).cashE8 == cash - int256(fee));
        // What is paid is lent, too.
        assert(before - left == credit + fee);
        assert(clearinghouse.ledger().feesE8 == tradeFees);
        assert(clearinghouse.heldE8() == fee && clearinghouse.heldFor(address(bonds)) == fee);
        requireConserved();

        uint256 paidRaw = clearinghouse.payAttesters();
        assert(paidRaw == fee / 100 && clearinghouse.heldE8() == fee % 100);
        requireConserved();
        bonds.share();
        VM.prank(VM.addr(attesters[0]));
        assert(bonds.claim() == paidRaw / 3);
        VM.expectPartialRevert(IClearingEvents.NothingToClaim.selector);
        clearinghouse.payAttesters();
    }

    function test_withdraw_writesTheStateOnceAndAfterTheFee() public {
        AccountInput memory brought = input(borrower, _lie());
        address owner = ownerOf(borrower);
        VM.recordLogs();
        VM.prank(owner);
        clearinghouse.withdraw(brought, USDC_TOKEN, 70_000e6, owner);
        IVm.Log[] memory logs = VM.getRecordedLogs();
        uint256 written = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IClearingEvents.AccountUpdated.selector) continue;
            (bytes32 hash, bytes memory state) = abi.decode(logs[i].data, (bytes32, bytes));
            assert(hash == keccak256(state) && hash == clearinghouse.accountHash(borrower));
            ++written;
        }
        assert(written == 1);
    }

    function test_withdraw_isFreeWhenComputedOrWithoutCredit() public {
        withdraw(borrower, USDC_TOKEN, 1_000e6);
        // As much is left as the chain asks for by itself.
        withdrawWith(borrower, signedProof(attestation(borrower)), 1_000e6);
        assert(clearinghouse.heldE8() == 0);
        VM.expectPartialRevert(IClearingEvents.NothingToClaim.selector);
        clearinghouse.payAttesters();
    }

    function test_withdraw_isShownWithoutWhatIsPaid() public {
        int256 cash = unpacked(borrower).cashE8 - 70_000e8;
        RiskAttestation memory a = attestation(borrower);
        a.leastCashE8 = int128(cash - int256(_feeOn(NEEDED_E8 - uint256(cash)))) + 1;
        expectWithdraw(borrower, signedProof(a), 70_000e6, IHealthGate.CashTooLow.selector);
        --a.leastCashE8;
        withdrawWith(borrower, signedProof(a), 70_000e6);
        // Nor may the fee come out of the floor: the last whole base unit, and one more.
        uint256 left = uint256(unpacked(borrower).cashE8);
        uint256 mostRaw = (left - FLOOR_E8 - 6.1915e8) / 100;
        while (_afterFee(left - 100 * (mostRaw + 1)) >= FLOOR_E8) mostRaw += 1;
        expectWithdraw(borrower, _lie(), uint128(mostRaw + 1), IHealthGate.FloorTooLow.selector);
        withdrawWith(borrower, _lie(), uint128(mostRaw));
        requireConserved();
    }

    function testFuzz_withdraw_costsWhatTheRuleSays(uint128 amountRaw) public {
        amountRaw = 1 + (amountRaw % 76_000e6);
        int256 cash = unpacked(borrower).cashE8 - int256(uint256(amountRaw) * 100);
        uint256 fee = cash < int256(NEEDED_E8) ? _feeOn(uint256(int256(NEEDED_E8) - cash)) : 0;
        withdrawWith(borrower, _lie(), amountRaw);
        assert(unpacked(borrower).cashE8 == cash - int256(fee) && clearinghouse.heldE8() == fee);
        requireConserved();
    }

    function test_touch_costsTheSameAsAnyUse() public {
        withdrawWith(borrower, _lie(), 70_000e6);
        uint256 held = clearinghouse.heldE8();
        int256 cash = unpacked(borrower).cashE8;
        AccountInput memory brought = input(borrower, _lie());
        VM.recordLogs();
        VM.prank(ownerOf(borrower));
        clearinghouse.touch(brought);
        readStates();
        uint256 fee = _feeOn(NEEDED_E8 - uint256(cash));
        assert(clearinghouse.heldE8() == held + fee && unpacked(borrower).cashE8 == cash - int256(fee));
        requireConserved();
    }

    function test_move_eachAccountPaysForItsOwnCredit() public {
        uint64 sub = openFor(keys[borrower]);
        int256 cash = unpacked(borrower).cashE8 - 60_000e8;
        (AccountInput memory from, AccountInput memory to) = (input(borrower, _lie()), input(sub, computed()));
        VM.recordLogs();
        VM.prank(ownerOf(borrower));
        clearinghouse.move(from, to, USDC_TOKEN, 60_000e6, new uint96[](0));
        readStates();
        uint256 fee = _feeOn(NEEDED_E8 - uint256(cash));
        assert(unpacked(borrower).cashE8 == cash - int256(fee) && unpacked(sub).cashE8 == 60_000e8);
        assert(clearinghouse.heldE8() == fee);
        requireConserved();
    }

    function test_bid_costsTheBidderWhatHeBorrows() public {
        uint64 victim = openWith(16_500);
        uint64 bidder = openWith(6_000);
        // So that his money is cash, and no collateral that the attestation would name.
        withdraw(bidder, USDC_TOKEN, 1);
        trade(victim, bank, btcPerpetual, 1e8, BTC_PRICE);
        setBtc(80_000e8);
        bytes memory state = stateOf(victim);
        VM.recordLogs();
        uint64 lot = house.start(victim, state, hex"00");
        readStates();
        LotPreimage memory preimage = LotPreimage(victim, stateOf(victim), "");
        takeCheckpoint();
        // What the bidder will hold: the part of the lot that is for sale.
        uint256 part = house.lotOf(victim).forSaleE8;
        AccountState memory later = unpacked(victim);
        int256 costE8 = (later.positions[0].costE8 * int256(part)) / 1e8;
        later.positions[0] = Position(btcPerpetual, int256(part), costE8);
        RiskAttestation memory a = attestation(bidder);
        a.positionsHash = keccak256(this.tail(AccountStates.encode(later)));
        a.leastCashE8 = -1_000_000_000e8;
        AccountInput memory brought = input(bidder, signedProof(a));
        VM.recordLogs();
        VM.prank(ownerOf(bidder));
        house.bid(lot, preimage, uint64(part), 1e16, brought);
        readStates();
        uint256 fee = clearinghouse.heldFor(address(bonds));
        int256 equity = unpacked(bidder).cashE8 + int256(fee) + int256(part) * 80_000 - costE8;
        // 1.3·14 % of it.
        assert(fee != 0 && fee == _feeOn((part * 80_000 * 182) / 1000 - uint256(equity)));
    }

    function test_settle_costsNoMoreThanTheOrdersAllow() public {
        withdrawWith(borrower, _lie(), 70_000e6);
        takeCheckpoint();
        uint256 held = clearinghouse.heldE8();
        int256 cash = unpacked(borrower).cashE8;
        // A tenth of a bitcoin: 4.50 of fee, and some 5.73 for a credit of 57 000. The trader agreed to the first alone.
        _tryBuy(50_000, true);
        // To 9.00 for both.
        _tryBuy(100_000, true);
        _tryBuy(120_000, false);
        // 1.3·14 % of 4.1 BTC.
        uint256 fee = _feeOn(67_158e8 - uint256(cash - 4.5e8));
        assert(clearinghouse.heldE8() == held + fee);
        assert(unpacked(borrower).cashE8 == cash - 4.5e8 - int256(fee));
        requireConserved();
    }

    /// @dev A maker pays less than a taker, and most orders allow a taker's fee: that is no consent to credit. Liars could fill all that a trader has resting, which together is more than he can carry, and have him called in.
    function test_settle_aMakerWhoAllowsTheTakersFeeAgreesToNoCredit() public {
        withdrawWith(borrower, _lie(), 70_000e6);
        takeCheckpoint();
        uint256 held = clearinghouse.heldE8();
        int256 cash = unpacked(borrower).cashE8;
        ClearingParameters memory p = clearingParameters();
        p.makerFeeE8 = 20_000;
        parameters.setClearing(p);
        _tryMake(90_000, true);
        // A tenth of a bitcoin: 1.80 of fee, and some 5.73 for a credit of 57 000. Above the 4.50 of a taker he allowed 3.60, then 6.30.
        _tryMake(120_000, false);
        assert(clearinghouse.heldE8() > held && unpacked(borrower).cashE8 > cash - 1.8e8 - 6.3e8);
        requireConserved();
    }

    /// @dev The same with a maker's rate above the taker's: who allows it takes as a maker would, and agrees to no credit.
    function test_settle_aTakerWhoAllowsTheMakersFeeAgreesToNoCredit() public {
        withdrawWith(borrower, _lie(), 70_000e6);
        takeCheckpoint();
        uint256 held = clearinghouse.heldE8();
        int256 cash = unpacked(borrower).cashE8;
        ClearingParameters memory p = clearingParameters();
        (p.makerFeeE8, p.takerFeeE8) = (50_000, 20_000);
        parameters.setClearing(p);
        _tryBuy(50_000, true);
        _tryBuy(90_000, true);
        // A tenth of a bitcoin: 1.80 of fee, and some 5.73 for a credit of 57 000. Above the 4.50 of a maker he allowed 3.60, then 6.30.
        _tryBuy(120_000, false);
        uint256 fee = _feeOn(67_158e8 - uint256(cash - 1.8e8));
        assert(clearinghouse.heldE8() == held + fee && unpacked(borrower).cashE8 == cash - 1.8e8 - int256(fee));
        requireConserved();
    }

    function test_setClearing_boundsTheFee() public {
        _setCreditFee(100_000);
        VM.expectPartialRevert(IRiskParameters.ParameterOutOfRange.selector);
        _setCreditFee(100_001);
        _setCreditFee(0);
        withdrawWith(borrower, _lie(), 70_000e6);
        assert(clearinghouse.heldE8() == 0);
    }

    function _tryBuy(uint32 maxFeeRateE8, bool refused) private {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(bank, btcPerpetual, -0.1e8, BTC_PRICE));
        orders[1] = _borrowersOrder(maxFeeRateE8);
        _trySettle(orders, refused);
    }

    function _tryMake(uint32 maxFeeRateE8, bool refused) private {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = _borrowersOrder(maxFeeRateE8);
        orders[1] = signed(order(bank, btcPerpetual, -0.1e8, BTC_PRICE));
        _trySettle(orders, refused);
    }

    function _borrowersOrder(uint32 maxFeeRateE8) private returns (SignedOrder memory) {
        Order memory o = order(borrower, btcPerpetual, 0.1e8, BTC_PRICE);
        o.maxFeeRateE8 = maxFeeRateE8;
        return signed(o);
    }

    function _trySettle(SignedOrder[] memory orders, bool refused) private {
        Proof memory proof = Proof(
            ProofKind.Headroom,
            abi.encode(HeadroomHealth(uint8(ProofKind.Signed), _lie().data))
        );
        AccountInput[] memory accounts = pair(borrower, bank, proof, computed());
        if (!refused) return settle(accounts, orders, 0.1e8);
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, 0.1e8);
        VM.expectPartialRevert(IClearingEvents.CreditFeeTooHigh.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    function _setCreditFee(uint32 rateE8) private {
        ClearingParameters memory p = clearingParameters();
        p.creditFeeE8 = rateE8;
        parameters.setClearing(p);
    }

    function _afterFee(uint256 cashE8) private pure returns (uint256) {
        return cashE8 - _feeOn(NEEDED_E8 - cashE8);
    }

    function _feeOn(uint256 creditE8) private pure returns (uint256) {
        return (creditE8 * RATE_E8 + 1e8 - 1) / 1e8;
    }

    /// @dev Signed by the quorum: no cash needed at all.
    function _lie() private view returns (Proof memory) {
        RiskAttestation memory a = attestation(borrower);
        a.leastCashE8 = -1_000_000_000e8;
        return signedProof(a);
    }
}
