// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A contract for the tests of the Ethereum client only: it echoes every kind of value, emits events and reverts in every way.
contract EchoLab {
    struct Order {
        address trader;
        uint64 sizeE8;
        int64 priceE8;
        uint96 instrument;
        bool isBuy;
        bytes32 salt;
    }

    struct Bundle {
        string name;
        Order[] orders;
        bytes[] blobs;
        int24[3] ticks;
        uint256[2][] pairs;
    }

    event Counted(address indexed caller, uint256 indexed number, string note, int64 delta);
    event Bundled(bytes32 indexed key, string indexed label, Bundle bundle);
    event Quiet(uint256 value) anonymous;

    error TooSmall(uint256 given, int256 needed, string why);
    error Refused();

    uint256 public count;
    address public immutable owner;

    constructor(address owner_, uint256 start, string memory) payable {
        owner = owner_;
        count = start;
    }

    function add(uint256 by, string calldata note) external payable returns (uint256) {
        count += by;
        emit Counted(msg.sender, count, note, -int64(uint64(by)));
        return count;
    }

    function echo(Bundle calldata bundle) external pure returns (Bundle memory, bytes32) {
        return (bundle, keccak256(abi.encode(bundle)));
    }

    function echoValues(uint8 a, int16 b, uint40 c, int128 d, uint256 e, int256 f, bytes4 g, bool[2] calldata h)
        external
        pure
        returns (uint8, int16, uint40, int128, uint256, int256, bytes4, bool[2] memory)
    {
        return (a, b, c, d, e, f, g, h);
    }

    function place(Order[] calldata orders) external pure returns (uint256 length, bytes32 digest) {
        return (orders.length, keccak256(abi.encode(orders)));
    }

    function publish(bytes32 key, string calldata label, Bundle calldata bundle) external {
        emit Bundled(key, label, bundle);
        emit Quiet(7);
    }

    function over(uint256 value) external pure returns (uint256) {
        return value;
    }

    function over(address value) external pure returns (address) {
        return value;
    }

    function failCustom(uint256 given) external pure {
        revert TooSmall(given, -5, "not enough");
    }

    function failBare() external pure {
        revert();
    }

    function failRefused() external pure {
        revert Refused();
    }

    function failText(uint256 value) external pure {
        require(value > 10, "value must exceed ten");
    }

    function failPanic(uint256 value) external pure returns (uint256) {
        return 100 / value;
    }
}
