// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {MarginDomain} from "../margin/MarginDomain.sol";

/// @title A price that k of n signers stand for, published by anyone who brings their signatures
/// @notice For tests and for assets without a push feed. EIP-712, domain "OnchainMargin SignedSource", version "1": chain and contract are in it. Times only go forward, and reports come at least `intervalSeconds` apart, so that of two signed prices nobody picks the better one at will.
/// Warning: signers are fixed; other signers are another source, which governance puts in this one's place.
contract SignedSource is IPriceSource, EIP712 {
    bytes32 internal constant REPORT_TYPEHASH = keccak256("PriceReport(uint64 priceE8,uint40 time)");
    uint256 internal constant SIGNERS_MAX = 16;

    uint256 public immutable threshold;
    uint256 public immutable maxAgeSeconds;
    uint256 public immutable intervalSeconds;
    uint256 public immutable minPriceE8;
    uint256 public immutable maxPriceE8;
    mapping(address signer => bool) public isSigner;
    uint64 private _priceE8;
    uint40 private _time;

    /// @notice A report was published.
    event PriceReported(uint64 priceE8, uint40 time);

    /// @notice Thrown when signers, threshold, ages or bounds make no sense.
    error SourceInvalid();

    /// @notice Thrown when a report's time is from the future, too old, or not `intervalSeconds` after the last.
    error ReportTimeWrong(uint40 time, uint40 last);

    /// @notice Thrown when a price is outside its bounds.
    error ReportOutOfBounds(uint64 priceE8);

    /// @notice Thrown when there are fewer signatures than the threshold.
    error SignaturesTooFew(uint256 count, uint256 threshold);

    /// @notice Thrown when a signature is nobody's, or its signer does not follow the one before.
    error SignerWrong(uint256 index, address signer);

    constructor(
        address[] memory signers,
        uint256 threshold_,
        uint256 maxAgeSeconds_,
        uint256 intervalSeconds_,
        uint256 minPriceE8_,
        uint256 maxPriceE8_
    ) EIP712("OnchainMargin SignedSource", "1") {
        bool sound =
            signers.length <= SIGNERS_MAX &&
                threshold_ != 0 &&
                threshold_ <= signers.length &&
                maxAgeSeconds_ != 0 &&
                intervalSeconds_ != 0 &&
                minPriceE8_ != 0 &&
                minPriceE8_ < maxPriceE8_ &&
                maxPriceE8_ <= MarginDomain.SPOT_MAX_E8;
        require(sound, SourceInvalid());
        for (uint256 i = 0; i < signers.length; ++i) {
            require(signers[i] != address(0) && !isSigner[signers[i]], SourceInvalid());
            isSigner[signers[i]] = true;
        }
        (threshold, maxAgeSeconds, intervalSeconds) = (threshold_, maxAgeSeconds_, intervalSeconds_);
        (minPriceE8, maxPriceE8) = (minPriceE8_, maxPriceE8_);
    }

    /// @notice Publishes a report: signatures of 65 bytes each, in the strictly ascending order of their signers.
    function publish(uint64 priceE8, uint40 time, bytes[] calldata signatures) external {
        bool timely =
            time <= block.timestamp && block.timestamp - time <= maxAgeSeconds && time >= _time + intervalSeconds;
        require(timely, ReportTimeWrong(time, _time));
        require(priceE8 >= minPriceE8 && priceE8 <= maxPriceE8, ReportOutOfBounds(priceE8));
        uint256 count = signatures.length;
        require(count >= threshold, SignaturesTooFew(count, threshold));
        bytes32 digest = reportDigest(priceE8, time);
        address previous = address(0);
        for (uint256 i = 0; i < count; ++i) {
            address signer = ECDSA.recover(digest, signatures[i]);
            require(signer > previous && isSigner[signer], SignerWrong(i, signer));
            previous = signer;
        }
        (_priceE8, _time) = (priceE8, time);
        emit PriceReported(priceE8, time);
    }

    /// @inheritdoc IPriceSource
    function read() external view returns (uint64 priceE8, uint40 time) {
        if (block.timestamp - _time > maxAgeSeconds) return (0, _time);
        return (_priceE8, _time);
    }

    /// @notice The EIP-712 digest that signers sign.
    function reportDigest(uint64 priceE8, uint40 time) public view returns (bytes32 digest) {
        return _hashTypedDataV4(keccak256(abi.encode(REPORT_TYPEHASH, priceE8, time)));
    }
}
