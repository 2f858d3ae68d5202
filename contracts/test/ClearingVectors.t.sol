// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Books} from "../clearing/AccountBook.sol";
import {Expiries} from "../clearing/Expiries.sol";
import {Interest} from "../clearing/Interest.sol";
import {IClearingEvents} from "../interfaces/IClearingEvents.sol";
import {AccountState, AccountStates, Position} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {build} from "./Artifacts.sol";
import {BookProbe, Change} from "./BookProbe.sol";
import {Columns} from "./Columns.sol";
import {VM} from "./IVm.sol";
import {SettableSurroundings} from "./SettableSurroundings.sol";

/// @notice What an operation does first and last, and settlement at expiry, against the vectors that the C# reads, too (spec/attested). What the ledger and the sums over all accounts become is the contract's alone: nobody keeps them off chain.
contract ClearingVectorsTest is Columns {
    uint256 private constant TIME = 1_800_000_000;
    uint256 private constant AFTER_EXPIRY = 1_900_000_600;
    uint64 private constant INDEX_E12 = 1e12;
    uint32 private constant EXPIRY = 1_900_000_000;
    /// @dev Of all other accounts.
    uint256 private constant OTHERS_E8 = 2 ** 110;

    SettableSurroundings private _all;
    BookProbe private _book;

    /// @dev Columns of CLR-001.
    struct Accruals {
        int256[] cash;
        uint256[] from;
        uint256[] debtIndex;
        uint256[] creditIndex;
        int256[] after_;
        int256[] interest;
    }

    /// @dev Columns of CLR-005.
    struct Operations {
        bytes[] before;
        bytes[] after_;
        Change[][] changes;
        uint256[] raw;
        uint256[] window;
        uint256[] refused;
        int256[] interest;
        uint256[] debtBefore;
        uint256[] debtAfter;
        uint256[] creditBefore;
        uint256[] creditAfter;
    }

    /// @dev Columns of CLR-018 and CLR-027.
    struct Closings {
        uint256[] price;
        int256[] size;
        int256[] cost;
        int256[] v;
        int256[] realised;
    }

    function setUp() public {
        VM.warp(TIME);
        (_all, _book) = _bookOf(6);
    }

    function test_accrue_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-001.json");
        Accruals memory v = Accruals(
            signedColumn("cash"),
            column("from"),
            column("debtIndex"),
            column("creditIndex"),
            signedColumn("after"),
            signedColumn("interest")
        );
        assert(v.cash.length == 200);
        for (uint256 i = 0; i < v.cash.length; ++i) {
            Books memory books;
            (books.debtIndexE12, books.creditIndexE12) = (uint64(v.debtIndex[i]), uint64(v.creditIndex[i]));
            (int256 cashE8, int256 interestE8) = _book.accrueCash(books, v.cash[i], uint64(v.from[i]));
            assert(cashE8 == v.after_[i] && interestE8 == v.interest[i]);
            uint256 index = v.cash[i] < 0 ? v.debtIndex[i] : v.creditIndex[i];
            assert(Interest.accrueFloor(v.cash[i], v.from[i], index) == v.after_[i]);
        }
    }

    /// @dev Of an account that has nothing else, in a book whose settlement token has so many decimals.
    function test_sweep_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-002.json");
        uint256[] memory raw = column("raw");
        uint256[] memory decimals = column("decimals");
        int256[] memory cash = signedColumn("cash");
        int256[] memory after_ = signedColumn("after");
        int256[] memory swept = signedColumn("swept");
        assert(raw.length == 60);
        Change[] memory none = new Change[](0);
        for (uint256 i = 0; i < raw.length; ++i) {
            (SettableSurroundings all, BookProbe book) = _bookOf(uint8(decimals[i]));
            all.setSwept(raw[i]);
            (bytes memory encoded, Books memory left) = book.operate(_stateOf(cash[i]), _books(INDEX_E12), none);
            assert(this.cashOf(encoded) == after_[i]);
            assert(left.ledger.sweptE8 == swept[i] && left.ledger.interestE8 == 0);
        }
    }

    function test_lockedGains_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-003.json");
        uint256[] memory locked = column("locked");
        uint256[] memory elapsed = column("elapsed");
        uint256[] memory window = column("window");
        uint256[] memory after_ = column("after");
        assert(locked.length == 120);
        Change[] memory none = new Change[](0);
        for (uint256 i = 0; i < locked.length; ++i) {
            Books memory books = _books(INDEX_E12);
            books.windowSeconds = window[i];
            (bytes memory encoded, ) = _book.operate(_lockedSince(locked[i], TIME - elapsed[i]), books, none);
            assert(this.lockedOf(encoded) == after_[i]);
        }
    }

    function test_lock_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-004.json");
        uint256[] memory locked = column("locked");
        int256[] memory realised = signedColumn("realised");
        uint256[] memory after_ = column("after");
        assert(locked.length == 60);
        for (uint256 i = 0; i < locked.length; ++i) {
            assert(_book.lock(uint64(locked[i]), realised[i]) == after_[i]);
        }
    }

    function test_operations_writeTheStatesOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-005.json");
        Operations memory v;
        (v.before, v.after_) = (words("before"), words("after"));
        (v.changes, v.raw, v.window) = (_changes(), column("raw"), column("window"));
        (v.refused, v.interest) = (column("refused"), signedColumn("interest"));
        (v.debtBefore, v.debtAfter) = (column("debtBefore"), column("debtAfter"));
        (v.creditBefore, v.creditAfter) = (column("creditBefore"), column("creditAfter"));
        uint256[] memory debtIndex = column("debtIndex");
        uint256[] memory creditIndex = column("creditIndex");
        assert(v.before.length > 120);
        for (uint256 i = 0; i < v.before.length; ++i) {
            Books memory books;
            (books.debtIndexE12, books.creditIndexE12) = (uint64(debtIndex[i]), uint64(creditIndex[i]));
            _operate(v, books, i);
        }
    }

    function test_bases_areThoseOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-006.json");
        int256[] memory cash = signedColumn("cash");
        uint256[] memory index = column("index");
        uint256[] memory debt = column("debt");
        uint256[] memory credit = column("credit");
        assert(cash.length == 120);
        for (uint256 i = 0; i < cash.length; ++i) {
            (uint256 debtE8, uint256 creditE8) = Interest.bases(cash[i], index[i]);
            assert(debtE8 == debt[i] && creditE8 == credit[i]);
        }
    }

    function test_close_atExpiry_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-018.json");
        Closings memory v = _closings();
        uint256[] memory kind = column("kind");
        uint256[] memory strike = column("strike");
        uint256[] memory payoff = column("payoff");
        assert(payoff.length == 120);
        for (uint256 i = 0; i < payoff.length; ++i) {
            uint96 instrument = Instruments.pack(1, EXPIRY, uint40(strike[i] / 1e4), uint8(kind[i]));
            assert(Expiries.payoffE8(instrument, v.price[i]) == payoff[i]);
            _close(v, i, instrument, 0);
        }
    }

    /// @dev Through a touch, in the room that closes positions.
    function test_settlement_ofAState_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-018.json");
        bytes[] memory before = words("before");
        bytes[] memory after_ = words("after");
        uint256[] memory price = column("settled");
        int256[] memory oneSided = signedColumn("oneSided");
        uint256[] memory fallen = column("fallen");
        assert(price.length == 40);
        Change[] memory none = new Change[](0);
        VM.warp(AFTER_EXPIRY);
        for (uint256 i = 0; i < price.length; ++i) {
            _all.setSettlement(price[i]);
            uint256 open = _book.openInterestE8(1);
            (bytes memory encoded, Books memory left) = _book.operate(before[i], _books(INDEX_E12), none);
            assert(keccak256(encoded) == keccak256(after_[i]));
            assert(left.ledger.oneSidedE8 == oneSided[i]);
            assert(open - _book.openInterestE8(1) == fallen[i]);
        }
    }

    function test_close_atTheLastPrice_isThatOfTheVectors() public {
        json = VM.readFile("spec/attested/CLR-027.json");
        Closings memory v = _closings();
        int256[] memory funding = signedColumn("funding");
        assert(funding.length == 60);
        uint96 perpetual = Instruments.pack(1, 0, 0, uint8(Instruments.PERPETUAL));
        for (uint256 i = 0; i < funding.length; ++i) _close(v, i, perpetual, funding[i]);
    }

    function cashOf(bytes calldata state) external pure returns (int256) {
        return AccountStates.cashE8(state);
    }

    function lockedOf(bytes calldata state) external pure returns (uint256) {
        return AccountStates.decode(state).lockedGainE8;
    }

    function _operate(Operations memory v, Books memory books, uint256 i) private {
        _all.setSwept(v.raw[i]);
        books.windowSeconds = v.window[i];
        (books.debtBaseE8, books.creditBaseE8) = (OTHERS_E8 + v.debtBefore[i], OTHERS_E8 + v.creditBefore[i]);
        try _book.operate(v.before[i], books, v.changes[i]) returns (bytes memory encoded, Books memory left) {
            assert(v.refused[i] == 0 && keccak256(encoded) == keccak256(v.after_[i]));
            assert(left.ledger.interestE8 == v.interest[i] && left.ledger.sweptE8 == int256(v.raw[i] * 100));
            assert(left.debtBaseE8 == OTHERS_E8 + v.debtAfter[i]);
            assert(left.creditBaseE8 == OTHERS_E8 + v.creditAfter[i]);
        } catch (bytes memory reason) {
            assert(v.refused[i] == 1 || v.refused[i] == 2);
            bytes4 expected =
                v.refused[i] == 1 ? IClearingEvents.OutOfDomain.selector : IClearingEvents.PositionsTooMany.selector;
            assert(bytes4(reason) == expected);
        }
    }

    function _close(Closings memory v, uint256 i, uint96 instrument, int256 fundingE8) private pure {
        Position memory position = Position(instrument, v.size[i], v.cost[i]);
        (int256 realisedE8, int256 valueE8) = Expiries.close(position, v.price[i], fundingE8);
        assert(valueE8 == v.v[i] && realisedE8 == v.realised[i]);
        assert(position.sizeE8 == 0 && position.costE8 == 0);
    }

    function _bookOf(uint8 decimals) private returns (SettableSurroundings all, BookProbe book) {
        all = new SettableSurroundings(decimals);
        address closing = build(
            "contracts/clearing/ClosingModule.sol:ClosingModule",
            abi.encode(all, all, all, all, all)
        );
        book = new BookProbe(address(all), closing);
    }

    function _books(uint64 indexE12) private pure returns (Books memory books) {
        (books.debtIndexE12, books.creditIndexE12, books.windowSeconds) = (indexE12, indexE12, 1800);
        (books.debtBaseE8, books.creditBaseE8) = (OTHERS_E8, OTHERS_E8);
    }

    function _stateOf(int256 cashE8) private pure returns (bytes memory) {
        AccountState memory state;
        (state.cashE8, state.interestIndexE12) = (cashE8, INDEX_E12);
        return AccountStates.encode(state);
    }

    function _lockedSince(uint256 lockedE8, uint256 time) private pure returns (bytes memory) {
        AccountState memory state;
        (state.lockedGainE8, state.gainTime) = (uint64(lockedE8), uint40(time));
        return AccountStates.encode(state);
    }

    function _changes() private view returns (Change[][] memory changes) {
        uint256[] memory count = column("fillCount");
        uint256[] memory instrument = column("instrument");
        int256[] memory size = signedColumn("size");
        int256[] memory value = signedColumn("value");
        changes = new Change[][](count.length);
        uint256 place = 0;
        for (uint256 i = 0; i < count.length; ++i) {
            changes[i] = new Change[](count[i]);
            for (uint256 j = 0; j < count[i]; ++j) {
                changes[i][j] = Change(uint96(instrument[place]), size[place], value[place]);
                ++place;
            }
        }
        assert(place == instrument.length);
    }

    function _closings() private view returns (Closings memory) {
        return
            Closings(
                column("price"),
                signedColumn("size"),
                signedColumn("cost"),
                signedColumn("v"),
                signedColumn("realised")
            );
    }
}
