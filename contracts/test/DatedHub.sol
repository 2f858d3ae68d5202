// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {Checkpoints, ExpiryRecord, Surface, UnderlyingRecord} from "../margin/Checkpoints.sol";
import {Forwards} from "../margin/Forwards.sol";

/// @title A price hub with expiries at a test's command: everything else is answered by the hub behind it
/// @notice An expiry's forward is spot, or as far above it as the test says, at 60 % volatility unless the test moves it, until the test names its average or its settlement price; settled ones leave the records.
contract DatedHub {
    uint256 private constant WORD = 32;
    uint40 private constant DISCOUNT_NONE = 1e12;

    /// @notice Thrown when the hub behind refuses a call.
    error Refused();

    IPriceHub public immutable inner;
    IClearinghouse public clearinghouse;
    mapping(uint16 underlying => uint32[]) private _expiries;
    mapping(uint16 underlying => mapping(uint32 expiry => uint64)) private _fixedE8;
    mapping(uint64 checkpoint => bytes32) private _hashes;
    /// @dev What the present surfaces' variance has moved by since the delayed ones.
    int64 private _risenE12;
    /// @dev How far forwards lie above spot, of it.
    uint64 private _basisE8;
    uint40 private _ageSeconds;
    mapping(uint16 underlying => mapping(uint32 expiry => uint40)) private _olderSeconds;

    constructor(IPriceHub inner_) {
        inner = inner_;
    }

    /// @notice The clearinghouse knows this as its hub, and the hub behind knows this as its clearinghouse: what the one asks of the other goes through here.
    function stand(IClearinghouse clearinghouse_) external {
        clearinghouse = clearinghouse_;
    }

    /// @notice Lists an expiry; they must be listed in ascending order.
    function list(uint16 underlying, uint32 expiry) external {
        _expiries[underlying].push(expiry);
    }

    /// @notice Fixes a settlement price.
    function fix(uint16 underlying, uint32 expiry, uint64 priceE8) external {
        _fixedE8[underlying][expiry] = priceE8;
    }

    /// @notice `IPriceHub.settlementPriceE8`: what the test fixed, or what the hub behind knows of a market that was wound down.
    function settlementPriceE8(uint16 underlying, uint32 expiry) external view returns (uint64 priceE8) {
        priceE8 = _fixedE8[underlying][expiry];
        if (priceE8 == 0) priceE8 = inner.settlementPriceE8(underlying, expiry);
    }

    /// @notice Moves the annualised variance of all present surfaces; the delayed ones stay.
    function move(int64 risenE12) external {
        _risenE12 = risenE12;
    }

    /// @notice Puts all forwards above spot by a part of it.
    function lift(uint64 basisE8) external {
        _basisE8 = basisE8;
    }

    /// @notice Has all surfaces published so long ago.
    function age(uint40 ageSeconds) external {
        _ageSeconds = ageSeconds;
    }

    /// @notice Has the surface of one expiry published so much before all others.
    function age(uint16 underlying, uint32 expiry, uint40 olderSeconds) external {
        _olderSeconds[underlying][expiry] = olderSeconds;
    }

    /// @notice `IPriceHub.surfaces`: whose forwards are this hub's.
    function surfaces() external view returns (DatedHub) {
        return this;
    }

    /// @notice `IVolSurfaces.liveForwardE8`.
    function liveForwardE8(uint16, uint32, uint256 spotE8) public view returns (uint256 forwardE8) {
        return spotE8 + (spotE8 * _basisE8) / 1e8;
    }

    /// @notice `IPriceHub.checkpoint`: what it keeps is what was live, with the expiries.
    function checkpoint() external returns (uint64 id) {
        id = inner.checkpoint();
        (bytes memory preimage, ) = this.live();
        _hashes[id] = keccak256(preimage);
    }

    /// @notice `IPriceHub.inputsHash`.
    function inputsHash(uint64 id) external view returns (bytes32 hash) {
        (hash, ) = checkpointOf(id);
    }

    /// @notice `IPriceHub.checkpointOf`: of a checkpoint that an operation took, without the expiries.
    function checkpointOf(uint64 id) public view returns (bytes32 hash, uint40 time) {
        (hash, time) = inner.checkpointOf(id);
        if (_hashes[id] != 0) hash = _hashes[id];
    }

    /// @notice `IPriceHub.live` with the expiries.
    function live() external view returns (bytes memory checkpointBytes, bytes memory records) {
        (bytes memory header, bytes memory plain) = inner.live();
        return this.dated(header, plain);
    }

    /// @notice `IPriceHub.liveFor` with the expiries, of everything.
    function liveFor(uint256, uint256) external returns (bytes memory checkpointBytes, bytes memory records) {
        inner.refresh();
        inner.accrue();
        return this.live();
    }

    /// @notice The same on calldata, which the readers of records want.
    function dated(
        bytes calldata header,
        bytes calldata plain
    ) external view returns (bytes memory checkpointBytes, bytes memory records) {
        uint256 fixedWords = Checkpoints.HEADER_WORDS + uint8(Checkpoints.word(header, 0) >> 136);
        checkpointBytes = header[:WORD * fixedWords];
        uint256 length = 0;
        for (uint256 from = 0; from < plain.length; from += length) {
            bytes calldata rest = plain[from:];
            length = WORD * (Checkpoints.UNDERLYING_WORDS + Checkpoints.EXPIRY_WORDS * Checkpoints.expiriesOf(rest));
            UnderlyingRecord memory record = Checkpoints.decodeUnderlying(rest[:length]);
            record.expiries = _open(record);
            bytes memory encoded = Checkpoints.encodeUnderlying(record);
            records = bytes.concat(records, encoded);
            checkpointBytes = bytes.concat(checkpointBytes, keccak256(encoded));
        }
    }

    /// @notice `IPriceHub.optionInterestMaxE8`: expiries that nobody publishes are capped by nothing.
    function optionInterestMaxE8(uint16) external pure returns (uint64) {
        return type(uint64).max;
    }

    function _open(UnderlyingRecord memory record) private view returns (ExpiryRecord[] memory open) {
        uint32[] storage all = _expiries[record.underlying];
        uint256 count = 0;
        for (uint256 i = 0; i < all.length; ++i) if (_fixedE8[record.underlying][all[i]] == 0) ++count;
        open = new ExpiryRecord[](count);
        count = 0;
        for (uint256 i = 0; i < all.length; ++i) {
            if (_fixedE8[record.underlying][all[i]] != 0) continue;
            uint64 forwardE8 = uint64(liveForwardE8(record.underlying, all[i], record.spotE8));
            Surface memory delayed = Surface(forwardE8, forwardE8, 36e10, 0, 0, 0, 1e7);
            Surface memory flat = Surface(forwardE8, forwardE8, 36e10 + _risenE12, 0, 0, 0, 1e7);
            uint16 following = _following(all[i]);
            uint40 published = uint40(block.timestamp) - _ageSeconds - _olderSeconds[record.underlying][all[i]];
            open[count++] = ExpiryRecord(all[i], published, DISCOUNT_NONE, following, flat, delayed);
        }
    }

    /// @dev As if every second of the settlement window were observed.
    function _following(uint256 expiry) private view returns (uint16) {
        if (expiry >= block.timestamp + Forwards.WINDOW_SECONDS) return uint16(Forwards.WINDOW_SECONDS);
        return expiry > block.timestamp ? uint16(expiry - block.timestamp) : 0;
    }

    function _other() private view returns (address) {
        return msg.sender == address(inner) ? address(clearinghouse) : address(inner);
    }

    // Everything else is the hub's, or of what the hub asks the clearinghouse's.
    // solhint-disable-next-line no-complex-fallback
    fallback() external {
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory answer) = _other().call(msg.data);
        require(done, Refused());
        // Safe: ends the call with the answer as it is.
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }
}
