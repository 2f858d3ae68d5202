// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {Between} from "./Between.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Kernel} from "./Kernel.sol";
import {CheckpointMismatch, ExpiryMissing, UnderlyingMissing} from "./MarginErrors.sol";
import {OptionValues} from "./OptionValues.sol";
import {Positions} from "./Positions.sol";
import {Records} from "./Records.sol";
import {Scenarios} from "./Scenarios.sol";
import {Strikes} from "./Strikes.sol";
import {Volatility} from "./Volatility.sol";
import {Words} from "./Words.sol";
// prettier-ignore
import {R_CHOICE, R_DISCOUNT, R_DOWN, R_FORWARD, R_LN_FORWARD, R_NARROW_LIMIT, R_NEXT_EXPIRY, R_PRICE_RANGE, R_PUBLISHED, R_RANGE, R_RECORD, R_RECORD_END, R_ROOT_TAU, R_SVI_A, R_SVI_B, R_SVI_M, R_SVI_RHO, R_SVI_SIGMA, R_S_MID, R_TAU, R_TIME, R_UP, R_UP_FLOOR} from "./Workspace.sol";

/// @notice What a computation runs over. Positions lie in memory as words of MRG-002; records stay in calldata.
struct Book {
    uint256 time;
    uint256 initialFactorE8;
    SurfaceChoice choice;
    /// @notice Calldata offset of the first underlying's hash, and how many there are.
    uint256 hashes;
    uint256 underlyings;
    /// @notice Calldata offsets of the next record to look at and of the end of all.
    uint256 nextRecord;
    uint256 recordsEnd;
    /// @notice Memory addresses of the first position's word and of the end.
    uint256 positions;
    uint256 positionsEnd;
    /// @notice Spot collateral by underlying: `underlying u16 | haircutE8 u32 | sizeE8 u208`.
    uint256[] spots;
    /// @notice Value and haircut of the collateral that is no underlying.
    uint256 collateralE8;
    uint256 haircutE8;
}

/// @title Records of a checkpoint: found, verified, and an expiry at a time made ready in the workspace
/// @notice Records and expiries ascend as positions do, so each is found by walking on.
/// @custom:spec MRG-004
library Markets {
    uint256 private constant WORD = 32;
    uint256 private constant EXPIRY_BYTES = WORD * Checkpoints.EXPIRY_WORDS;

    /// @notice Calldata offset of the record of an underlying, whose hash is right; `book.nextRecord` moves behind it. Calls must ascend.
    function find(Book memory book, uint256 underlying) internal pure returns (uint256 record) {
        unchecked {
            record = book.nextRecord;
            uint256 end = book.recordsEnd;
            for (;;) {
                require(record + WORD * Checkpoints.UNDERLYING_WORDS <= end, UnderlyingMissing(underlying));
                uint256 w = Words.inCalldata(record + WORD);
                uint256 next = record + WORD * Checkpoints.UNDERLYING_WORDS + EXPIRY_BYTES * uint8(w >> 24);
                // Why no `require`: it would look up what it shows even when it holds; so it is below.
                if (next > end) revert CheckpointMismatch(_expected(book, uint16(w >> 48)), 0);
                if (uint16(w >> 48) == underlying) {
                    bytes32 expected = _expected(book, underlying);
                    bytes32 found = _hash(record, next - record);
                    require(found == expected, CheckpointMismatch(expected, found));
                    book.nextRecord = next;
                    return record;
                }
                record = next;
            }
        }
    }

    /// @notice Finds an expiry and chooses its surface for the positions in [from, to), all of this expiry; calls must ascend within an underlying. For the present surface no positions are read.
    /// @param hasOptions Whether there is an option among them; only then is the surface made ready.
    /// @return worthE16 What they are worth at their marks, where choosing took that.
    /// @return marks Memory address of the values that it took, one word a position: of an option as a call, of a future anything; 0 where choosing took none.
    function openExpiry(
        uint256 expiry,
        uint256 from,
        uint256 to,
        bool hasOptions
    ) internal pure returns (int256 worthE16, uint256 marks) {
        unchecked {
            uint256 record = Words.load(R_NEXT_EXPIRY);
            uint256 w;
            for (; ; record += EXPIRY_BYTES) {
                if (record >= Words.load(R_RECORD_END)) {
                    revert ExpiryMissing(Records.underlying(Words.load(R_RECORD)), expiry);
                }
                w = Words.inCalldata(record);
                if (w >> 224 == expiry) break;
            }
            Words.store(R_NEXT_EXPIRY, record + EXPIRY_BYTES);
            uint256 time = Words.load(R_TIME);
            uint256 tau = expiry > time ? expiry - time : 0;
            uint256 rangeE8 = OptionValues.rangeE8(Words.load(R_PRICE_RANGE), uint16(w));
            Words.store(R_TAU, tau);
            Words.store(R_RANGE, rangeE8);
            Words.store(R_DISCOUNT, uint40(w >> 144));
            if (hasOptions) _setShocks(tau, rangeE8);
            uint256 surface = Words.inCalldata(record + WORD);
            _setSurface(uint64(w >> 80), uint64(w >> 16), surface, hasOptions);
            if (Words.load(R_CHOICE) != uint256(SurfaceChoice.Present)) {
                uint256 forwards = Words.inCalldata(record + 2 * WORD);
                uint256 delayedVolatility = Words.inCalldata(record + 3 * WORD);
                if (uint128(w >> 16) != forwards >> 128 || surface != delayedVolatility) {
                    marks = Words.take(2 * (to - from));
                    int256 present = _worth(from, to, marks);
                    _setSurface(forwards >> 192, uint64(forwards >> 128), delayedVolatility, hasOptions);
                    int256 delayed = _worth(from, to, marks + to - from);
                    bool isBetter = Words.load(R_CHOICE) == uint256(SurfaceChoice.Better);
                    bool takeDelayed = isBetter ? delayed > present : delayed < present;
                    if (takeDelayed) return (delayed, marks + to - from);
                    _setSurface(uint64(w >> 80), uint64(w >> 16), surface, hasOptions);
                    return (present, marks);
                }
            }
        }
    }

    /// @notice Opens an expiry for the positions in [from, to), all of it, and says what they are worth at their marks, E16.
    /// @return worthE16 That.
    /// @return marks Memory address of the values that it took, as `openExpiry` tells it.
    /// @custom:spec MRG-050
    function worthOf(
        uint256 expiry,
        uint256 from,
        uint256 to,
        bool hasOptions
    ) internal pure returns (int256 worthE16, uint256 marks) {
        (worthE16, marks) = openExpiry(expiry, from, to, hasOptions);
        if (marks != 0) return (worthE16, marks);
        marks = Words.take(to - from);
        worthE16 = _worth(from, to, marks);
    }

    /// @notice The marks of the positions in [from, to) of the open expiry, one word each.
    /// @param calls Memory address of the values that `worthOf` took.
    /// @param marks Memory address where they go.
    /// @custom:spec MRG-012
    function storeMarks(uint256 from, uint256 to, uint256 calls, uint256 marks) internal pure {
        unchecked {
            uint256 discountE12 = Words.load(R_DISCOUNT);
            uint256 forwardE8 = Words.load(R_FORWARD);
            uint256 a = OptionValues.discountedForward(discountE12 * forwardE8, Scenarios.UNIT);
            for (; from < to; from += WORD) {
                uint256 w = Words.load(from);
                int256 markE8 = int256(forwardE8);
                if (Positions.isOption(w)) {
                    markE8 = Words.loadSigned(calls);
                    if (Positions.isPut(w)) {
                        uint256 b = OptionValues.discountedStrike(discountE12, Positions.strikeE8Of(w));
                        markE8 += int256(b) - int256(a);
                    }
                }
                Words.store(marks, markE8);
                calls += WORD;
                marks += WORD;
            }
        }
    }

    /// @notice What positions of one expiry are worth at their marks on its present surface and on the delayed one, E16; the book's choice is the present one.
    /// @custom:spec MRG-012
    function worthsOf(
        uint256 expiry,
        uint256 from,
        uint256 to
    ) internal pure returns (int256 presentE16, int256 delayedE16) {
        unchecked {
            openExpiry(expiry, from, to, true);
            uint256 marks = Words.take(to - from);
            presentE16 = _worth(from, to, marks);
            uint256 record = Words.load(R_NEXT_EXPIRY) - EXPIRY_BYTES;
            uint256 forwards = Words.inCalldata(record + 2 * WORD);
            _setSurface(forwards >> 192, uint64(forwards >> 128), Words.inCalldata(record + 3 * WORD), true);
            delayedE16 = _worth(from, to, marks);
        }
    }

    /// @notice When the surface of the open expiry was published.
    function surfaceTime() internal pure returns (uint256) {
        unchecked {
            return uint40(Words.inCalldata(Words.load(R_NEXT_EXPIRY) - EXPIRY_BYTES) >> 184);
        }
    }

    function _setShocks(uint256 tau, uint256 rangeE8) private pure {
        uint256 record = Words.load(R_RECORD);
        (uint256 downE8, uint256 upE8, uint256 upFloorQ32) = Volatility.shocks(
            tau,
            Records.volRangeE8(record),
            Records.volUpFloorE8(record)
        );
        Words.store(R_DOWN, downE8);
        Words.store(R_UP, upE8);
        Words.store(R_UP_FLOOR, upFloorQ32);
        Words.store(R_ROOT_TAU, Volatility.rootTauQ40(tau));
        Words.store(R_NARROW_LIMIT, Between.narrowLimit(rangeE8));
    }

    function _setSurface(uint256 forwardE8, uint256 publishedForwardE8, uint256 word, bool hasOptions) private pure {
        Words.store(R_FORWARD, forwardE8);
        if (!hasOptions) return;
        Words.store(R_PUBLISHED, publishedForwardE8);
        Words.store(R_LN_FORWARD, Kernel.ln(forwardE8, publishedForwardE8));
        (int256 aQ64, uint256 bE12, int256 rhoE8, int256 mQ32, uint256 sigmaQ32) = Volatility.scale(word);
        Words.store(R_SVI_A, aQ64);
        Words.store(R_SVI_B, bE12);
        Words.store(R_SVI_RHO, rhoE8);
        Words.store(R_SVI_M, mQ32);
        Words.store(R_SVI_SIGMA, sigmaQ32);
    }

    /// @dev `Σ size·mark` over the futures and options of an expiry on the surface that is ready, E16; the values of options as calls go to `marks`. A put after its call is worth it by parity.
    /// @custom:spec MRG-012
    function _worth(uint256 from, uint256 to, uint256 marks) private pure returns (int256 worthE16) {
        unchecked {
            uint256 discountE12 = Words.load(R_DISCOUNT);
            uint256 a = OptionValues.discountedForward(discountE12 * Words.load(R_FORWARD), Scenarios.UNIT);
            uint256 strikeE8;
            uint256 b;
            int256 callE8;
            for (; from < to; from += WORD) {
                uint256 w = Words.load(from);
                int256 markE8 = Words.loadSigned(R_FORWARD);
                if (Positions.isOption(w)) {
                    if (Positions.strikeE8Of(w) != strikeE8) {
                        strikeE8 = Positions.strikeE8Of(w);
                        b = OptionValues.discountedStrike(discountE12, strikeE8);
                        callE8 = callMark(a, b, strikeE8);
                    }
                    Words.store(marks, callE8);
                    markE8 = Positions.isPut(w) ? callE8 + int256(b) - int256(a) : callE8;
                }
                marks += WORD;
                worthE16 += Positions.sizeE8Of(w) * markE8;
            }
        }
    }

    /// @notice The value at the mark of a call of the open expiry, whose surface is ready.
    /// @custom:spec MRG-026
    function callMark(uint256 a, uint256 b, uint256 strikeE8) internal pure returns (int256) {
        if (Words.load(R_TAU) < OptionValues.INTRINSIC_SECONDS) return int256(OptionValues.payoff(a, b));
        int256 kRaw = Kernel.ln(strikeE8, Words.load(R_PUBLISHED));
        Strikes.setDeviations(kRaw);
        uint256 s = Words.load(R_S_MID);
        int256 log = Words.loadSigned(R_LN_FORWARD) - kRaw;
        if (!OptionValues.isHeld(log)) return OptionValues.valueOfCall(a, b, log, s);
        log = OptionValues.moneyness(log);
        return OptionValues.withinBounds(OptionValues.valueOfCall(a, b, log, s), a, b);
    }

    function _expected(Book memory book, uint256 underlying) private pure returns (bytes32) {
        unchecked {
            if (underlying == 0 || underlying > book.underlyings) return 0;
            return bytes32(Words.inCalldata(book.hashes + WORD * (underlying - 1)));
        }
    }

    function _hash(uint256 offset, uint256 length) private pure returns (bytes32 hash) {
        // Safe: memory from the free pointer on is written without being kept.
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, offset, length)
            hash := keccak256(free, length)
        }
    }
}
