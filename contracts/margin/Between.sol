// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rounding} from "./Rounding.sol";
import {Scenarios} from "./Scenarios.sol";
import {Words} from "./Words.sol";
import {R_KINKS, R_KINK_COUNT, R_KINK_ROOM, R_S_DOWN} from "./Workspace.sol";

/// @notice The kinks of one underlying, or of a group, and the broken line that belongs to them.
/// The kinks of an account are words `place u32 (biased) | address`, ascending, those of one underlying after those of the one before. At the address of a kink stand its place on the axis
/// of q (Q16), the index of its position, at how many shocks its option is narrow (1 to 3, from below), size times slope (E16), and `|size|·hump` under each of the three shocks (E16; 0 for
/// a long option).
struct Broken {
    /// @notice Memory addresses of the first word and of the end.
    uint256 from;
    uint256 to;
    /// @notice At how many shocks any option is narrow.
    uint256 narrow;
    /// @notice Memory address of `E` by scenario, 37 words; those at shocks that are not below `narrow` count only where several underlyings are added up.
    uint256 weighted24E8;
}

/// @notice An interval of the axis: place in Q16, broken line and weight at both ends.
struct Stretch {
    int256 leftQ16;
    int256 rightQ16;
    int256 atLeft;
    int256 atRight;
    uint256 leftWeight;
    uint256 rightWeight;
}

/// @title The loss between the nodes of the grid
/// @notice Closes the gaps of a grid near expiry: hedging at the nodes and losing between them.
/// @custom:spec MRG-032
library Between {
    /// @notice No loss between the nodes.
    uint256 internal constant NO_POINT = type(uint256).max;
    /// @notice Points from here on are kinks by position, and from there on nodes (MRG-057).
    uint256 internal constant KINK_POINT = 64;
    uint256 internal constant NODE_POINT = 192;

    uint256 private constant WORD = 32;
    uint256 private constant KINK_BYTES = 224;
    uint256 private constant TO_POSITION = 32;
    uint256 private constant TO_NARROW = 64;
    uint256 private constant TO_WEIGHT = 96;
    uint256 private constant TO_HUMPS = 128;

    int256 private constant PLACE_LIMIT = 2 ** 24;
    uint256 private constant PLACE_BIAS = 2 ** 25;
    uint256 private constant PLACE_SHIFT = 224;
    uint256 private constant UNIT_Q16 = Scenarios.UNIT << 16;
    uint256 private constant ONE = 1e8;
    uint256 private constant ONE_Q16 = 1e8 << 16;
    uint256 private constant HUMP_DIVISOR = 400 << 28;
    uint256 private constant NARROW_FACTOR_Q28 = 30 << 28;

    /// @dev The axis: fifteen places, of which each shock has a range. A nibble a place, the first in the lowest; node 14 is q = 0.
    uint256 internal constant PLACES = 15;
    uint256 private constant AXIS = 0xdcba9876e543210;
    uint256 private constant FIRST = 0x002;
    uint256 private constant LAST = 0xeca;
    /// @dev One byte a place, the first in the lowest: quarters of the range, weights, and the index of the scenario without a shock.
    uint256 private constant QUARTERS = 0x30180c080403020100fffefdfcf8f4;
    uint256 private constant WEIGHTS = 0x0103080c1818181818181818180c08;
    uint256 private constant MID_INDEX = 0x2322211d191613100d0a0704011b1f;

    /// @notice What a deviation must be under for an option to be narrow: the least S with `S·10^8 >= 30·2^28·range`.
    function narrowLimit(uint256 rangeE8) internal pure returns (uint256) {
        return Rounding.divUp(NARROW_FACTOR_Q28 * rangeE8, ONE);
    }

    /// @notice A strike's place on the axis of q, Q16. Needs `rangeE8 > 0`.
    function place(uint256 strikeE8, uint256 forwardE8, uint256 rangeE8) internal pure returns (int256) {
        unchecked {
            int256 distance = (int256(strikeE8) - int256(forwardE8)) * int256(UNIT_Q16);
            return Rounding.clamp(Rounding.divFloor(distance, forwardE8 * rangeE8), -PLACE_LIMIT, PLACE_LIMIT);
        }
    }

    /// @notice The most that an option is worth above its payoff, `0.4·F·σ·√τ`, rounded up.
    function humpUp(uint256 forwardE8, uint256 s) internal pure returns (uint256) {
        unchecked {
            return Rounding.divUp(forwardE8 * s, HUMP_DIVISOR);
        }
    }

    /// @notice Appends a kink behind the last.
    /// @param shortE8 `|size|` of a short option that is not at its payoff already, 0 otherwise; its humps are those of the deviations in the workspace.
    function append(
        int256 placeQ16,
        uint256 position,
        uint256 narrow,
        int256 weight,
        uint256 shortE8,
        uint256 forwardE8
    ) internal pure {
        unchecked {
            uint256 words = Words.load(R_KINKS);
            if (words == 0) {
                words = Words.take(WORD * Words.load(R_KINK_ROOM));
                Words.store(R_KINKS, words);
            }
            uint256 kink = Words.take(KINK_BYTES);
            Words.store(kink, placeQ16);
            Words.store(kink + TO_POSITION, position);
            Words.store(kink + TO_NARROW, narrow);
            Words.store(kink + TO_WEIGHT, weight);
            for (uint256 offset = 0; offset < WORD * narrow; offset += WORD) {
                uint256 hump = shortE8 == 0 ? 0 : shortE8 * humpUp(forwardE8, Words.load(R_S_DOWN + offset));
                Words.store(kink + TO_HUMPS + offset, hump);
            }
            uint256 count = Words.load(R_KINK_COUNT);
            Words.store(words + WORD * count, (uint256(placeQ16 + int256(PLACE_BIAS)) << PLACE_SHIFT) | kink);
            Words.store(R_KINK_COUNT, count + 1);
        }
    }

    /// @notice Memory address of the word of the account's kink of that number.
    function wordOf(uint256 number) internal pure returns (uint256) {
        unchecked {
            return Words.load(R_KINKS) + WORD * number;
        }
    }

    /// @notice Merges the ascending runs of words [from, middle) and [middle, to).
    function merge(uint256 from, uint256 middle, uint256 to) internal pure {
        unchecked {
            if (middle == from || middle == to || Words.load(middle - WORD) <= Words.load(middle)) return;
            // The right run is copied; then the largest goes to the end again and again, until the copy is used up.
            uint256 copy = Words.take(to - middle);
            uint256 last = copy;
            for (uint256 word = middle; word < to; word += WORD) {
                Words.store(last, Words.load(word));
                last += WORD;
            }
            while (last != copy) {
                to -= WORD;
                uint256 right = Words.load(last - WORD);
                uint256 left = middle == from ? 0 : Words.load(middle - WORD);
                if (left > right) {
                    Words.store(to, left);
                    middle -= WORD;
                } else {
                    Words.store(to, right);
                    last -= WORD;
                }
            }
        }
    }

    /// @notice `between24` and the point that binds (`NO_POINT` when no loss shows): of equals the first, by shock, interval, left end, right end, kink.
    function worst(Broken memory broken) internal pure returns (int256 between24, uint256 point) {
        unchecked {
            point = NO_POINT;
            uint256 end = broken.to;
            uint256 narrow = broken.narrow;
            for (uint256 shock = 0; shock < narrow; ++shock) {
                uint256 k = broken.from;
                uint256 p = _firstPlace(shock);
                uint256 last = _lastPlace(shock);
                uint256 line = broken.weighted24E8 + WORD * shock - WORD;
                int256 loss = -_lineAt(line, p);
                if (loss > between24) (between24, point) = (loss, NODE_POINT + p);
                for (; p < last; ++p) {
                    int256 right = _placeQ16(p + 1);
                    if (k < end && _placeOf(_kink(k)) <= right) {
                        // Kinks at the right end belong to the next interval too.
                        (between24, point) = _interval(line, shock, p, k, end, between24, point);
                        while (k < end && _placeOf(_kink(k)) < right) k += WORD;
                    } else {
                        // Why the left end is not tried again: with its humps in the interval before, or as the first, it was.
                        loss = -_lineAt(line, p + 1);
                        if (loss > between24) (between24, point) = (loss, NODE_POINT + p + 1);
                    }
                }
            }
        }
    }

    /// @notice `between24` without its point: only intervals that hold kinks are walked.
    /// @param atNodes The largest loss at the nodes of the broken line as it is, 0 at least; humps only add to it.
    function worstLoss(Broken memory broken, int256 atNodes) internal pure returns (int256 between24) {
        unchecked {
            between24 = atNodes;
            uint256 end = broken.to;
            uint256 narrow = broken.narrow;
            for (uint256 shock = 0; shock < narrow; ++shock) {
                uint256 p = _firstPlace(shock);
                uint256 last = _lastPlace(shock);
                uint256 line = broken.weighted24E8 + WORD * shock - WORD;
                uint256 k = broken.from;
                while (k < end && _placeOf(_kink(k)) < _placeQ16(p)) k += WORD;
                while (k < end) {
                    int256 y = _placeOf(_kink(k));
                    while (p < last && _placeQ16(p + 1) < y) ++p;
                    if (p == last) break;
                    (between24, ) = _interval(line, shock, p, k, end, between24, 0);
                    // Kinks at the right end belong to the next interval too.
                    ++p;
                    while (k < end && _placeOf(_kink(k)) < _placeQ16(p)) k += WORD;
                }
            }
        }
    }

    /// @notice The largest loss at the kink of a position over the shocks at which it is narrow; false when there is none.
    function lossAtKink(Broken memory broken, uint256 position) internal pure returns (int256 loss24, bool found) {
        unchecked {
            uint256 kink = _kinkOf(broken, position);
            if (kink == 0) return (0, false);
            for (uint256 shock = 0; shock < _narrowOf(kink); ++shock) {
                uint256 last = _lastPlace(shock);
                for (uint256 p = _firstPlace(shock); p < last; ++p) {
                    if (_placeOf(kink) <= _placeQ16(p) || _placeOf(kink) >= _placeQ16(p + 1)) continue;
                    int256 loss = _lossInside(broken, shock, p, kink);
                    if (!found || loss > loss24) loss24 = loss;
                    found = true;
                }
            }
        }
    }

    /// @notice The largest loss at a place of the axis over its shocks and the two intervals beside it.
    function lossAtPlace(Broken memory broken, uint256 p) internal pure returns (int256 loss24) {
        unchecked {
            loss24 = type(int256).min;
            for (uint256 shock = Scenarios.firstShock(nodeAt(p)); shock <= Scenarios.UP; ++shock) {
                if (p > _firstPlace(shock)) {
                    loss24 = Rounding.maxSigned(loss24, _lossAtEnd(broken, shock, p, _humps(broken, shock, p - 1)));
                }
                if (p < _lastPlace(shock)) {
                    loss24 = Rounding.maxSigned(loss24, _lossAtEnd(broken, shock, p, _humps(broken, shock, p)));
                }
            }
        }
    }

    /// @notice The node at a place of the axis.
    function nodeAt(uint256 p) internal pure returns (uint256) {
        unchecked {
            return (AXIS >> (4 * p)) & 0xf;
        }
    }

    /// @notice The place at the left of the interval strictly inside which a kink lies, under the shock that has all places; `PLACES` when none.
    function intervalOf(int256 y) internal pure returns (uint256 p) {
        unchecked {
            for (p = 0; p < PLACES - 1; ++p) if (y > _placeQ16(p) && y < _placeQ16(p + 1)) return p;
            return PLACES;
        }
    }

    /// @dev The broken line at a place of the axis; `line` is the address of scenario -1 under the shock, so that indices without a shock lead to it.
    function _lineAt(uint256 line, uint256 p) private pure returns (int256) {
        unchecked {
            return Words.loadSigned(line + WORD * ((MID_INDEX >> (8 * p)) & 0xff));
        }
    }

    function _weightAt(uint256 p) private pure returns (uint256) {
        unchecked {
            return (WEIGHTS >> (8 * p)) & 0xff;
        }
    }

    /// @dev An interval with its ends, from the place p at its left.
    function _stretch(uint256 line, uint256 p) private pure returns (Stretch memory i) {
        unchecked {
            (i.leftQ16, i.rightQ16) = (_placeQ16(p), _placeQ16(p + 1));
            (i.atLeft, i.atRight) = (_lineAt(line, p), _lineAt(line, p + 1));
            (i.leftWeight, i.rightWeight) = (_weightAt(p), _weightAt(p + 1));
        }
    }

    /// @dev Takes the largest loss so far, and its point, through the interval from place p, whose first kink may be the k-th (those left of it are passed over).
    function _interval(
        uint256 line,
        uint256 shock,
        uint256 p,
        uint256 k,
        uint256 end,
        int256 largest,
        uint256 point
    ) private pure returns (int256, uint256) {
        unchecked {
            Stretch memory i = _stretch(line, p);
            while (k < end && _placeOf(_kink(k)) < i.leftQ16) k += WORD;
            uint256 humps = 0;
            int256 h = 0;
            uint256 last = k;
            for (; last < end; last += WORD) {
                uint256 kink = _kink(last);
                if (_placeOf(kink) > i.rightQ16) break;
                if (_narrowOf(kink) <= shock) continue;
                humps += _humpOf(kink, shock);
                if (_placeOf(kink) > i.leftQ16) h += _weightOf(kink) * (i.rightQ16 - _placeOf(kink));
            }
            int256 u = int256(Rounding.divUp(humps, ONE));
            int256 loss = int256(i.leftWeight) * u - i.atLeft;
            if (loss > largest) (largest, point) = (loss, NODE_POINT + p);
            loss = int256(i.rightWeight) * u - i.atRight;
            if (loss > largest) (largest, point) = (loss, NODE_POINT + p + 1);
            h = Rounding.divCeil(h, ONE_Q16);
            int256 weights = 0;
            int256 moments = 0;
            for (; k < last; k += WORD) {
                uint256 kink = _kink(k);
                int256 y = _placeOf(kink);
                if (_narrowOf(kink) <= shock || y == i.leftQ16 || y == i.rightQ16) continue;
                loss = _lossAt(i, y, h, y * weights - moments, u);
                if (loss > largest) (largest, point) = (loss, KINK_POINT + _positionOf(kink));
                weights += _weightOf(kink);
                moments += _weightOf(kink) * y;
            }
            return (largest, point);
        }
    }

    function _lossAtEnd(Broken memory broken, uint256 shock, uint256 p, int256 u) private pure returns (int256) {
        unchecked {
            return int256(_weightAt(p)) * u - _lineAt(broken.weighted24E8 + WORD * shock - WORD, p);
        }
    }

    /// @dev The loss at `y` strictly inside an interval: `h` is `hE8`, `g` the payoff above the line from the left end, `u` the humps.
    function _lossAt(Stretch memory i, int256 y, int256 h, int256 g, int256 u) private pure returns (int256) {
        unchecked {
            int256 along = y - i.leftQ16;
            uint256 width = uint256(i.rightQ16 - i.leftQ16);
            int256 line = i.atLeft + Rounding.divFloor((i.atRight - i.atLeft) * along, width);
            int256 dip = Rounding.divCeil(h * along, width) - Rounding.divFloor(g, ONE_Q16);
            return int256(Rounding.min(i.leftWeight, i.rightWeight)) * (dip + u) - line;
        }
    }

    /// @dev The loss at one kink in the interval from place p, by plain sums.
    function _lossInside(Broken memory broken, uint256 shock, uint256 p, uint256 centre) private pure returns (int256) {
        unchecked {
            (int256 a, int256 b) = (_placeQ16(p), _placeQ16(p + 1));
            int256 h = 0;
            int256 g = 0;
            for (uint256 k = broken.from; k < broken.to; k += WORD) {
                uint256 kink = _kink(k);
                if (_narrowOf(kink) <= shock || _placeOf(kink) <= a || _placeOf(kink) >= b) continue;
                h += _weightOf(kink) * (b - _placeOf(kink));
                if (_placeOf(kink) < _placeOf(centre)) g += _weightOf(kink) * (_placeOf(centre) - _placeOf(kink));
            }
            Stretch memory i = _stretch(broken.weighted24E8 + WORD * shock - WORD, p);
            return _lossAt(i, _placeOf(centre), Rounding.divCeil(h, ONE_Q16), g, _humps(broken, shock, p));
        }
    }

    /// @dev `uE8` of the interval from place p.
    function _humps(Broken memory broken, uint256 shock, uint256 p) private pure returns (int256) {
        unchecked {
            uint256 humps = 0;
            for (uint256 k = broken.from; k < broken.to; k += WORD) {
                uint256 kink = _kink(k);
                if (_narrowOf(kink) <= shock || _placeOf(kink) < _placeQ16(p) || _placeOf(kink) > _placeQ16(p + 1))
                    continue;
                humps += _humpOf(kink, shock);
            }
            return int256(Rounding.divUp(humps, ONE));
        }
    }

    /// @dev Address of the kink of a position; 0 when it has none.
    function _kinkOf(Broken memory broken, uint256 position) private pure returns (uint256) {
        unchecked {
            for (uint256 k = broken.from; k < broken.to; k += WORD) {
                if (_positionOf(_kink(k)) == position) return _kink(k);
            }
            return 0;
        }
    }

    function _placeQ16(uint256 p) private pure returns (int256 placeQ16) {
        assembly ("memory-safe") {
            placeQ16 := shl(16, signextend(0, shr(shl(3, p), QUARTERS)))
        }
    }

    function _firstPlace(uint256 shock) private pure returns (uint256) {
        unchecked {
            return (FIRST >> (4 * shock)) & 0xf;
        }
    }

    function _lastPlace(uint256 shock) private pure returns (uint256) {
        unchecked {
            return (LAST >> (4 * shock)) & 0xf;
        }
    }

    /// @dev Address of the kink whose word stands at k: the low half of the word.
    function _kink(uint256 k) private pure returns (uint256) {
        return uint32(Words.load(k));
    }

    function _placeOf(uint256 kink) private pure returns (int256) {
        return Words.loadSigned(kink);
    }

    function _positionOf(uint256 kink) private pure returns (uint256) {
        unchecked {
            return Words.load(kink + TO_POSITION);
        }
    }

    function _narrowOf(uint256 kink) private pure returns (uint256) {
        unchecked {
            return Words.load(kink + TO_NARROW);
        }
    }

    function _weightOf(uint256 kink) private pure returns (int256) {
        unchecked {
            return Words.loadSigned(kink + TO_WEIGHT);
        }
    }

    function _humpOf(uint256 kink, uint256 shock) private pure returns (uint256) {
        unchecked {
            return Words.load(kink + TO_HUMPS + WORD * shock);
        }
    }
}
