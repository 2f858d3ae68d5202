// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {AccountBook, Books, Working} from "../clearing/AccountBook.sol";
import {ClearingCore} from "../clearing/ClearingCore.sol";
import {LiveMarket} from "../clearing/LiveMarkets.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {AccountState, Position} from "../margin/AccountStates.sol";

/// @notice Size and cost that join a position.
struct Change {
    uint96 instrument;
    int256 sizeE8;
    int256 valueE8;
}

/// @title The book of accounts with its steps open to a test, on a ledger, sums and indices that the test names
contract BookProbe is ClearingCore {
    uint16 private constant MARKETS = 2;

    constructor(
        address all,
        address closing_
    )
        AccessManaged(all)
        AccountBook(IMarginVault(all), IPriceHub(all), IRiskParameters(all), IHealthGate(all), closing_)
    {
        // Open interest enough for whatever is closed.
        for (uint16 u = 1; u <= MARKETS; ++u) _markets[u].openInterestE8 = _markets[u].optionInterestE8 = 2 ** 62;
    }

    /// @notice A whole operation: the touch, fills at a cost, the write.
    /// @return encoded The state that is written.
    function operate(
        bytes calldata state,
        Books memory books,
        Change[] calldata changes
    ) external returns (bytes memory encoded, Books memory) {
        Working memory working;
        LiveMarket memory market;
        _accrue(books, working, state);
        for (uint256 i = 0; i < changes.length; ++i) {
            _add(working, market, changes[i].instrument, changes[i].sizeE8, changes[i].valueE8);
        }
        encoded = _write(books, working);
        return (encoded, books);
    }

    /// @notice One fill on one position.
    function add(
        Position memory position,
        uint256 spotE8,
        int256 sizeE8,
        int256 valueE8
    ) external pure returns (Position memory, int256 cashE8, int256 realisedE8) {
        Working memory working;
        LiveMarket memory market;
        market.spotE8 = spotE8;
        _addTo(working, market, position, sizeE8, valueE8);
        return (position, working.state.cashE8, working.realisedE8);
    }

    function accrueCash(Books memory books, int256 cashE8, uint64 fromE12) external pure returns (int256, int256) {
        int256 accruedE8 = _accrueCash(books, cashE8, fromE12);
        return (accruedE8, books.ledger.interestE8);
    }

    function lock(uint64 lockedGainE8, int256 realisedE8) external pure returns (uint64) {
        AccountState memory state;
        state.lockedGainE8 = lockedGainE8;
        _lock(state, realisedE8);
        return state.lockedGainE8;
    }

    function openInterestE8(uint16 underlying) external view returns (uint64) {
        return _markets[underlying].openInterestE8;
    }
}
