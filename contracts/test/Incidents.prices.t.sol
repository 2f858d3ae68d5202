// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OddToken} from "../dev/OddToken.sol";
import {AccountInput} from "../interfaces/ClearingTypes.sol";
import {TokenParameters, UnderlyingParameters} from "../interfaces/IRiskParameters.sol";
import {Figures, SurfaceChoice} from "../interfaces/IReferee.sol";
import {build} from "./Artifacts.sol";
import {VM} from "./IVm.sol";
import {LotFixture} from "./LotFixture.sol";
import {SettableSource} from "./SettableSource.sol";
import {ShareVault} from "./ShareVault.sol";
import {RateFlaw, VaultFlaw} from "./mutants/Flaws.sol";

/// @notice What happened to others by collateral: its price, its callbacks, its listing. Each attack fails here, and succeeds on the naive variant that is named.
contract IncidentsPricesTest is LotFixture {
    /// @dev A rate may grow by a fifth a year.
    uint256 private constant GROWTH_E8 = 2e7;
    string private constant VAULT = "contracts/vault/MarginVault.sol:MarginVault";
    string private constant PARAMETERS = "contracts/risk/RiskParameters.sol:RiskParameters";
    uint16 private constant SHARE_TOKEN = 3;
    uint64 private attacker;
    OddToken private odd;
    bool private sawStale;
    bool private called;
    bool private borrowed;

    /// @dev A fourth token, a thousand of which the attacker holds, and lenders whose cash is in the pool.
    function _scene() private {
        deploy();
        odd = OddToken(build("contracts/dev/OddToken.sol:OddToken", ""));
        vault.listToken(address(odd), vault.tokenCount());
        vault.setCap(SHARE_TOKEN, type(uint64).max, 0);
        parameters.setToken(SHARE_TOKEN, TokenParameters(0, 0, 15_000_000, 16_000_000, 0));
        attacker = open();
        odd.mint(address(this), 1_000e18);
        odd.approve(address(vault), 1_000e18);
        vault.deposit(attacker, ownerOf(attacker), SHARE_TOKEN, 1_000e18);
        trade(openWith(1_000_000), openWith(1_000_000), ethPerpetual, 1e8, ETH_PRICE);
    }

    // Read-only re-entrancy: a share's price is read while its vault is in the middle of a call, or after a donation

    function test_readOnlyReentrancy_sharesCountAtThePriceOfTheMoment() public {
        ShareVault shares = _shares();
        require(!_borrowsAtTwice(shares, _guarded(shares)), Broken("a donation is borrowed against"));
    }

    function test_readOnlyReentrancy_sharesCountAtThePriceOfTheMoment_onTheMutant() public {
        ShareVault shares = _shares();
        address naive = _naive(shares, RateFlaw.LiveShares);
        require(_borrowsAtTwice(shares, naive), Broken("the attack works on the naive variant"));
    }

    function _shares() private returns (ShareVault) {
        _scene();
        return new ShareVault(address(usdc));
    }

    function _guarded(ShareVault shares) private returns (address) {
        return build("contracts/oracle/RedemptionRateSource.sol:RedemptionRateSource", abi.encode(shares, GROWTH_E8));
    }

    function _naive(ShareVault shares, RateFlaw flaw) private returns (address) {
        bytes memory arguments = abi.encode(shares, GROWTH_E8, flaw);
        return build("contracts/test/mutants/NaiveRateSource.sol:NaiveRateSource", arguments);
    }

    /// @dev A thousand shares of a dollar; at twice the price 1 200 can be borrowed.
    function _borrowsAtTwice(ShareVault shares, address source_) private returns (bool) {
        hub.setTokenSource(SHARE_TOKEN, source_);
        pass(60);
        hub.checkpoint();
        require(tryWithdraw(attacker, USDC_TOKEN, 100e6), Broken("a loan that is covered"));
        shares.setAssets(2_000e6);
        pass(60);
        return tryWithdraw(attacker, USDC_TOKEN, 1_100e6);
    }

    // The same from inside: a loan out of a call that the share's vault makes while its books are wrong for a moment

    function test_readOnlyReentrancy_aLoanInTheMiddleOfTheVaultsOwnCall() public {
        ShareVault shares = _shares();
        require(!_borrowsMeanwhile(shares, _guarded(shares)), Broken("what is there for a moment is borrowed against"));
    }

    function test_readOnlyReentrancy_aLoanInTheMiddleOfTheVaultsOwnCall_onTheMutant() public {
        ShareVault shares = _shares();
        require(
            _borrowsMeanwhile(shares, _naive(shares, RateFlaw.LiveShares)),
            Broken("the attack works on the naive variant")
        );
    }

    function _borrowsMeanwhile(ShareVault shares, address source_) private returns (bool) {
        hub.setTokenSource(SHARE_TOKEN, source_);
        pass(60);
        hub.checkpoint();
        require(tryWithdraw(attacker, USDC_TOKEN, 100e6), Broken("a loan that is covered"));
        pass(60);
        shares.payThrough(2_000e6, address(this), abi.encodeCall(this.onSharesPaid, ()));
        require(called && shares.assets() == 1_000e6, Broken("the callback did come, and all is as it was"));
        return borrowed;
    }

    /// @notice In the middle of a payment of the share's vault: a share seems to be worth two dollars.
    function onSharesPaid() external {
        called = true;
        borrowed = tryWithdraw(attacker, USDC_TOKEN, 1_100e6);
    }

    // GMX v1, July 2025: the receiver of a payment is called before the books are final

    function test_gmx_theReceiverIsCalledBeforeTheBooksAreFinal() public {
        _scene();
        require(!_seesWhatIsGone(), Broken("stale books in a callback"));
        require(called, Broken("the callback did come"));
    }

    function test_gmx_theReceiverIsCalledBeforeTheBooksAreFinal_onTheMutant() public {
        standIn(VAULT, "NaiveVault", uint8(VaultFlaw.CallbackBeforeFinalState));
        _scene();
        require(_seesWhatIsGone(), Broken("the attack works on the naive variant"));
    }

    function _seesWhatIsGone() private returns (bool) {
        odd.setCallback(address(this), abi.encodeCall(this.onPaid, ()));
        odd.set(OddToken.Behaviour.CallsBack);
        AccountInput memory brought = input(attacker, computed());
        VM.prank(ownerOf(attacker));
        clearinghouse.withdraw(brought, SHARE_TOKEN, 1_000e18, address(this));
        return sawStale;
    }

    /// @notice What a receiver, or a lender that he asks, sees in the middle of a payment; and that nothing can be done there.
    function onPaid() external {
        called = true;
        if (vault.balanceOf(attacker, SHARE_TOKEN) != 0) sawStale = true;
        (uint256 held, uint256 owed) = vault.conservation(SHARE_TOKEN);
        if (held < owed) sawStale = true;
    }

    // Aave, March 2026 (CAPO): two limits that belong together were moved apart, and disagreed

    function test_aaveCapo_coupledLimitsDisagree() public {
        deploy();
        require(!_depositHurts(), Broken("a deposit lowers health"));
    }

    function test_aaveCapo_coupledLimitsDisagree_onTheMutant() public {
        standIn(PARAMETERS, "UncoupledParameters", 0);
        deploy();
        require(_depositHurts(), Broken("the attack works on the naive variant"));
    }

    /// @dev Each inside its own limits: a price range of 32 %, a haircut of 60 %.
    function _depositHurts() private returns (bool) {
        uint64 holder = openWith(30_000);
        trade(holder, openWith(1_000_000), ethPerpetual, 30e8, ETH_PRICE);
        UnderlyingParameters memory u = underlyingParameters(32_000_000, 50_000_000);
        try parameters.setUnderlying(ETH, u) {} catch {
            return false;
        }
        try parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 1e8, 60_000_000, 60_000_000, 0)) {} catch {
            return false;
        }
        nextBlock();
        int256 before = _spare(holder);
        deposit(holder, WETH_TOKEN, 10e18);
        return _spare(holder) < before;
    }

    function _spare(uint64 account) private view returns (int256) {
        (bytes memory checkpoint, bytes memory records) = hub.live();
        Figures memory figures = referee.health(
            stateOf(account),
            vault.balancesOf(account),
            checkpoint,
            records,
            SurfaceChoice.Worse
        );
        return figures.equityE8 - int256(figures.initialE8);
    }

    // The incident itself: the rate that a cap grows from followed by a part, its time wholly, and honest shares were capped below their worth

    function test_aaveCapo_theCapOfARateFallsBehindIt() public {
        ShareVault shares = _shares();
        require(!_noteHurts(shares, _guarded(shares)), Broken("a note lowers health"));
    }

    function test_aaveCapo_theCapOfARateFallsBehindIt_onTheMutant() public {
        ShareVault shares = _shares();
        require(
            _noteHurts(shares, _naive(shares, RateFlaw.UncoupledLimits)),
            Broken("the attack works on the naive variant")
        );
    }

    /// @dev Five per cent earned in a hundred days, of the twenty a year that are honest; then the checkpoint that notes them.
    function _noteHurts(ShareVault shares, address source_) private returns (bool) {
        hub.setTokenSource(SHARE_TOKEN, source_);
        pass(60);
        hub.checkpoint();
        pass(100 days);
        shares.setAssets(1_050e6);
        int256 before = _spare(attacker);
        hub.checkpoint();
        return _spare(attacker) < before;
    }

    // Drift, 2026: worthless collateral, listed by an act that was signed beforehand

    function test_drift_collateralListedByAPreSignedAct() public {
        require(!_listsAtOnce(2 days), Broken("listed at once"));
    }

    function test_drift_collateralListedByAPreSignedAct_withoutADelay() public {
        require(_listsAtOnce(0), Broken("the attack works without a delay"));
    }

    // The same, once it is listed: as much of it as somebody prints, borrowed against at once

    function test_drift_worthlessCollateralIsBorrowedAgainstAtOnce() public {
        require(!_drainsByAListing(), Broken("what was listed an hour ago is lent on"));
    }

    function test_drift_worthlessCollateralIsBorrowedAgainstAtOnce_onTheMutant() public {
        standIn(VAULT, "NaiveVault", uint8(VaultFlaw.CapsAtOnce));
        require(_drainsByAListing(), Broken("the attack works on the naive variant"));
    }

    /// @dev A million of a coin that its maker quotes at a dollar, listed with a cap of as many, which rises for seven days.
    function _drainsByAListing() private returns (bool) {
        deploy();
        trade(openWith(1_000_000), openWith(1_000_000), ethPerpetual, 1e8, ETH_PRICE);
        odd = OddToken(build("contracts/dev/OddToken.sol:OddToken", ""));
        vault.listToken(address(odd), vault.tokenCount());
        vault.setCap(SHARE_TOKEN, 1_000_000, 7 days);
        parameters.setToken(SHARE_TOKEN, TokenParameters(0, 0, 15_000_000, 16_000_000, 0));
        hub.setTokenSource(SHARE_TOKEN, address(new SettableSource(1e8)));
        attacker = open();
        odd.mint(address(this), 1_000_000e18);
        odd.approve(address(vault), 1_000_000e18);
        vault.deposit(attacker, ownerOf(attacker), SHARE_TOKEN, 1_000_000e18);
        pass(1 hours);
        engage(attacker, SHARE_TOKEN);
        hub.checkpoint();
        return tryWithdraw(attacker, USDC_TOKEN, 100_000e6);
    }

    /// @dev Who holds the signed act executes it; the guardian sees it scheduled and takes it back.
    function _listsAtOnce(uint32 delay) private returns (bool) {
        deploy();
        address governance = address(0x60);
        address guardian = address(0x61);
        uint64 listing = 7;
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = vault.listToken.selector;
        manager.setTargetFunctionRole(address(vault), selectors, listing);
        manager.grantRole(listing, governance, delay);
        manager.grantRole(8, guardian, 0);
        manager.setRoleGuardian(listing, 8);
        uint16 count = vault.tokenCount();
        bytes memory act = abi.encodeCall(vault.listToken, (address(new OddToken()), count));
        VM.prank(governance);
        try manager.execute(address(vault), act) {} catch {
            VM.prank(governance);
            manager.schedule(address(vault), act, 0);
            VM.prank(guardian);
            manager.cancel(governance, address(vault), act);
            pass(delay + 1);
            VM.prank(governance);
            try manager.execute(address(vault), act) {} catch {}
        }
        return vault.tokenCount() != count;
    }
}
