// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SurfaceChoice} from "../interfaces/IReferee.sol";
import {Between} from "./Between.sol";
import {Checkpoints} from "./Checkpoints.sol";
import {Instruments} from "./Instruments.sol";
import {Kernel} from "./Kernel.sol";
import {CheckpointMismatch, ExpiryMissing, UnderlyingMissing} from "./MarginErrors.sol";
import {OptionValues} from "./OptionValues.sol";
import {Scenarios} from "./Scenarios.sol";
import {Shocks, Smile, Volatility} from "./Volatility.sol";

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
}

/// @notice One underlying's record, unpacked where the computation needs it.
struct Market {
    uint256 time;
    SurfaceChoice choice;
    uint256 underlying;
    uint256 group;
    uint256 spotE8;
    /// @notice The perpetual's mark less the cumulative funding.
    int256 perpetualE8;
    uint256 spreadE8;
    uint256 openInterestE8;
    uint256 depthE8;
    uint256 priceRangeE8;
    uint256 volRangeE8;
    uint256 volUpFloorE8;
    uint256 shortOptionMinimumE8;
    uint256 basisChargeE8;
    uint256 basisRateE8;
    uint256 slippageE8;
    uint256 slippageCapE8;
    uint256 crowdingE8;
    uint256 vegaChargeE8;
    uint256 rateChargeE8;
    uint256 floorRateE8;
    uint256 nettingFloorE8;
    /// @notice Calldata offsets of the next expiry to look at and of the record's end.
    uint256 nextExpiry;
    uint256 expiriesEnd;
    /// @notice The range whose logarithms the workspace holds, plus one; 0 for none.
    uint256 logarithmsOf;
}

/// @notice One expiry on the surface that was chosen for it.
struct Expiry {
    uint256 expiry;
    uint256 tau;
    uint256 surfaceTime;
    uint256 discountE12;
    uint256 forwardE8;
    uint256 rangeE8;
    /// @notice Whether the positions of this expiry end with an option; without, nothing below is set.
    bool hasOptions;
    int256 lnForward;
    Smile smile;
    Shocks shocks;
    /// @notice What a deviation must be under for an option to be narrow.
    uint256 narrowLimit;
}

/// @title Records of a checkpoint, found, verified and unpacked
/// @notice Records and expiries ascend as positions do, so each is found by walking on.
/// @custom:spec MRG-004
library Markets {
    uint256 private constant WORD = 32;

    /// @notice Finds, verifies and unpacks the record of an underlying; calls must ascend.
    function open(Book memory book, uint256 underlying) internal pure returns (Market memory m) {
        uint256 record = _find(book, underlying);
        m.time = book.time;
        m.choice = book.choice;
        m.underlying = underlying;
        uint256 w = _word(record);
        m.spotE8 = w >> 192;
        uint256 perpetualMarkE8 = uint64(w >> 128);
        m.spreadE8 = uint64(w >> 64);
        m.openInterestE8 = uint64(w);
        w = _word(record + WORD);
        m.perpetualE8 = int256(perpetualMarkE8) - int64(uint64(w >> 128));
        m.depthE8 = uint64(w >> 64);
        m.group = uint8(w >> 40);
        w = _word(record + 2 * WORD);
        m.priceRangeE8 = w >> 224;
        m.volRangeE8 = uint32(w >> 192);
        m.volUpFloorE8 = uint32(w >> 160);
        m.shortOptionMinimumE8 = uint32(w >> 128);
        m.basisChargeE8 = uint32(w >> 96);
        m.basisRateE8 = uint32(w >> 64);
        m.slippageE8 = uint32(w >> 32);
        m.slippageCapE8 = uint32(w);
        w = _word(record + 3 * WORD);
        m.crowdingE8 = w >> 224;
        m.vegaChargeE8 = uint32(w >> 192);
        m.rateChargeE8 = uint32(w >> 160);
        m.floorRateE8 = uint32(w >> 128);
        m.nettingFloorE8 = uint32(w >> 96);
        m.nextExpiry = record + WORD * Checkpoints.UNDERLYING_WORDS;
        m.expiriesEnd = book.nextRecord;
    }

    /// @notice Finds an expiry and chooses its surface for the positions in [from, to), all of this expiry; calls must ascend.
    function openExpiry(
        Market memory m,
        uint256 expiry,
        uint256 from,
        uint256 to
    ) internal pure returns (Expiry memory e) {
        unchecked {
            uint256 record = m.nextExpiry;
            uint256 w;
            for (; ; record += WORD * Checkpoints.EXPIRY_WORDS) {
                require(record < m.expiriesEnd, ExpiryMissing(m.underlying, expiry));
                w = _word(record);
                if (w >> 224 == expiry) break;
            }
            m.nextExpiry = record + WORD * Checkpoints.EXPIRY_WORDS;
            e.expiry = expiry;
            e.tau = expiry > m.time ? expiry - m.time : 0;
            e.surfaceTime = uint40(w >> 184);
            e.discountE12 = uint40(w >> 144);
            e.rangeE8 = OptionValues.rangeE8(m.priceRangeE8, e.tau);
            (uint96 last, , ) = position(to - WORD);
            e.hasOptions = Instruments.isOption(last);
            if (e.hasOptions) {
                e.shocks = Volatility.shocks(e.tau, m.volRangeE8, m.volUpFloorE8);
                e.narrowLimit = Between.narrowLimit(e.rangeE8);
            }
            uint256 volatility = _word(record + WORD);
            _setSurface(e, uint64(w >> 80), uint64(w >> 16), volatility);
            if (m.choice != SurfaceChoice.Present) {
                uint256 forwards = _word(record + 2 * WORD);
                uint256 delayedVolatility = _word(record + 3 * WORD);
                if (uint128(w >> 16) != forwards >> 128 || volatility != delayedVolatility) {
                    int256 present = _worth(e, from, to);
                    _setSurface(e, forwards >> 192, uint64(forwards >> 128), delayedVolatility);
                    int256 delayed = _worth(e, from, to);
                    bool takeDelayed = m.choice == SurfaceChoice.Better ? delayed > present : delayed < present;
                    if (!takeDelayed) _setSurface(e, uint64(w >> 80), uint64(w >> 16), volatility);
                }
            }
        }
    }

    function _setSurface(Expiry memory e, uint256 forwardE8, uint256 publishedForwardE8, uint256 word) private pure {
        e.forwardE8 = forwardE8;
        if (e.hasOptions) {
            e.lnForward = Kernel.ln(forwardE8, publishedForwardE8);
            e.smile = Volatility.smile(publishedForwardE8, word);
        }
    }

    /// @dev `Σ size·mark` over the futures and options of an expiry on the surface that `e` holds, E16.
    /// @custom:spec MRG-012
    function _worth(Expiry memory e, uint256 from, uint256 to) private pure returns (int256 worthE16) {
        unchecked {
            uint256 a = OptionValues.discountedForward(e.discountE12 * e.forwardE8, Scenarios.UNIT);
            for (; from < to; from += WORD) {
                (uint96 instrument, int256 sizeE8, ) = position(from);
                int256 markE8 = int256(e.forwardE8);
                if (Instruments.isOption(instrument)) {
                    uint256 strikeE8 = Instruments.strikeE8Of(instrument);
                    uint256 b = OptionValues.discountedStrike(e.discountE12, strikeE8);
                    markE8 = callMark(e, a, b, strikeE8);
                    if (Instruments.kindOf(instrument) == Instruments.PUT) markE8 += int256(b) - int256(a);
                }
                worthE16 += sizeE8 * markE8;
            }
        }
    }

    /// @notice The call's value at the mark.
    /// @custom:spec MRG-026
    function callMark(Expiry memory e, uint256 a, uint256 b, uint256 strikeE8) internal pure returns (int256) {
        if (e.tau < OptionValues.INTRINSIC_SECONDS) return int256(OptionValues.payoff(a, b));
        int256 kRaw = Kernel.ln(strikeE8, e.smile.publishedForwardE8);
        uint256 volQ32 = Volatility.atStrike(e.smile, kRaw);
        uint256 s = Volatility.deviation(volQ32, e.shocks.rootTauQ40);
        int256 log = OptionValues.moneyness(e.lnForward, kRaw);
        return OptionValues.held(OptionValues.valueOfCall(a, b, log, s), log, a, b);
    }

    /// @notice A position's word at a memory address, unpacked.
    function position(uint256 word) internal pure returns (uint96 instrument, int256 sizeE8, int256 costE8) {
        unchecked {
            uint256 w;
            assembly ("memory-safe") {
                w := mload(word)
            }
            instrument = uint96(w >> 160);
            sizeE8 = int256(uint256(uint64(w >> 97) & 0x7fffffffffffffff)) ^ -int256((w >> 96) & 1);
            costE8 = int256(uint256(uint96(w) >> 1)) ^ -int256(w & 1);
        }
    }

    /// @dev Calldata offset of the record of an underlying, whose hash is right; `book.nextRecord` moves behind it.
    function _find(Book memory book, uint256 underlying) private pure returns (uint256 record) {
        unchecked {
            record = book.nextRecord;
            uint256 end = book.recordsEnd;
            for (;;) {
                require(record + WORD * Checkpoints.UNDERLYING_WORDS <= end, UnderlyingMissing(underlying));
                uint256 w = _word(record + WORD);
                uint256 next =
                    record + WORD * (Checkpoints.UNDERLYING_WORDS + Checkpoints.EXPIRY_WORDS * uint8(w >> 24));
                require(next <= end, CheckpointMismatch(_expected(book, uint16(w >> 48)), 0));
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

    function _expected(Book memory book, uint256 underlying) private pure returns (bytes32) {
        unchecked {
            if (underlying == 0 || underlying > book.underlyings) return 0;
            return bytes32(_word(book.hashes + WORD * (underlying - 1)));
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

    function _word(uint256 offset) private pure returns (uint256 w) {
        assembly ("memory-safe") {
            w := calldataload(offset)
        }
    }
}
