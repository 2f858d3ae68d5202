// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {IRiskParameters, LiquidationParameters} from "../interfaces/IRiskParameters.sol";
import {KeeperRewards} from "../clearing/KeeperRewards.sol";
import {LotFixture} from "./LotFixture.sol";
import {VM} from "./IVm.sol";

/// @notice Who proves an account under water is paid for the gas, by that account alone.
contract LiquidationHouseRewardTest is LotFixture {
    /// @dev 300,000 of gas and 11,300 for the one position, at 20 gwei and 3,000 dollars a coin.
    uint256 private constant REWARD_E8 = 18.678e8;
    uint64 private victim;
    uint64 private bidder;

    function setUp() public {
        deploy();
        victim = openWith(20_000);
        uint64 maker = openWith(1_000_000);
        bidder = openWith(200_000);
        trade(victim, maker, btcPerpetual, 1e8, BTC_PRICE);
        pass(60);
        VM.fee(20 gwei);
    }

    function test_start_isPaidOutOfTheAccountsCash() public {
        setBtc(80_000e8);
        int256 before = unpacked(victim).cashE8;
        uint64 lot = startLot(victim);
        assert(unpacked(victim).cashE8 == before - int256(REWARD_E8));
        assert(clearinghouse.heldFor(address(this)) == REWARD_E8 && clearinghouse.heldE8() == REWARD_E8);
        requireConserved();
        clearinghouse.claim(address(0xC1A1));
        assert(usdc.balanceOf(address(0xC1A1)) == REWARD_E8 / 100 && clearinghouse.heldE8() == 0);
        requireConserved();
        pass(660);
        bidFor(lot, bidder, 1e8, 1e16);
        finishLot(lot);
        requireConserved();
    }

    function test_start_againWithinTheHourIsNotPaid() public {
        setBtc(80_000e8);
        uint64 lot = startLot(victim);
        for (uint256 i = 0; i < 3; ++i) {
            deposit(victim, USDC_TOKEN, 2_000e6);
            finishLot(lot);
            setBtc(78_000e8 - i * 2_000e8);
            lot = startLot(victim);
            assert(clearinghouse.heldE8() == REWARD_E8);
        }
        deposit(victim, USDC_TOKEN, 16_000e6);
        finishLot(lot);
        pass(3601);
        walkBtc(55_000e8);
        startLot(victim);
        assert(clearinghouse.heldE8() == 2 * REWARD_E8);
        requireConserved();
    }

    function test_start_ofAnInsolventAccountIsPaidByNobody() public {
        walkBtc(65_000e8);
        startLot(victim);
        assert(clearinghouse.heldE8() == 0);
        requireConserved();
    }

    function test_start_isNotStoppedByACoinWithoutAPrice() public {
        LiquidationParameters memory p = liquidationParameters();
        p.nativeUnderlying = 9;
        parameters.setLiquidation(p);
        setBtc(80_000e8);
        startLot(victim);
        assert(clearinghouse.heldE8() == 0);
    }

    /// @dev What the coin's sources would tell, and what asking them takes, is no start's business.
    function test_start_isPaidAtTheCoinsLastUpdate() public {
        setEth(6_000e8);
        setBtc(80_000e8);
        startLot(victim);
        assert(clearinghouse.heldE8() == REWARD_E8);
    }

    /// @dev Of two starts in a block the second has not paid for prices, which take 270,000 of gas to begin with.
    function test_start_ofAnAccountThatChangedLooksAtNoPrice() public {
        setBtc(80_000e8);
        bytes memory before = stateOf(victim);
        startLot(victim);
        bytes memory found = stateOf(victim);
        nextBlock();
        VM.expectRevert(
            abi.encodeWithSelector(
                IClearingEvents.StateMismatch.selector,
                victim,
                clearinghouse.accountHash(victim),
                keccak256(before)
            )
        );
        house.start{gas: 250_000}(victim, before, WITNESS);
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.AccountInLot.selector, victim));
        house.start{gas: 250_000}(victim, found, WITNESS);
    }

    function test_claim_ofNothingReverts() public {
        VM.expectRevert(abi.encodeWithSelector(IClearingEvents.NothingToClaim.selector, address(this)));
        clearinghouse.claim(address(this));
    }

    function test_setLiquidation_refusesMoreThanATwentieth() public {
        LiquidationParameters memory p = liquidationParameters();
        p.rewardMaxE8 = 5_000_001;
        VM.expectPartialRevert(IRiskParameters.ParameterOutOfRange.selector);
        parameters.setLiquidation(p);
    }

    /// @dev Never more than the gas, a twentieth of the equity, the most; never anything of a loss.
    function testFuzz_reward_isBounded(int128 equityE8, uint8 positions, uint40 feeWei, uint48 nativeE8) public pure {
        LiquidationParameters memory p = liquidationParameters();
        uint256 reward = KeeperRewards.rewardDown(p, equityE8, positions, feeWei, nativeE8);
        assert(reward <= p.rewardMostE8);
        assert(equityE8 > 0 ? reward * 20 <= uint128(equityE8) : reward == 0);
        uint256 gas = p.rewardGas + uint256(p.rewardGasPosition) * positions;
        assert(reward * 1e18 <= gas * feeWei * nativeE8);
    }
}
