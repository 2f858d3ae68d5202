// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {MockAggregator} from "../dev/MockAggregator.sol";
import {MockToken} from "../dev/MockToken.sol";
import {MockWeth} from "../dev/MockWeth.sol";
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
import {Instruments} from "../margin/Instruments.sol";
import {build} from "./Artifacts.sol";
import {DatedHub} from "./DatedHub.sol";
import {VM} from "./IVm.sol";

/// @title A whole deployment, as docs/architecture.md orders it, with three tokens, two markets, and the parameters of spec/constants.json
abstract contract ProtocolDeployment {
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
        manager = IAccessManager(build("contracts/risk/GuardedManager.sol:GuardedManager", abi.encode(address(this))));
        usdc = MockToken(build("contracts/dev/MockToken.sol:MockToken", abi.encode("USD Coin", "USDC", uint8(6))));
        weth = MockWeth(payable(build("contracts/dev/MockWeth.sol:MockWeth", "")));
        wbtc = MockToken(build("contracts/dev/MockToken.sol:MockToken", abi.encode("Wrapped BTC", "WBTC", uint8(8))));
        parameters = IRiskParameters(
            make("contracts/risk/RiskParameters.sol:RiskParameters", abi.encode(manager, uint32(130_000_000)))
        );
        vault = IMarginVault(make("contracts/vault/MarginVault.sol:MarginVault", abi.encode(manager)));
        vault.listToken(address(usdc), 0);
        vault.listToken(address(weth), 1);
        vault.listToken(address(wbtc), 2);
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
            prices.connect(address(clearinghouse), address(surfaces));
        } else {
            DatedHub(address(hub)).stand(clearinghouse);
            prices.connect(address(hub), address(surfaces));
        }
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
        challenges = bonds.challenges();
        registry.connect(bonds);
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
        parameters.setRiskInterestMax(BTC, type(uint128).max);
        parameters.setRiskInterestMax(ETH, type(uint128).max);
        parameters.setToken(USDC_TOKEN, TokenParameters(0, 0, 0, 50_000_000, 0));
        parameters.setToken(WETH_TOKEN, TokenParameters(ETH, 1e8, 5_000_000, 25_000_000, 0));
        parameters.setToken(WBTC_TOKEN, TokenParameters(BTC, 1e8, 5_000_000, 25_000_000, 0));
        parameters.setClearing(clearingParameters());
        parameters.setInterest(interestParameters());
        parameters.setOracle(oracleParameters());
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
                shortOptionMinimumE8: shortMinimumE8(priceRangeE8),
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

    /// @dev What it is derived as (PAR-004).
    function shortMinimumE8(uint32 priceRangeE8) internal pure returns (uint32) {
        return priceRangeE8 < 16e6 ? 1e6 : priceRangeE8 / 16;
    }

    function clearingParameters() internal pure returns (ClearingParameters memory) {
        return
            ClearingParameters({
                makerFeeE8: 20_000,
                takerFeeE8: 50_000,
                priceBandE8: 5_000_000,
                minReliefE8: 5_000_000,
                volBandE8: 20_000_000,
                creditFeeE8: 10_000
            });
    }

    function interestParameters() internal pure returns (InterestParameters memory) {
        return
            InterestParameters({
                baseRateE12: 2e10,
                kinkRateE12: 1e11,
                maxRateE12: 1e12,
                kinkUtilisationE8: 80_000_000,
                reserveE8: 20_000_000
            });
    }

    function oracleParameters() internal pure returns (OracleParameters memory) {
        return
            OracleParameters({
                checkpointIntervalSeconds: 60,
                checkpointMaxAgeSeconds: 300,
                averagingWindowSeconds: 1800,
                smoothingSeconds: 86_400,
                premiumClampE8: 500_000,
                fundingIntervalSeconds: 28_800,
                fundingRateMaxE8: 75_000,
                attestationMaxAgeSeconds: 600,
                maxDriftE8: 2_000_000
            });
    }

    function liquidationParameters() internal pure returns (LiquidationParameters memory) {
        return
            LiquidationParameters({
                graceSeconds: 60,
                discountMaxE8: 20_000_000,
                discountRampSeconds: 1200,
                targetE8: 110_000_000,
                bidMinE8: 5_000_000,
                resumeSeconds: 3600,
                insolventRampSeconds: 3600,
                insolventPayMaxE8: 3_000_000,
                insuranceEventMaxE8: 1_000_000e8,
                insuranceDayMaxE8: 2_000_000e8,
                deleverageRampSeconds: 600,
                rewardGas: 300_000,
                rewardGasPosition: 11_300,
                rewardMaxE8: 5_000_000,
                rewardMostE8: 1_000e8,
                nativeUnderlying: ETH
            });
    }
}
