// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Fill, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {Lot, LotPreimage} from "../interfaces/ILiquidationHouse.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {VM} from "./IVm.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

/// @title Random traders, prices, keepers: every call leaves the handler in good order, whatever it did to the accounts
/// @notice Calls that the protocol may refuse are tried and counted; deposits, starts with a witness of an account below its margin, and the end of a lot of which everything is sold may not be refused.
contract ProtocolHandler is ProtocolFixture {
    uint64 internal constant TRADERS = 5;
    uint64 internal constant KEEPER = 6;

    mapping(uint64 lot => LotPreimage) private _preimages;
    uint256 public trades;
    uint256 public lots;
    uint256 public bids;
    uint256 public deleverages;
    uint256 public serves;

    constructor() {
        deploy();
        for (uint64 i = 0; i < TRADERS; ++i) openWith(100_000);
        openWith(50_000_000);
    }

    function doDeposit(uint64 who, uint16 token, uint64 amountRaw) external {
        uint64 account = _account(who);
        // At most about a thousand dollars, so that nobody becomes too rich to fail.
        uint64[3] memory largest = [uint64(1e9), 3e17, 1e6];
        deposit(account, token % 3, uint128(amountRaw % largest[token % 3]) + 1);
    }

    function doTrade(uint64 buyer, uint64 seller, bool btc, uint64 size, uint256 priceShift) external {
        buyer = _trader(buyer);
        seller = _trader(seller);
        if (buyer == seller) return;
        uint256 mark = _mark(btc);
        uint256 price = (mark * (9_600 + (priceShift % 801))) / 10_000;
        int256 sizeE8 = int256(uint256(size % (btc ? 3e8 : 90e8))) + 1;
        bool buyerReduces = (priceShift >> 16) % 5 == 0;
        bool sellerReduces = (priceShift >> 24) % 5 == 0;
        SignedOrder[] memory orders = new SignedOrder[](2);
        uint96 instrument = btc ? btcPerpetual : ethPerpetual;
        orders[0] = signed(order(seller, instrument, -sizeE8, price));
        orders[1] = signed(order(buyer, instrument, sizeE8, price));
        AccountInput[] memory accounts = pair(
            buyer,
            seller,
            buyerReduces ? reducing() : computed(),
            sellerReduces ? reducing() : computed()
        );
        Fill[] memory fills = new Fill[](1);
        fills[0] = Fill(0, 1, uint64(uint256(sizeE8)));
        VM.recordLogs();
        try clearinghouse.settle(accounts, orders, fills) {
            ++trades;
            readStates();
        } catch {
            _forget();
        }
    }

    function doWithdraw(uint64 who, uint16 token, uint64 amountRaw) external {
        uint64 account = _account(who);
        AccountInput memory brought = input(account, computed());
        VM.recordLogs();
        VM.prank(ownerOf(account));
        try clearinghouse.withdraw(brought, token % 3, uint128(amountRaw % 1e11) + 1, ownerOf(account)) {
            readStates();
        } catch {
            _forget();
        }
    }

    function doPrice(bool btc, uint256 shift) external {
        uint256 mark = _mark(btc);
        uint256 next = (mark * (9_000 + (shift % 2_001))) / 10_000;
        uint256 start = btc ? BTC_PRICE : ETH_PRICE;
        if (next < start / 10 || next > start * 5) next = start;
        if (btc) setBtc(next);
        else setEth(next);
    }

    function doPass(uint32 secondsPassed) external {
        pass(1 + (secondsPassed % 2 hours));
        (, uint40 last) = hub.latest();
        if (block.timestamp >= last + 60) hub.checkpoint();
    }

    function doFund(uint32 amountRaw) external {
        uint128 amount = uint128(amountRaw) + 1;
        usdc.mint(address(this), amount);
        usdc.approve(address(vault), amount);
        insurance.fund(amount);
    }

    function doStart(uint64 who) external {
        uint64 account = _trader(who);
        if (house.openLotOf(account) != 0) return;
        // A start serves open needs first; then what is stored is what it judges.
        _serve(account);
        bytes memory state = stateOf(account);
        VM.recordLogs();
        try house.start(account, state, hex"00") returns (uint64 lot) {
            readStates();
            ++lots;
            _preimages[lot] = LotPreimage(account, stateOf(account), vault.balancesOf(account));
            Figures memory figures = healthOf(account);
            require(figures.equityE8 < int256(figures.maintenanceE8), Broken("INV05 a healthy account in a lot"));
        } catch {
            _forget();
            Figures memory figures = healthOf(account);
            require(figures.equityE8 >= int256(figures.maintenanceE8), Broken("INV06 start refused a true witness"));
        }
    }

    function doBid(uint64 which, uint64 fraction) external {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        AccountInput memory brought = input(KEEPER, computed());
        VM.recordLogs();
        VM.prank(ownerOf(KEEPER));
        try house.bid(lot, _preimages[lot], 5_000_000 + (fraction % 95_000_001), 1e16, brought) {
            ++bids;
            readStates();
        } catch {
            _forget();
        }
    }

    function doDeleverage(uint64 which) external {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        LotPreimage memory preimage = _preimages[lot];
        VM.recordLogs();
        try house.deleverage(lot, preimage) {
            ++deleverages;
            readStates();
            _preimages[lot] = LotPreimage(
                preimage.account,
                stateOf(preimage.account),
                vault.balancesOf(preimage.account)
            );
        } catch {
            _forget();
        }
    }

    function doServe(uint64 who) external {
        _serve(_account(who));
    }

    function _serve(uint64 account) private {
        if (house.openLotOf(account) != 0) return;
        bytes memory state = stateOf(account);
        VM.recordLogs();
        try clearinghouse.serveNeed(account, state) {
            ++serves;
            readStates();
        } catch {
            _forget();
        }
    }

    function doFinish(uint64 which) external {
        uint64 lot = _openLot(which);
        if (lot == 0) return;
        Lot memory stored = house.lotOf(lot);
        VM.recordLogs();
        try house.finish(lot, _preimages[lot]) {
            readStates();
        } catch {
            _forget();
            require(stored.soldE8 != 1e8, Broken("INV07 a sold lot did not end"));
        }
    }

    // What invariants ask

    /// @dev As the referee sees the account, its interest included.
    function healthOf(uint64 account) public view returns (Figures memory) {
        (bytes memory checkpoint, bytes memory records) = hub.live();
        AccountState memory state = unpacked(account);
        (uint64 debt, uint64 credit) = hub.indices();
        if (state.cashE8 != 0) {
            int256 grown = state.cashE8 * int256(uint256(state.cashE8 < 0 ? debt : credit));
            int256 from = int256(uint256(state.interestIndexE12));
            int256 cash = grown / from;
            state.cashE8 = grown < 0 && cash * from != grown ? cash - 1 : cash;
        }
        return
            referee.health(
                AccountStates.encode(state),
                vault.balancesOf(account),
                checkpoint,
                records,
                SurfaceChoice.Better
            );
    }

    /// @dev P5 with open lots: of an account in a lot the unsold part counts.
    function requireAllConserved() public view {
        uint64 n = clearinghouse.accountCount();
        int256 sum = 0;
        int256 btc = 0;
        int256 eth = 0;
        for (uint64 a = 1; a <= n; ++a) {
            require(keccak256(stateOf(a)) == clearinghouse.accountHash(a), Broken("INV03 hash of the last event"));
            AccountState memory state = unpacked(a);
            uint64 lot = house.openLotOf(a);
            uint256 sold = lot == 0 ? 0 : house.lotOf(lot).soldE8;
            sum += _left(state.cashE8, sold);
            for (uint256 i = 0; i < state.positions.length; ++i) {
                sum -= _left(state.positions[i].costE8, sold);
                int256 size = _left(state.positions[i].sizeE8, sold);
                if (state.positions[i].instrument == btcPerpetual) btc += size;
                else eth += size;
            }
        }
        btc += clearinghouse.needOf(btcPerpetual).sizeE8;
        eth += clearinghouse.needOf(ethPerpetual).sizeE8;
        require(btc == 0 && eth == 0, Broken("INV02 sizes sum to zero"));
        requireLedger(sum);
    }

    function _left(int256 x, uint256 soldE8) private pure returns (int256) {
        return x - (x * int256(soldE8)) / ONE;
    }

    /// @dev The recorder keeps the events of a call that was undone, too.
    function _forget() private {
        VM.getRecordedLogs();
    }

    function _openLot(uint64 which) private view returns (uint64) {
        for (uint64 i = 0; i < TRADERS; ++i) {
            uint64 lot = house.openLotOf(1 + (((which % TRADERS) + i) % TRADERS));
            if (lot != 0) return lot;
        }
        return 0;
    }

    function _mark(bool btc) private view returns (uint256) {
        (, int256 answer, , , ) = (btc ? btcFeed : ethFeed).latestRoundData();
        return uint256(answer);
    }

    function _trader(uint64 who) private pure returns (uint64) {
        return 1 + (who % TRADERS);
    }

    function _account(uint64 who) private pure returns (uint64) {
        return 1 + (who % KEEPER);
    }
}
