// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rounding} from "./Rounding.sol";
import {Scenarios} from "./Scenarios.sol";

/// @notice The kink of one option.
struct Kink {
    /// @notice Its place on the axis of q, Q16.
    int256 place;
    uint256 position;
    /// @notice At how many shocks the option is narrow, from below: 0 to 3.
    uint256 narrow;
    /// @notice Size times slope, E16.
    int256 weight;
    /// @notice `|size|·hump` under each shock, E16; 0 for a long option.
    uint256[3] humps;
}

/// @notice Kinks of an account. Words are `place u32 (biased) | address of the kink`, ascending; those of one underlying after those of the one before.
struct Kinks {
    uint256 count;
    uint256[] words;
}

/// @notice The kinks of one underlying, or of a group, and the broken line that belongs to them.
struct Broken {
    uint256 from;
    uint256 to;
    uint256[] words;
    /// @notice `E` by scenario.
    int256[37] weighted24E8;
    /// @notice At how many shocks any option is narrow.
    uint256 narrow;
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

    int256 private constant PLACE_LIMIT = 2 ** 24;
    uint256 private constant PLACE_BIAS = 2 ** 25;
    uint256 private constant PLACE_SHIFT = 224;
    uint256 private constant UNIT_Q16 = Scenarios.UNIT << 16;
    uint256 private constant ONE = 1e8;
    uint256 private constant ONE_Q16 = 1e8 << 16;
    uint256 private constant HUMP_DIVISOR = 400 << 32;
    uint256 private constant NARROW_FACTOR_Q32 = 30 << 32;

    /// @dev The axis: fifteen places, of which each shock has a range. A nibble a place, the first in the lowest; node 14 is q = 0.
    uint256 internal constant PLACES = 15;
    uint256 private constant AXIS = 0xdcba9876e543210;
    uint256 private constant FIRST = 0x002;
    uint256 private constant LAST = 0xeca;

    /// @notice Room for the kinks of `capacity` options.
    function room(uint256 capacity) internal pure returns (Kinks memory kinks) {
        kinks.words = new uint256[](capacity);
    }

    /// @notice What a deviation must be under for an option to be narrow: `30·2^32·range`, to compare with `S·10^8`.
    function narrowLimit(uint256 rangeE8) internal pure returns (uint256) {
        unchecked {
            return NARROW_FACTOR_Q32 * rangeE8;
        }
    }

    /// @notice At how many shocks an option is narrow; deviations do not fall from one to the next.
    function narrowness(uint256[3] memory s, uint256 limit) internal pure returns (uint256 narrow) {
        unchecked {
            if (s[0] * ONE >= limit) return 0;
            if (s[1] * ONE >= limit) return 1;
            return s[2] * ONE >= limit ? 2 : 3;
        }
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
    function append(Kinks memory kinks, Kink memory kink) internal pure {
        unchecked {
            uint256 word = (uint256(kink.place + int256(PLACE_BIAS))) << PLACE_SHIFT;
            assembly ("memory-safe") {
                word := or(word, kink)
            }
            kinks.words[kinks.count++] = word;
        }
    }

    /// @notice Merges the ascending runs [from, middle) and [middle, to).
    function merge(uint256[] memory words, uint256 from, uint256 middle, uint256 to) internal pure {
        unchecked {
            if (middle == from || middle == to || words[middle - 1] <= words[middle]) return;
            // The right run is copied; then the largest goes to the end again and again, until the copy is used up.
            uint256 right = to - middle;
            uint256[] memory copy = new uint256[](right);
            for (uint256 i = 0; i < right; ++i) copy[i] = words[middle + i];
            while (right != 0) {
                --to;
                if (middle != from && words[middle - 1] > copy[right - 1]) words[to] = words[--middle];
                else words[to] = copy[--right];
            }
        }
    }

    /// @notice `between24` and the point that binds (`NO_POINT` when no loss shows).
    function worst(Broken memory broken) internal pure returns (int256 between24, uint256 point) {
        unchecked {
            point = NO_POINT;
            for (uint256 shock = 0; shock < broken.narrow; ++shock) {
                uint256 k = broken.from;
                uint256 p = _firstPlace(shock);
                uint256 last = _lastPlace(shock);
                Stretch memory i;
                (i.rightQ16, i.atRight, i.rightWeight) = _end(broken, shock, p);
                for (; p < last; ++p) {
                    (i.leftQ16, i.atLeft, i.leftWeight) = (i.rightQ16, i.atRight, i.rightWeight);
                    (i.rightQ16, i.atRight, i.rightWeight) = _end(broken, shock, p + 1);
                    (int256 loss, uint256 index) = (-i.atLeft, NODE_POINT + p);
                    while (k < broken.to && _placeOf(_kink(broken, k)) < i.leftQ16) ++k;
                    if (k < broken.to && _placeOf(_kink(broken, k)) <= i.rightQ16) {
                        (loss, index) = _interval(broken, shock, i, p, k);
                    } else if (-i.atRight > loss) {
                        (loss, index) = (-i.atRight, NODE_POINT + p + 1);
                    }
                    if (loss > between24) (between24, point) = (loss, index);
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

    /// @dev Place, broken line and weight at a place of the axis.
    function _end(
        Broken memory broken,
        uint256 shock,
        uint256 p
    ) private pure returns (int256 placeQ16, int256 value, uint256 weight) {
        unchecked {
            uint256 node = nodeAt(p);
            placeQ16 = Scenarios.quarters(node) << 16;
            weight = Scenarios.weight(node);
            uint256 offset = 32 * Scenarios.index(node, shock);
            int256[37] memory weighted = broken.weighted24E8;
            // Safe: the index is one of the 37 for a shock that the node has.
            assembly ("memory-safe") {
                value := mload(add(weighted, offset))
            }
        }
    }

    /// @dev The largest loss in an interval from its first kink k on, and its point.
    function _interval(
        Broken memory broken,
        uint256 shock,
        Stretch memory i,
        uint256 p,
        uint256 k
    ) private pure returns (int256 loss24, uint256 point) {
        unchecked {
            uint256 humps = 0;
            int256 h = 0;
            uint256 end = k;
            for (; end < broken.to; ++end) {
                uint256 kink = _kink(broken, end);
                if (_placeOf(kink) > i.rightQ16) break;
                if (_narrowOf(kink) <= shock) continue;
                humps += _humpOf(kink, shock);
                if (_placeOf(kink) > i.leftQ16) h += _weightOf(kink) * (i.rightQ16 - _placeOf(kink));
            }
            int256 u = int256(Rounding.divUp(humps, ONE));
            (loss24, point) = (int256(i.leftWeight) * u - i.atLeft, NODE_POINT + p);
            int256 loss = int256(i.rightWeight) * u - i.atRight;
            if (loss > loss24) (loss24, point) = (loss, NODE_POINT + p + 1);
            h = Rounding.divCeil(h, ONE_Q16);
            int256 weights = 0;
            int256 moments = 0;
            for (; k < end; ++k) {
                uint256 kink = _kink(broken, k);
                int256 y = _placeOf(kink);
                if (_narrowOf(kink) <= shock || y == i.leftQ16 || y == i.rightQ16) continue;
                loss = _lossAt(i, y, h, y * weights - moments, u);
                if (loss > loss24) (loss24, point) = (loss, KINK_POINT + _positionOf(kink));
                weights += _weightOf(kink);
                moments += _weightOf(kink) * y;
            }
        }
    }

    function _lossAtEnd(Broken memory broken, uint256 shock, uint256 p, int256 u) private pure returns (int256) {
        unchecked {
            uint256 node = nodeAt(p);
            int256 weight = int256(Scenarios.weight(node));
            return weight * u - broken.weighted24E8[Scenarios.index(node, shock)];
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
            for (uint256 k = broken.from; k < broken.to; ++k) {
                uint256 kink = _kink(broken, k);
                if (_narrowOf(kink) <= shock || _placeOf(kink) <= a || _placeOf(kink) >= b) continue;
                h += _weightOf(kink) * (b - _placeOf(kink));
                if (_placeOf(kink) < _placeOf(centre)) g += _weightOf(kink) * (_placeOf(centre) - _placeOf(kink));
            }
            Stretch memory i;
            (i.leftQ16, i.atLeft, i.leftWeight) = _end(broken, shock, p);
            (i.rightQ16, i.atRight, i.rightWeight) = _end(broken, shock, p + 1);
            return _lossAt(i, _placeOf(centre), Rounding.divCeil(h, ONE_Q16), g, _humps(broken, shock, p));
        }
    }

    /// @dev `uE8` of the interval from place p.
    function _humps(Broken memory broken, uint256 shock, uint256 p) private pure returns (int256) {
        unchecked {
            uint256 humps = 0;
            for (uint256 k = broken.from; k < broken.to; ++k) {
                uint256 kink = _kink(broken, k);
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
            for (uint256 k = broken.from; k < broken.to; ++k) {
                if (_positionOf(_kink(broken, k)) == position) return _kink(broken, k);
            }
            return 0;
        }
    }

    function _placeQ16(uint256 p) private pure returns (int256) {
        unchecked {
            return Scenarios.quarters(nodeAt(p)) << 16;
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

    /// @dev Address of the k-th kink; a struct as return value would be allocated anew at each call.
    function _kink(Broken memory broken, uint256 k) private pure returns (uint256 kink) {
        uint256[] memory words = broken.words;
        // Safe: callers pass k < to <= words.length; the low half of the word is the address of a kink that `append` was given.
        assembly ("memory-safe") {
            kink := and(mload(add(add(words, 32), shl(5, k))), 0xffffffff)
        }
    }

    function _placeOf(uint256 kink) private pure returns (int256 value) {
        assembly ("memory-safe") {
            value := mload(kink)
        }
    }

    function _positionOf(uint256 kink) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(kink, 32))
        }
    }

    function _narrowOf(uint256 kink) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(kink, 64))
        }
    }

    function _weightOf(uint256 kink) private pure returns (int256 value) {
        assembly ("memory-safe") {
            value := mload(add(kink, 96))
        }
    }

    function _humpOf(uint256 kink, uint256 shock) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(mload(add(kink, 128)), shl(5, shock)))
        }
    }
}
