// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReferee} from "../interfaces/IReferee.sol";
import {InstrumentInvalid} from "../margin/MarginErrors.sol";
import {build} from "./Artifacts.sol";
import {DatedFixture} from "./DatedFixture.sol";

/// @notice What happened to others by options that nobody could price: the margin check reverted, so nobody could liquidate. Each attack fails here, and succeeds on a referee that refuses what it has no good number for.
contract IncidentsOptionsTest is DatedFixture {
    uint256 private constant HIGH = 98_900e8;
    bool private naive;
    uint64 private victim;
    uint64 private maker;

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

    /// @dev The same finding: a strike of nothing. Nobody can hold what no margin check could read.
    function test_derive_aZeroStrikeIsNeverEntered() public {
        deployDated();
        (victim, maker) = (openWith(20_000), openWith(1_000_000));
        try this.enter(call(NEAR, 0)) {
            revert Broken("a strike of nothing is held");
        } catch (bytes memory reason) {
            require(bytes4(reason) == InstrumentInvalid.selector, Broken("refused for what it is"));
        }
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
