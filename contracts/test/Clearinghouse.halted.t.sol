// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, Proof, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {HeadroomHealth, RiskAttestation} from "../interfaces/RiskTypes.sol";
import {AttestingFixture} from "./AttestingFixture.sol";
import {VM} from "./IVm.sol";

/// @notice A halted market, whose last good price may be far from the true one, backs nothing new elsewhere (CLR-016).
contract ClearinghouseHaltedTest is AttestingFixture {
    uint64 private alice;
    uint64 private bob;

    function setUp() public {
        deployWithAttesters();
        alice = openWith(10_000);
        bob = openWith(2_000_000);
    }

    /// @dev What a friend gains by a trade he may take away: coins that are worth less than their last price must not pay for it.
    function test_settle_tokensOfAHaltedMarketBackNoTrade() public {
        deposit(alice, WETH_TOKEN, 100e18);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        _haltEth();
        (AccountInput[] memory accounts, SignedOrder[] memory orders, Fill[] memory fills) = _buy(1e8, computed());
        VM.expectPartialRevert(IHealthGate.MarginTooLow.selector);
        clearinghouse.settle(accounts, orders, fills);
        // Reductions go on, and so does what cash carries.
        tradeWith(bob, alice, btcPerpetual, 0.9e8, BTC_PRICE, computed(), reducing());
        trade(alice, bob, btcPerpetual, 0.1e8, BTC_PRICE);
        requireConserved();
    }

    /// @dev A price that is known, of a market that takes reductions only, backs what it did.
    function test_settle_tokensOfAMarketThatOnlyReducesBackTrades() public {
        deposit(alice, WETH_TOKEN, 100e18);
        setEth((ETH_PRICE * 113) / 100);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, ETH, 1));
        this.tradeOf(ethPerpetual, 1e8, (ETH_PRICE * 113) / 100);
    }

    /// @dev An attestation says what cash is needed beside all of her tokens; what those of the halted market are worth comes on top.
    function test_settle_headroomCountsNoTokensOfAHaltedMarket() public {
        deposit(alice, WETH_TOKEN, 100e18);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        takeCheckpoint();
        RiskAttestation memory a = attestation(alice);
        HeadroomHealth memory headroom = HeadroomHealth(uint8(ProofKind.Signed), abi.encode(signedHealth(a)));
        Proof memory proof = Proof(ProofKind.Headroom, abi.encode(headroom));
        uint256 snapshot = VM.snapshotState();
        tradeWith(alice, bob, btcPerpetual, 0.1e8, BTC_PRICE, proof, computed());
        VM.revertToState(snapshot);
        _haltEth();
        (AccountInput[] memory accounts, SignedOrder[] memory orders, Fill[] memory fills) = _buy(0.1e8, proof);
        VM.expectPartialRevert(IHealthGate.CashTooLow.selector);
        clearinghouse.settle(accounts, orders, fills);
    }

    /// @dev Positions wait as they do for a withdrawal: what they have won or lost is not known.
    function test_settle_positionsOfAHaltedMarketWait() public {
        deposit(alice, USDC_TOKEN, 100_000e6);
        trade(alice, bob, ethPerpetual, 10e8, ETH_PRICE);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        uint64 carol = openWith(1_000_000);
        _haltEth();
        AccountInput[] memory accounts = pair(alice, carol, computed(), computed());
        (SignedOrder[] memory orders, Fill[] memory fills) = _orders(carol, 0.1e8);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.MarketNotNormal.selector, ETH, 2));
        clearinghouse.settle(accounts, orders, fills);
        tradeWith(carol, alice, btcPerpetual, 0.5e8, BTC_PRICE, computed(), reducing());
        assert(unpacked(alice).positions[0].sizeE8 == 0.5e8);
    }

    /// @dev What is owed can be paid while a market stands: a touch takes nothing out.
    function test_touch_paysADebtWhileAMarketIsHalted() public {
        deposit(alice, WBTC_TOKEN, 10e8);
        trade(alice, bob, ethPerpetual, 10e8, ETH_PRICE);
        trade(alice, bob, btcPerpetual, 1e8, BTC_PRICE);
        withdraw(alice, USDC_TOKEN, 20_000e6);
        require(unpacked(alice).cashE8 < 0, Broken("owes"));
        _haltEth();
        deposit(alice, USDC_TOKEN, 20_000e6);
        AccountInput memory brought = input(alice, computed());
        VM.recordLogs();
        VM.prank(ownerOf(alice));
        clearinghouse.touch(brought);
        readStates();
        require(unpacked(alice).cashE8 > 0, Broken("paid"));
        requireConserved();
    }

    function test_settle_aStrangersUnitOfAHaltedMarketStopsNothing() public {
        _haltEth();
        deposit(alice, WETH_TOKEN, 1);
        trade(alice, bob, btcPerpetual, 0.1e8, BTC_PRICE);
        assert(unpacked(alice).positions[0].sizeE8 == 0.1e8);
    }

    /// @dev Who lacks maintenance margin without it lacks it with it: what he may give away to be rid of a part is his own as before.
    function test_settle_reducingBesideAStrangersUnitOfAHaltedCoinHasTheWholeBand() public {
        _reducesBeside(1, true);
    }

    /// @dev From a hundredth of the margin on coins carry an account, whether or not they carry all of it.
    function test_settle_reducingBesideAHundredthOfHaltedCoinsHasATenthOfTheBand() public {
        uint256 snapshot = VM.snapshotState();
        // The margin of nine tenths of a bitcoin at 80,000 is 10,080, and what is left of the equity some 9,900.
        _reducesBeside(0.0335e18, true);
        VM.revertToState(snapshot);
        _reducesBeside(0.0337e18, false);
    }

    /// @dev What an attestation does not name is in none of its figures: a stranger's unit of another token must not age it.
    function test_withdraw_aTokenThatIsNotNamedDoesNotDrift() public {
        trade(alice, bob, btcPerpetual, 0.1e8, BTC_PRICE);
        takeCheckpoint();
        Proof memory proof = signedProof(attestation(alice));
        deposit(alice, WETH_TOKEN, 1);
        setEth((ETH_PRICE * 97) / 100);
        withdrawWith(alice, proof, 100e6);
        assert(usdc.balanceOf(ownerOf(alice)) == 100e6);
    }

    function tradeOf(uint96 instrument, int256 sizeE8, uint256 priceE8) external {
        trade(alice, bob, instrument, sizeE8, priceE8);
    }

    /// @dev One long below its maintenance margin sells a tenth 1 % below the mark, with coins that came before their market was halted.
    function _reducesBeside(uint128 ethersRaw, bool isAllowed) private {
        uint64 victim = openWith(20_000);
        trade(victim, bob, btcPerpetual, 1e8, BTC_PRICE);
        walkBtc(80_000e8);
        deposit(victim, WETH_TOKEN, ethersRaw);
        _haltEth();
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(victim, btcPerpetual, -0.1e8, 79_200e8));
        orders[1] = signed(order(bob, btcPerpetual, 0.1e8, 79_200e8));
        AccountInput[] memory accounts = pair(bob, victim, computed(), reducing());
        if (!isAllowed) VM.expectPartialRevert(IHealthGate.ReductionTooDear.selector);
        this.settleOutside(accounts, orders, 0.1e8);
    }

    function settleOutside(AccountInput[] calldata accounts, SignedOrder[] calldata orders, uint64 sizeE8) external {
        settle(accounts, orders, sizeE8);
    }

    function _haltEth() private {
        nextBlock();
        ethFeed.setRound(1000, -1, block.timestamp);
    }

    /// @dev Alice buys bitcoin from Bob.
    function _buy(
        int256 sizeE8,
        Proof memory proof
    ) private returns (AccountInput[] memory accounts, SignedOrder[] memory orders, Fill[] memory fills) {
        accounts = pair(alice, bob, proof, computed());
        (orders, fills) = _orders(bob, sizeE8);
    }

    function _orders(uint64 seller, int256 sizeE8) private returns (SignedOrder[] memory orders, Fill[] memory fills) {
        orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, btcPerpetual, -sizeE8, BTC_PRICE));
        orders[1] = signed(order(alice, btcPerpetual, sizeE8, BTC_PRICE));
        fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(uint256(sizeE8)));
    }
}
