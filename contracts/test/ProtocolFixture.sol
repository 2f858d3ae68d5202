// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MockToken} from "../dev/MockToken.sol";
import {AccountInput, CashLedger, Fill, Order, Proof, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {VM, IVm} from "./IVm.sol";
import {ProtocolDeployment} from "./ProtocolDeployment.sol";

/// @title A whole deployment, and helpers that speak of traders
/// @notice Accounts' states are kept as the last event would tell them, so that operations can bring them.
abstract contract ProtocolFixture is ProtocolDeployment {
    /// @notice Thrown when an identity of P5, named, does not hold.
    error Broken(string what);

    /// @dev Keys of the owners by account.
    mapping(uint64 account => uint256 key) internal keys;
    uint64 internal nextNonce;

    // Accounts

    /// @dev A new account of a new owner.
    function open() internal returns (uint64 account) {
        uint256 key = uint256(keccak256(abi.encode("owner", clearinghouse.accountCount())));
        return openFor(key);
    }

    function openFor(uint256 key) internal returns (uint64 account) {
        account = clearinghouse.openAccount(VM.addr(key));
        keys[account] = key;
    }

    /// @dev A new account of a new owner with settlement token, in whole dollars.
    function openWith(uint256 dollars) internal returns (uint64 account) {
        account = open();
        deposit(account, USDC_TOKEN, uint128(dollars * 1e6));
    }

    function ownerOf(uint64 account) internal view returns (address) {
        return VM.addr(keys[account]);
    }

    function deposit(uint64 account, uint16 token, uint128 amountRaw) internal {
        (address erc20, ) = vault.tokenAt(token);
        MockToken(erc20).mint(address(this), amountRaw);
        MockToken(erc20).approve(address(vault), amountRaw);
        vault.deposit(account, clearinghouse.ownerOf(account), token, amountRaw);
    }

    /// @dev By the owner: idle tokens that count.
    function engage(uint64 account, uint16 token) internal returns (uint128 amountRaw) {
        VM.prank(ownerOf(account));
        return vault.engage(account, token);
    }

    // States, kept from the transitions themselves

    mapping(uint64 account => bytes) internal states;

    /// @dev The account's state, as the last event told it.
    function stateOf(uint64 account) internal view returns (bytes memory state) {
        state = states[account];
        if (state.length == 0) state = AccountStates.empty();
    }

    function decode(bytes calldata state) external pure returns (AccountState memory) {
        return AccountStates.decode(state);
    }

    function unpacked(uint64 account) internal view returns (AccountState memory) {
        return this.decode(stateOf(account));
    }

    /// @dev Reads the new states out of the events of what was just done.
    function readStates() internal {
        IVm.Log[] memory logs = VM.getRecordedLogs();
        bytes32 topic = keccak256("AccountUpdated(uint64,bytes32,bytes)");
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != topic) continue;
            (, bytes memory state) = abi.decode(logs[i].data, (bytes32, bytes));
            states[uint64(uint256(logs[i].topics[1]))] = state;
        }
    }

    // Operations

    function computed() internal pure returns (Proof memory) {
        return Proof(ProofKind.Computed, "");
    }

    function reducing() internal pure returns (Proof memory) {
        return Proof(ProofKind.Reducing, "");
    }

    function input(uint64 account, Proof memory proof) internal view returns (AccountInput memory) {
        return AccountInput(account, stateOf(account), proof);
    }

    function order(uint64 account, uint96 instrument, int256 sizeE8, uint256 priceE8) internal returns (Order memory) {
        return
            Order({
                account: account,
                instrument: instrument,
                sizeE8: int64(sizeE8),
                limitPriceE8: uint64(priceE8),
                nonce: nextNonce++,
                expiry: uint40(block.timestamp + 600),
                maxFeeRateE8: 1_000_000,
                flags: 0
            });
    }

    function signed(Order memory o) internal view returns (SignedOrder memory) {
        uint256 key = keys[o.account];
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, clearinghouse.orderDigest(o));
        return SignedOrder(o, VM.addr(key), abi.encodePacked(r, s, v));
    }

    /// @dev Buyer is the taker, seller the maker, all computed.
    function trade(uint64 buyer, uint64 seller, uint96 instrument, int256 sizeE8, uint256 priceE8) internal {
        tradeWith(buyer, seller, instrument, sizeE8, priceE8, computed(), computed());
    }

    function tradeWith(
        uint64 buyer,
        uint64 seller,
        uint96 instrument,
        int256 sizeE8,
        uint256 priceE8,
        Proof memory buyerProof,
        Proof memory sellerProof
    ) internal {
        SignedOrder[] memory orders = new SignedOrder[](2);
        orders[0] = signed(order(seller, instrument, -sizeE8, priceE8));
        orders[1] = signed(order(buyer, instrument, sizeE8, priceE8));
        settle(pair(buyer, seller, buyerProof, sellerProof), orders, uint64(uint256(sizeE8)));
    }

    /// @dev Both accounts in ascending order.
    function pair(
        uint64 buyer,
        uint64 seller,
        Proof memory buyerProof,
        Proof memory sellerProof
    ) internal view returns (AccountInput[] memory accounts) {
        accounts = new AccountInput[](2);
        accounts[buyer < seller ? 0 : 1] = input(buyer, buyerProof);
        accounts[buyer < seller ? 1 : 0] = input(seller, sellerProof);
    }

    /// @dev Order 0 makes, order 1 takes.
    function settle(AccountInput[] memory accounts, SignedOrder[] memory orders, uint64 sizeE8) internal {
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, sizeE8);
        VM.recordLogs();
        clearinghouse.settle(accounts, orders, fills);
        readStates();
    }

    function withdraw(uint64 account, uint16 token, uint128 amountRaw) internal {
        AccountInput memory brought = input(account, computed());
        VM.recordLogs();
        VM.prank(ownerOf(account));
        clearinghouse.withdraw(brought, token, amountRaw, ownerOf(account));
        readStates();
    }

    // Prices and time

    /// @dev The optimiser takes `block.timestamp` for one value throughout a test; a call from outside is always asked anew.
    function clock() external view returns (uint256) {
        return block.timestamp;
    }

    /// @dev Prices are read once a block: a new one shows in the next.
    function nextBlock() internal {
        VM.roll(block.number + 1);
    }

    function setBtc(uint256 priceE8) internal {
        nextBlock();
        btcFeed.setAnswer(int256(priceE8));
    }

    /// @dev A price, and an update that sees it.
    function observeAt(uint256 priceE8) internal {
        setBtc(priceE8);
        spots.update(BTC);
    }

    /// @dev Time that is looked at each minute.
    function observeUntil(uint256 time) internal {
        while (this.clock() < time) {
            uint256 left = time - this.clock();
            pass(left < 60 ? left : 60);
            spots.update(BTC);
        }
    }

    /// @dev A price that is far from the average takes half hours until the market believes it and is normal.
    function walkBtc(uint256 priceE8) internal {
        setBtc(priceE8);
        _walk(BTC, priceE8);
    }

    function walkEth(uint256 priceE8) internal {
        setEth(priceE8);
        _walk(ETH, priceE8);
    }

    function _walk(uint16 underlying, uint256 priceE8) private {
        spots.update(underlying);
        while (spots.spotOf(underlying).spotE8 != priceE8 || spots.spotOf(underlying).state != 0) {
            pass(1800);
            spots.update(underlying);
        }
    }

    function setEth(uint256 priceE8) internal {
        nextBlock();
        ethFeed.setAnswer(int256(priceE8));
    }

    /// @dev Time passes and the feeds stay fresh.
    function pass(uint256 secondsPassed) internal {
        VM.warp(this.clock() + secondsPassed);
        nextBlock();
        (, int256 btc, , , ) = btcFeed.latestRoundData();
        (, int256 eth, , , ) = ethFeed.latestRoundData();
        btcFeed.setAnswer(btc);
        ethFeed.setAnswer(eth);
    }

    /// @dev Time passes; bitcoin's source stays dead, and ether's fresh.
    function starveBtc(uint256 secondsPassed) internal {
        VM.warp(this.clock() + secondsPassed);
        nextBlock();
        (, int256 eth, , , ) = ethFeed.latestRoundData();
        ethFeed.setAnswer(eth);
        btcFeed.setRound(1_000, -1, block.timestamp);
        spots.update(BTC);
    }

    // Identities

    /// @dev P5 for the accounts 1 to n, when none is in a lot: the cash ledger adds up, tokens are there, sizes sum to zero.
    function requireConserved() internal view {
        uint64 n = clearinghouse.accountCount();
        int256 sum = 0;
        uint96[] memory instruments = new uint96[](256);
        int256[] memory sizes = new int256[](256);
        for (uint64 a = 1; a <= n; ++a) {
            AccountState memory state = unpacked(a);
            require(keccak256(stateOf(a)) == clearinghouse.accountHash(a), Broken("INV03 hash of the last event"));
            sum += state.cashE8;
            for (uint256 i = 0; i < state.positions.length; ++i) {
                sum -= state.positions[i].costE8;
                uint96 instrument = state.positions[i].instrument;
                // Of an expiry that is settled one side may be gone.
                if (_isSettling(instrument)) continue;
                uint256 place = 0;
                while (instruments[place] != 0 && instruments[place] != instrument) ++place;
                instruments[place] = instrument;
                sizes[place] += state.positions[i].sizeE8;
            }
        }
        for (uint256 i = 0; instruments[i] != 0; ++i) {
            int256 taken = clearinghouse.needOf(instruments[i]).sizeE8;
            require(sizes[i] + taken == 0, Broken("INV02 sizes sum to zero"));
        }
        requireLedger(sum);
    }

    function _isSettling(uint96 instrument) internal view returns (bool) {
        uint256 expiry = Instruments.expiryOf(instrument);
        return expiry != 0 && expiry <= block.timestamp;
    }

    function requireLedger(int256 sum) internal view {
        CashLedger memory book = clearinghouse.ledger();
        int256 all =
            sum + int256(uint256(book.feesE8)) + int256(uint256(book.insuranceE8)) + int256(uint256(book.proceedsE8));
        all += int256(book.interestE8) + int256(book.roundingE8) + int256(book.oneSidedE8);
        all += int256(clearinghouse.heldE8());
        all -= int256(uint256(book.deficitE8));
        require(all == book.sweptE8, Broken("INV01 cash ledger"));
        require(book.roundingE8 >= 0, Broken("INV01 rounding"));
        require(uint256(vault.pooledRaw()) * 100 == uint256(int256(book.sweptE8)), Broken("INV01 pool"));
        for (uint16 token = 0; token < 3; ++token) {
            (uint256 held, uint256 owed) = vault.conservation(token);
            require(held >= owed, Broken("INV01 tokens"));
        }
    }
}
