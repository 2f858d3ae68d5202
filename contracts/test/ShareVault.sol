// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The part of an ERC-4626 vault that a rate is read from; a test donates to it
contract ShareVault {
    /// @notice Thrown when whom it pays fails.
    error CallFailed();

    address public immutable asset;
    uint256 public assets = 1_000e6;
    uint256 public shares = 1_000e18;
    bool public broken;

    constructor(address asset_) {
        asset = asset_;
    }

    function decimals() external pure returns (uint8) {
        return 18;
    }

    function setAssets(uint256 assets_) external {
        assets = assets_;
    }

    /// @dev In the middle of a payment: the books tell of other assets while somebody is called.
    function payThrough(uint256 assetsMeanwhile, address called, bytes calldata data) external {
        uint256 assetsBefore = assets;
        assets = assetsMeanwhile;
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, ) = called.call(data);
        require(done, CallFailed());
        assets = assetsBefore;
    }

    function setBroken(bool broken_) external {
        broken = broken_;
    }

    function convertToAssets(uint256 amount) external view returns (uint256) {
        while (broken) {}
        return (amount * assets) / shares;
    }
}
