// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Delegate, Proof, ProofKind} from "../interfaces/ClearingTypes.sol";
import {HealthQuestion, IHealthGate, PriceTrust} from "../interfaces/IHealthGate.sol";
import {ClearingParameters} from "../interfaces/IRiskParameters.sol";
import {Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";
import {AccountBook, Books, Working} from "./AccountBook.sol";
import {Exposures} from "./Exposures.sol";
import {Fills} from "./Fills.sol";
import {LiveMarket, LiveMarkets} from "./LiveMarkets.sol";
import {SignedDivision} from "./SignedDivision.sol";

/// @notice What `PriceHub.liveFor` returned, and in a settlement the parameters of trades.
struct Live {
    bytes checkpoint;
    bytes records;
    ClearingParameters clearing;
}

/// @title What trades, withdrawals and lots have in common: positions of an account, and the question of its health
abstract contract ClearingCore is AccountBook {
    using SignedDivision for int256;

    /// @dev The tokens of an account whose settlement token is about to be swept.
    function _tokensOf(uint64 account) internal view returns (uint256) {
        return vault.heldBy(account) & ~uint256(1);
    }

    /// @dev Live prices of what an account rests on: its positions and tokens. Between this and the question of its health it may only lose some of them.
    function _liveOf(AccountInput calldata input) internal returns (Live memory live) {
        return _live(Exposures.underlyingsOf(input.state), _tokensOf(input.account));
    }

    function _live(uint256 underlyings, uint256 tokens) internal returns (Live memory live) {
        (live.checkpoint, live.records) = hub.liveFor(underlyings, tokens);
    }

    /// @dev Books at the indices that live prices name, which `liveFor` has brought up to now.
    function _openBooksOf(Live memory live) internal view returns (Books memory) {
        (uint64 debtIndexE12, uint64 creditIndexE12) = LiveMarkets.indices(live.checkpoint);
        return _openBooksAt(debtIndexE12, creditIndexE12);
    }

    /// @dev The same with the tokens that the account has now.
    function _writeHealthy(
        Books memory books,
        Live memory live,
        Working memory working,
        bytes memory stateBefore,
        Proof calldata proof,
        PriceTrust trust
    ) internal returns (uint256 feeE8) {
        bytes memory balances = vault.balancesOf(working.account);
        return _writeHealthyWith(books, live, working, stateBefore, balances, proof, trust);
    }

    /// @dev Shows the account healthy, takes what the attesters' word costs it, and writes it: once, and after all was shown.
    /// @param balances Its tokens after the operation.
    /// @custom:spec CLR-020
    /// @custom:spec CLR-054
    function _writeHealthyWith(
        Books memory books,
        Live memory live,
        Working memory working,
        bytes memory stateBefore,
        bytes memory balances,
        Proof calldata proof,
        PriceTrust trust
    ) internal returns (uint256 feeE8) {
        bytes memory stateAfter = _seal(books, working);
        HealthQuestion memory question = HealthQuestion({
            account: working.account,
            stateBefore: stateBefore,
            stateAfter: stateAfter,
            balancesBefore: balances,
            balancesAfter: balances,
            lockedE8: working.lockedE8,
            instruments: working.instruments,
            sizesE8: working.sizesE8,
            trust: trust
        });
        feeE8 = gate.requireHealthy(question, proof, live.checkpoint, live.records);
        if (feeE8 != 0) {
            working.state.cashE8 -= int256(feeE8);
            _creditFeesE8 += uint128(feeE8);
            stateAfter = _encode(books, working);
            emit CreditFeePaid(working.account, feeE8);
        }
        _store(books, working, stateAfter);
    }

    /// @dev Adds size at a cost to an account, in the domain of MRG-003, and keeps the open interest.
    /// @custom:spec CLR-011
    /// @custom:spec CLR-015
    function _add(
        Working memory side,
        LiveMarket memory market,
        uint96 instrument,
        int256 size,
        int256 value
    ) internal returns (int256 before, int256 later) {
        Position memory position = Fills.find(side.state, instrument);
        before = position.sizeE8;
        _moveOpenInterest(instrument, _addTo(side, market, position, size, value));
        later = position.sizeE8;
    }

    /// @dev The same to a position of the account; the open interest is the caller's to keep.
    /// @return longerE8 By how much its long size grew.
    function _addTo(
        Working memory side,
        LiveMarket memory market,
        Position memory position,
        int256 size,
        int256 value
    ) internal pure returns (int256 longerE8) {
        uint96 instrument = position.instrument;
        int256 before = position.sizeE8;
        int256 realised = Fills.add(position, size, value);
        int256 later = position.sizeE8;
        // A slice of a lot names no forward: what was entered once may change hands however far the price has gone.
        uint256 strikeE8 = market.forwardE8 == 0 ? 0 : Instruments.strikeE8Of(instrument);
        if (realised != 0) {
            side.state.cashE8 += realised;
            side.realisedE8 += realised;
        }
        // Unchecked: what is held is below 2^54.
        unchecked {
            bool inDomain =
                MarginDomain.isPositionHeld(later, position.costE8) &&
                    (later.abs() <= before.abs() ||
                        MarginDomain.mayEnter(later, strikeE8, market.forwardE8, market.spotE8));
            require(inDomain, OutOfDomain(side.account, instrument));
            return (later > 0 ? later : int256(0)) - (before > 0 ? before : int256(0));
        }
    }

    /// @dev Keeps the net size of each instrument that was traded, for proofs by headroom.
    function _note(Working memory side, uint96 instrument, int256 size) internal pure {
        uint256 count = side.instruments.length;
        for (uint256 i = 0; i < count; ++i) {
            if (side.instruments[i] != instrument) continue;
            side.sizesE8[i] += int64(size);
            return;
        }
        uint96[] memory instruments = new uint96[](count + 1);
        int64[] memory sizes = new int64[](count + 1);
        for (uint256 i = 0; i < count; ++i) (instruments[i], sizes[i]) = (side.instruments[i], side.sizesE8[i]);
        (instruments[count], sizes[count]) = (instrument, int64(size));
        (side.instruments, side.sizesE8) = (instruments, sizes);
    }

    /// @dev Only trades have a state before to compare with.
    function _refuseTradeProofs(AccountInput calldata input) internal pure {
        require(
            input.proof.kind < ProofKind.Headroom,
            IHealthGate.ProofNotAllowed(input.account, uint8(input.proof.kind))
        );
    }

    function _requireOwner(uint64 account) internal view {
        require(_accounts[account].owner == msg.sender, NotAuthorised(account, msg.sender));
    }

    /// @dev The owner, or somebody whom the owner gave this right and whose time is not over.
    /// @custom:spec CLR-019
    function _requireRight(uint64 account, address who, uint8 right) internal view {
        if (_accounts[account].owner == who) return;
        Delegate memory given = _delegates[account][who];
        bool may = given.rights & right != 0 && block.timestamp <= given.until;
        require(may, NotAuthorised(account, who));
    }
}
