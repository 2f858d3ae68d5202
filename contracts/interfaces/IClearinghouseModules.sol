// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountInput, Slice} from "./ClearingTypes.sol";
import {IReferee} from "./IReferee.sol";

/// @notice An account that has just entered a lot.
struct LotEntry {
    /// @notice What the lot is made of: the touched state less the reward, and the tokens.
    bytes state;
    bytes balances;
    /// @notice As the witness showed them, before the reward.
    int256 equityE8;
    uint256 maintenanceE8;
    uint256 rewardE8;
}

/// @title What the liquidation house and the insurance fund may do with accounts and the cash ledger
/// @notice Warning: callers are fixed once; each function trusts its caller to have computed what it books.
interface IClearinghouseModules {
    /// @notice Touches the account, has the witness show its health, takes the keeper's reward out of its cash and holds it for the keeper (CLR-044), and marks it as in a lot. Its commitment stays that state's until the lot ends. LiquidationHouse only.
    /// Warning: whether the account may be liquidated is the caller's to judge by what was shown.
    /// @param keeper Who is rewarded; zero for nobody.
    /// @param referee Who judges by the witness, at live prices.
    function enterLot(
        uint64 account,
        bytes calldata state,
        address keeper,
        IReferee referee,
        bytes calldata witness
    ) external returns (LotEntry memory entry);

    /// @notice Books a slice of a lot and what is paid for it into the bidder's account, which shows initial margin and floor. LiquidationHouse only.
    /// @param caller Who bids; must own the bidder's account.
    /// @param baseBefore Cash of the unsold part before the slice, at the lot's index; its fall to `baseAfter` is the bidder's cash slice, with interest since.
    /// @param baseAfter Cash of the unsold part after the slice.
    /// @param payE8 Paid by the bidder into the proceeds; negative when insurance pays the bidder.
    /// @param deficitE8 The part of a negative `payE8` that insurance does not cover and that becomes deficit.
    /// @param checkpoint,records What `PriceHub.liveFor` returned in this call, for lot and bidder: what the price of the slice was taken from.
    function receiveSlice(
        AccountInput calldata bidder,
        address caller,
        uint64 lotAccount,
        uint64 lotIndexE12,
        int256 baseBefore,
        int256 baseAfter,
        Slice calldata slice,
        int256 payE8,
        uint256 deficitE8,
        bytes calldata checkpoint,
        bytes calldata records
    ) external;

    /// @notice Takes the legs that a lot has left over, at these prices, into needs; the account stays in its lot, without positions. LiquidationHouse only.
    /// @param rest The unsold part, at the lot's index.
    /// @param insuredE8 What insurance pays into the account's cash.
    /// @param pricesE8 Bankruptcy price of each instrument, of a perpetual less its cumulative funding.
    function takeOver(
        uint64 account,
        bytes calldata rest,
        uint256 proceedsE8,
        uint256 insuredE8,
        uint96[] calldata instruments,
        int256[] calldata pricesE8
    ) external returns (bytes memory state);

    /// @notice Ends a lot: the account is what is left of it, with the proceeds in its cash, and free again. LiquidationHouse only.
    /// @param rest The unsold part, at the lot's index.
    function leaveLot(uint64 account, bytes calldata rest, uint256 proceedsE8) external returns (bytes memory state);

    /// @notice Books settlement token that was paid into the pool for insurance. InsuranceFund only.
    /// @param isStake Whether it can leave again, so that it makes up for no loss (ORC-003).
    function bookInsurance(uint128 amountRaw, bool isStake) external;

    /// @notice Books what of the debts' growth is insurance's, while nobody works on the books. PriceHub only.
    function bookInterest(uint256 insuranceE8) external;

    /// @notice Pays settlement token of the insurance out of the pool. InsuranceFund only.
    function payInsurance(address to, uint128 amountRaw) external;
}
