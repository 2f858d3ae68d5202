// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReferee} from "../interfaces/IReferee.sol";
import {InstrumentInvalid} from "../margin/MarginErrors.sol";
import {build} from "./Artifacts.sol";
import {DatedFixture} from "./DatedFixture.sol";
import {VM} from "./IVm.sol";
import {GateFlaw} from "./mutants/Flaws.sol";

/// @notice What happened to others by options that nobody could price: the margin check reverted, so nobody could liquidate. Each attack fails here, and succeeds on a referee that refuses what it has no good number for.
contract IncidentsOptionsTest is DatedFixture {
    uint256 private constant HIGH = 98_900e8;
    bool private naive;
    uint64 private victim;
    uint64 private maker;
    bytes4 private refusal;

    function _referee() internal override returns (IReferee) {
        IReferee real = super._referee();
        if (!naive) return real;
        return IReferee(build("contracts/test/mutants/RefusingReferee.sol:RefusingReferee", abi.encode(real)));
    }

    // Derive, audit: a strike out of range of the surface reverted the margin check

    function test_derive_aStrikeOutOfRangeRevertsTheMarginCheck() public {
        require(!_farStrikeProtects(), Broken("a far strike protects from liquidation"));
    }

    function test_derive_aStrikeOutOfRangeRevertsTheMarginCheck_onTheMutant() public {
        naive = true;
        require(_farStrikeProtects(), Broken("the attack works on the naive variant"));
    }

    /// @dev Listed at 13 % of spot, out of what may be entered when spot is a tenth higher.
    function _farStrikeProtects() private returns (bool) {
        _shortWith(put(NEAR, 12_000));
        pass(60);
        setBtc(HIGH);
        return !_canStart();
    }

    // The same finding: a surface out of range

    function test_derive_aSurfaceOutOfRangeRevertsTheMarginCheck() public {
        require(!_wildSurfaceProtects(32e12), Broken("a wild surface protects from liquidation"));
    }

    /// @dev At no volatility at all.
    function test_derive_aSurfaceOfNothingRevertsTheMarginCheck() public {
        require(!_wildSurfaceProtects(-36e10), Broken("a flat surface protects from liquidation"));
    }

    function test_derive_aSurfaceOutOfRangeRevertsTheMarginCheck_onTheMutant() public {
        naive = true;
        require(_wildSurfaceProtects(32e12), Broken("the attack works on the naive variant"));
    }

    function test_derive_aSurfaceOfNothingRevertsTheMarginCheck_onTheMutant() public {
        naive = true;
        require(_wildSurfaceProtects(-36e10), Broken("the attack works on the naive variant"));
    }

    /// @param risenE12 What the variance moves by: 36e10 is a volatility of 60 %, 32.36e12 one of 569 %, more than may be published.
    function _wildSurfaceProtects(int64 risenE12) private returns (bool) {
        _shortWith(call(NEAR, 95_000));
        pass(60);
        dated.move(risenE12);
        setBtc(HIGH);
        return !_canStart();
    }

    // The same finding: a strike of nothing

    function test_derive_aZeroStrikeIsNeverEntered() public {
        require(!_zeroStrikeProtects(), Broken("a strike of nothing protects from liquidation"));
        require(refusal == InstrumentInvalid.selector, Broken("refused for what it is"));
    }

    function test_derive_aZeroStrikeIsNeverEntered_onTheMutant() public {
        naive = true;
        _lookAtNothing();
        require(_zeroStrikeProtects(), Broken("the attack works on the naive variant"));
    }

    /// @dev Nor would it help whoever got in: our margin check has a number for it.
    function test_derive_aZeroStrikeThatWasEnteredProtectsNobody() public {
        _lookAtNothing();
        require(!_zeroStrikeProtects() && refusal == 0, Broken("a strike of nothing protects from liquidation"));
    }

    /// @dev Neither at what is traded nor at who trades it.
    function _lookAtNothing() private {
        standIn("contracts/clearing/TradeModule.sol:TradeModule", "UncheckedTradeModule", 0);
        standIn("contracts/clearing/HealthGate.sol:HealthGate", "NaiveGate", uint8(GateFlaw.LooksAtNothing));
    }

    function _zeroStrikeProtects() private returns (bool) {
        deployDated();
        (victim, maker) = (openWith(20_000), openWith(1_000_000));
        trade(maker, victim, btcPerpetual, 1e8, BTC_PRICE);
        try this.enter(call(NEAR, 0)) {} catch (bytes memory reason) {
            refusal = bytes4(reason);
            VM.getRecordedLogs();
        }
        pass(60);
        setBtc(HIGH);
        return !_canStart();
    }

    function enter(uint96 option) external {
        trade(victim, maker, option, 1e5, BTC_PRICE);
    }

    // Of our own kind: a grain of an option whose expiry is over and not settled

    function test_ownKind_dustInAStaleExpiryIsImmunity() public {
        require(!_staleExpiryProtects(), Broken("an old expiry protects from liquidation"));
    }

    function test_ownKind_dustInAStaleExpiryIsImmunity_onTheMutant() public {
        naive = true;
        require(_staleExpiryProtects(), Broken("the attack works on the naive variant"));
    }

    function _staleExpiryProtects() private returns (bool) {
        _shortWith(call(NEAR, 95_000));
        pass(NEAR + 1 hours - block.timestamp);
        walkBtc(HIGH);
        return !_canStart();
    }

    /// @dev Short a bitcoin on 20 000, and long a grain of an option.
    function _shortWith(uint96 option) private {
        deployDated();
        victim = openWith(20_000);
        maker = openWith(1_000_000);
        trade(maker, victim, btcPerpetual, 1e8, BTC_PRICE);
        tradeAtMark(victim, maker, option, 1e5);
    }

    /// @dev Some joint scenario shows it, where anything is shown at all.
    function _canStart() private returns (bool) {
        bytes memory state = stateOf(victim);
        for (uint8 scenario = 0; scenario < 37; ++scenario) {
            try house.start(victim, state, abi.encodePacked(uint8(0), scenario, uint8(1))) {
                return true;
            } catch {}
        }
        return false;
    }
}
