// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {MockAggregator} from "../dev/MockAggregator.sol";
import {MockToken} from "../dev/MockToken.sol";
import {MockWeth} from "../dev/MockWeth.sol";
import {AccountInput, CashLedger, Fill, Order, Proof, ProofKind, SignedOrder} from "../interfaces/ClearingTypes.sol";
import {IAttesterBonds} from "../interfaces/IAttesterBonds.sol";
import {IChallenges} from "../interfaces/IChallenges.sol";
import {IClearinghouse} from "../interfaces/IClearinghouse.sol";
import {ICreditBucket} from "../interfaces/ICreditBucket.sol";
import {IFloorReferee} from "../interfaces/IFloorReferee.sol";
import {IHealthGate} from "../interfaces/IHealthGate.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {ILiquidationHouse} from "../interfaces/ILiquidationHouse.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IParameterSteps} from "../interfaces/IParameterSteps.sol";
import {IPriceHub} from "../interfaces/IPriceHub.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {
    ClearingParameters,
    InterestParameters,
    IRiskParameters,
    LiquidationParameters,
    OracleParameters,
    TokenParameters,
    UnderlyingParameters
} from "../interfaces/IRiskParameters.sol";
import {FeedParameters, ISpotMarkets} from "../interfaces/ISpotMarkets.sol";
import {IRiskRegistry} from "../interfaces/IRiskRegistry.sol";
import {IVolSurfaces, SurfaceParameters} from "../interfaces/IVolSurfaces.sol";
import {AccountState, AccountStates} from "../margin/AccountStates.sol";
import {Instruments} from "../margin/Instruments.sol";
import {build} from "./Artifacts.sol";
import {DatedHub} from "./DatedHub.sol";
import {VM, IVm} from "./IVm.sol";

/// @title A whole deployment, as docs/architecture.md orders it, with three tokens, two markets, and helpers that speak of traders
/// @notice Accounts' states are kept as the last event would tell them, so that operations can bring them.
abstract contract ProtocolFixture {
    uint64 internal constant START = 1_800_000_000;
    uint16 internal constant BTC = 1;
    uint16 internal constant ETH = 2;
    uint16 internal constant USDC_TOKEN = 0;
    uint16 internal constant WETH_TOKEN = 1;
    uint16 internal constant WBTC_TOKEN = 2;
    int256 internal constant ONE = 1e8;
    uint256 internal constant BTC_PRICE = 90_000e8;
    uint256 internal constant ETH_PRICE = 3_000e8;
    uint256 internal constant HEARTBEAT = 3600;
    /// @dev Of the contract that brings attesters' steps of parameters.
    uint64 internal constant STEPS_ROLE = 2;
    uint128 internal constant BOND_RAW = 1_000_000e6;

    /// @notice Thrown when an identity of P5, named, does not hold.
    error Broken(string what);

    IAccessManager internal manager;
    IRiskParameters internal parameters;
    IMarginVault internal vault;
    ISpotMarkets internal spots;
    IPriceHub internal hub;
    IVolSurfaces internal surfaces;
    IReferee internal referee;
    IFloorReferee internal floors;
    IRiskRegistry internal registry;
    IParameterSteps internal parameterSteps;
    ICreditBucket internal bucket;
    IAttesterBonds internal bonds;
    IChallenges internal challenges;
    IHealthGate internal gate;
    IClearinghouse internal clearinghouse;
    IInsuranceFund internal insurance;
    ILiquidationHouse internal house;
    MockToken internal usdc;
    MockWeth internal weth;
    MockToken internal wbtc;
    MockAggregator internal btcFeed;
    MockAggregator internal ethFeed;
    uint96 internal btcPerpetual;
    uint96 internal ethPerpetual;

    /// @dev Keys of the owners by account.
    mapping(uint64 account => uint256 key) internal keys;
    uint64 internal nextNonce;

    /// @dev What is deployed in place of a contract, by the hash of its artifact's name: a naive variant in contracts/test/mutants.
    mapping(bytes32 artifact => string) private _mutants;
    mapping(bytes32 artifact => uint8) private _flaws;

    /// @dev Before `deploy`: a naive variant stands in for a contract. Its constructor takes the same arguments and the flaw's number.
    function standIn(string memory artifact, string memory mutant, uint8 flaw) internal {
        bytes32 key = keccak256(bytes(artifact));
        (_mutants[key], _flaws[key]) = (string.concat("contracts/test/mutants/", mutant, ".sol:", mutant), flaw);
    }

    function make(string memory artifact, bytes memory arguments) internal returns (address) {
        bytes32 key = keccak256(bytes(artifact));
        if (bytes(_mutants[key]).length == 0) return build(artifact, arguments);
        // Static arguments only: one more goes behind them.
        return build(_mutants[key], bytes.concat(arguments, abi.encode(_flaws[key])));
    }

    function deploy() internal {
        VM.warp(START);
        manager = IAccessManager(build("AccessManager", abi.encode(address(this))));
        usdc = MockToken(build("contracts/dev/MockToken.sol:MockToken", abi.encode("USD Coin", "USDC", uint8(6))));
        weth = MockWeth(payable(build("contracts/dev/MockWeth.sol:MockWeth", "")));
        wbtc = MockToken(build("contracts/dev/MockToken.sol:MockToken", abi.encode("Wrapped BTC", "WBTC", uint8(8))));
        parameters = IRiskParameters(
            make("contracts/risk/RiskParameters.sol:RiskParameters", abi.encode(manager, uint32(130_000_000)))
        );
        vault = IMarginVault(make("contracts/vault/MarginVault.sol:MarginVault", abi.encode(manager)));
        vault.listToken(address(usdc));
        vault.listToken(address(weth));
        vault.listToken(address(wbtc));
        vault.setCap(WETH_TOKEN, type(uint64).max, 0);
        vault.setCap(WBTC_TOKEN, type(uint64).max, 0);
        spots = ISpotMarkets(build("contracts/oracle/SpotMarkets.sol:SpotMarkets", abi.encode(manager, parameters)));
        IPriceHub prices = IPriceHub(
            build("contracts/oracle/PriceHub.sol:PriceHub", abi.encode(manager, parameters, vault, spots))
        );
        hub = _hub(prices);
        referee = _referee();
        floors = _floors();
        registry = IRiskRegistry(
            build("contracts/risk/RiskRegistry.sol:RiskRegistry", abi.encode(manager, hub, parameters, referee))
        );
        surfaces = IVolSurfaces(
            build("contracts/oracle/VolSurfaces.sol:VolSurfaces", abi.encode(manager, spots, registry, prices))
        );
        parameterSteps = IParameterSteps(
            build("contracts/risk/ParameterSteps.sol:ParameterSteps", abi.encode(manager, parameters, registry))
        );
        bucket = ICreditBucket(build("contracts/risk/CreditBucket.sol:CreditBucket", abi.encode(manager, registry)));
        gate = IHealthGate(
            make(
                "contracts/clearing/HealthGate.sol:HealthGate",
                abi.encode(referee, floors, registry, hub, parameters, bucket)
            )
        );
        address closing = build(
            "contracts/clearing/ClosingModule.sol:ClosingModule",
            abi.encode(manager, vault, hub, parameters, gate)
        );
        clearinghouse = IClearinghouse(
            build(
                "contracts/clearing/Clearinghouse.sol:Clearinghouse",
                abi.encode(
                    manager,
                    vault,
                    hub,
                    parameters,
                    gate,
                    closing,
                    _room("TradeModule", closing),
                    _room("ClearingModule", closing),
                    _room("LotModule", closing)
                )
            )
        );
        insurance = IInsuranceFund(
            make("contracts/liquidation/InsuranceFund.sol:InsuranceFund", abi.encode(vault, clearinghouse, parameters))
        );
        address distress = make(
            "contracts/liquidation/DistressModule.sol:DistressModule",
            abi.encode(clearinghouse, vault, hub, referee, floors, parameters, insurance)
        );
        house = ILiquidationHouse(
            make("contracts/liquidation/LiquidationHouse.sol:LiquidationHouse", abi.encode(distress))
        );
        vault.connect(address(clearinghouse), address(house), address(insurance));
        clearinghouse.connect(address(house), address(insurance));
        if (address(hub) == address(prices)) {
            prices.connect(address(clearinghouse));
        } else {
            DatedHub(address(hub)).stand(clearinghouse);
            prices.connect(address(hub));
        }
        prices.connectSurfaces(address(surfaces));
        surfaces.setSurfaceParameters(surfaceParameters());
        _appoint();
        _configure();
        btcFeed = MockAggregator(
            build("contracts/dev/MockAggregator.sol:MockAggregator", abi.encode(uint8(8), int256(BTC_PRICE)))
        );
        ethFeed = MockAggregator(
            build("contracts/dev/MockAggregator.sol:MockAggregator", abi.encode(uint8(8), int256(ETH_PRICE)))
        );
        setFeed(BTC, source(btcFeed, 100e8, 1_000_000e8));
        setFeed(ETH, source(ethFeed, 10e8, 100_000e8));
        btcPerpetual = Instruments.pack(BTC, 0, 0, uint8(Instruments.PERPETUAL));
        ethPerpetual = Instruments.pack(ETH, 0, 0, uint8(Instruments.PERPETUAL));
        hub.checkpoint();
    }

    /// @dev Bonds, challenges and the role of steps; nobody attests yet.
    function _appoint() private {
        bytes4[] memory stepped = new bytes4[](2);
        (stepped[0], stepped[1]) = (IRiskParameters.stepUnderlying.selector, IRiskParameters.stepToken.selector);
        manager.setTargetFunctionRole(address(parameters), stepped, STEPS_ROLE);
        manager.grantRole(STEPS_ROLE, address(parameterSteps), 0);
        bonds = IAttesterBonds(
            build(
                "contracts/risk/AttesterBonds.sol:AttesterBonds",
                abi.encode(manager, registry, vault, insurance, BOND_RAW)
            )
        );
        challenges = IChallenges(
            build("contracts/risk/Challenges.sol:Challenges", abi.encode(registry, bonds, hub, parameters))
        );
        registry.connect(address(bonds), address(challenges));
        bucket.connect(address(clearinghouse), address(gate), address(bonds));
    }

    /// @dev Admits an attester and pays its bond.
    function seat(address attester) internal {
        bonds.admit(attester);
        usdc.mint(address(this), BOND_RAW);
        usdc.approve(address(bonds), BOND_RAW);
        bonds.join(attester);
    }

    function _referee() internal virtual returns (IReferee) {
        return IReferee(build("contracts/test/LinearReferee.sol:LinearReferee", ""));
    }

    function _floors() internal virtual returns (IFloorReferee) {
        return IFloorReferee(address(referee));
    }

    /// @dev What everybody reads prices from.
    function _hub(IPriceHub prices) internal virtual returns (IPriceHub) {
        return prices;
    }

    function _room(string memory name, address closing) private returns (address) {
        string memory artifact = string.concat("contracts/clearing/", name, ".sol:", name);
        return make(artifact, abi.encode(manager, vault, hub, parameters, gate, closing));
    }

    /// @dev One source, and the bands of spec/constants.json.
    function setFeed(uint16 underlying, address source_) internal {
        address[] memory sources = new address[](1);
        sources[0] = source_;
        spots.setFeeds(underlying, sources, feedParameters(1));
    }

    function feedParameters(uint8 minCount) internal pure returns (FeedParameters memory) {
        return FeedParameters(minCount, 2_000_000, 10_000_000, 20_000_000, 120);
    }

    /// @dev Those of spec/constants.json.
    function surfaceParameters() internal pure returns (SurfaceParameters memory) {
        return
            SurfaceParameters({
                volStepE8: 15_000_000,
                forwardStepE8: 500_000,
                forwardBandE8: 1_000_000,
                forwardBandYearE8: 25_000_000,
                volMinE8: 5_000_000,
                volMaxE8: 500_000_000,
                discountRateE12: 0
            });
    }

    function source(MockAggregator feed, uint256 minPriceE8, uint256 maxPriceE8) internal returns (address) {
        bytes memory arguments = abi.encode(feed, HEARTBEAT, minPriceE8, maxPriceE8);
        return build("contracts/oracle/ChainlinkSource.sol:ChainlinkSource", arguments);
    }

    // Parameters

    function _configure() private {
        parameters.setUnderlying(BTC, underlyingParameters(14_000_000, 45_000_000));
        parameters.setUnderlying(ETH, underlyingParameters(16_000_000, 50_000_000));
        parameters.setToken(USDC_TOKEN, TokenParameters(0, 0, 0, 50_000_000, 0));
        parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 1e8, 5_000_000, 25_000_000, 0));
        parameters.setToken(WBTC_TOKEN, TokenParameters(BTC, 1e8, 5_000_000, 25_000_000, 0));
        parameters.setClearing(clearingParameters());
        parameters.setInterest(InterestParameters(2e10, 1e11, 1e12, 80_000_000, 20_000_000));
        parameters.setOracle(OracleParameters(60, 300, 1800, 86_400, 500_000, 28_800, 75_000, 600, 2_000_000));
        parameters.setLiquidation(liquidationParameters());
    }

    function underlyingParameters(
        uint32 priceRangeE8,
        uint32 volRangeE8
    ) internal pure returns (UnderlyingParameters memory) {
        return
            UnderlyingParameters({
                depthE8: 5000e8,
                group: 1,
                priceRangeE8: priceRangeE8,
                volRangeE8: volRangeE8,
                volUpFloorE8: 50_000_000,
                shortOptionMinimumE8: 1_000_000,
                basisChargeE8: 400_000,
                basisRateE8: 7_500_000,
                slippageE8: 1_000_000,
                slippageCapE8: 10_000_000,
                crowdingE8: 5_000_000,
                vegaChargeE8: 10_000_000,
                rateChargeE8: 1_000_000,
                floorRateE8: 1_000_000,
                nettingFloorE8: 50_000_000
            });
    }

    function clearingParameters() internal pure returns (ClearingParameters memory) {
        return ClearingParameters(20_000, 50_000, 5_000_000, 5_000_000, 20_000_000, 10_000);
    }

    function liquidationParameters() internal pure returns (LiquidationParameters memory) {
        return
            LiquidationParameters(
                60,
                20_000_000,
                1200,
                110_000_000,
                5_000_000,
                3600,
                3600,
                3_000_000,
                1_000_000e8,
                2_000_000e8,
                600,
                150_000,
                8_000,
                5_000_000,
                1_000e8,
                ETH
            );
    }

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
        vault.deposit(account, token, amountRaw);
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
