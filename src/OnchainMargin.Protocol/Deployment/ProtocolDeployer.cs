using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Creates the contracts of the protocol in the order that docs/architecture.md gives, and connects them. Nothing is written to disk here.</summary>
public sealed class ProtocolDeployer(IEthereumNode node, ITransactionSender sender, ArtifactFolder artifacts)
{
    private readonly SortedDictionary<string, Address> _contracts = new(StringComparer.Ordinal);
    private Action<string> _report = static _ => { };

    /// <summary>Whether a plan may leave open on any chain what it may on a local one: tokens that anyone mints, feeds that anyone sets, powers that stay with the deployer.</summary>
    public bool AllowsMocks { get; init; }

    /// <summary>Told where everything is once it is handed over, before the first checkpoint, which may fail and loses nothing then.</summary>
    public Action<DeploymentRecord> Keep { get; init; } = static _ => { };

    /// <summary>Deploys a plan.</summary>
    /// <param name="plan">What to deploy.</param>
    /// <param name="report">Told of each step, and of each contract with its address as soon as it is there.</param>
    /// <param name="cancellationToken">Stops between two transactions.</param>
    /// <exception cref="DeploymentException">The plan is refused before anything is sent, or a contract is not compiled, or from another source than lies there; or all is deployed and the first checkpoint was refused.</exception>
    /// <exception cref="EthereumException">The node or a contract refuses, before all is handed over.</exception>
    public async Task<DeploymentRecord> DeployAsync(DeploymentPlan plan, Action<string> report, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(report);
        artifacts.RequireCurrent();
        ulong chain = await new PlanCheck(node, sender.Address).RequireAsync(plan, AllowsMocks, cancellationToken);
        _contracts.Clear();
        ulong block = await node.GetBlockNumberAsync(cancellationToken) + 1;
        _report = report;
        await CreateFoundationAsync(plan, cancellationToken);
        report("parameters, tokens, underlyings");
        await SetParametersAsync(plan, cancellationToken);
        List<DeployedToken> tokens = await ListTokensAsync(plan, cancellationToken);
        List<DeployedUnderlying> underlyings = await ListUnderlyingsAsync(plan, cancellationToken);
        await CreateClearingAsync(plan, cancellationToken);
        report("connections, attesters, roles, the first checkpoint");
        await ConnectAsync(cancellationToken);
        await AppointAsync(plan, cancellationToken);

        var deployment = new DeploymentRecord
        {
            ChainId = chain,
            Block = block,
            Contracts = Contracts(),
            Tokens = tokens,
            Underlyings = underlyings,
        };
        Keep(deployment);
        await RefreshAsync(cancellationToken);
        return deployment;
    }

    /// <summary>Takes the first checkpoint unless somebody has taken one a moment ago, which anybody may.</summary>
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        Address hub = _contracts["PriceHub"];
        try
        {
            await sender.SendAsync(hub, new PriceHub.RefreshCall(), cancellationToken);
        }
        catch (EthereumException exception)
        {
            throw new DeploymentException($"All contracts are deployed and handed over, but for the first checkpoint, which failed ({exception.Message}): anybody takes it with refresh() of the PriceHub at {hub}, as the solver's pricer does.", exception);
        }
    }

    private DeployedContracts Contracts() => new()
    {
        AccessManager = _contracts["GuardedManager"],
        RiskParameters = _contracts["RiskParameters"],
        MarginVault = _contracts["MarginVault"],
        Referee = _contracts["Referee"],
        RefereeReports = _contracts["RefereeReports"],
        SpotMarkets = _contracts["SpotMarkets"],
        VolSurfaces = _contracts["VolSurfaces"],
        PriceHub = _contracts["PriceHub"],
        RiskRegistry = _contracts["RiskRegistry"],
        AttesterBonds = _contracts["AttesterBonds"],
        Challenges = _contracts["Challenges"],
        ParameterSteps = _contracts["ParameterSteps"],
        CreditBucket = _contracts["CreditBucket"],
        HealthGate = _contracts["HealthGate"],
        Clearinghouse = _contracts["Clearinghouse"],
        LiquidationHouse = _contracts["LiquidationHouse"],
        InsuranceFund = _contracts["InsuranceFund"],
    };

    private async Task<Address> CreateAsync(string contract, object[] arguments, CancellationToken cancellationToken)
    {
        Address address = await CreateUnnamedAsync(contract, artifacts.Read(contract), arguments, cancellationToken);
        _contracts.Add(contract, address);
        return address;
    }

    /// <summary>Creates what the protocol finds by other names; what it cost is not lost with whatever ends the deployment after it.</summary>
    private async Task<Address> CreateUnnamedAsync(string what, ContractArtifact artifact, object[] arguments, CancellationToken cancellationToken)
    {
        Address address = await sender.CreateAsync(artifact, arguments, cancellationToken);
        _report($"{what} {address}");
        return address;
    }

    /// <summary>All that neither tokens nor accounts are needed for.</summary>
    private async Task CreateFoundationAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        Address manager = await CreateAsync("GuardedManager", [sender.Address], cancellationToken);
        Address parameters = await CreateAsync("RiskParameters", [manager, plan.InitialFactorE8], cancellationToken);
        Address vault = await CreateAsync("MarginVault", [manager], cancellationToken);
        Address spots = await CreateAsync("SpotMarkets", [manager, parameters], cancellationToken);
        Address hub = await CreateAsync("PriceHub", [manager, parameters, vault, spots], cancellationToken);
        Address table = await sender.CreateAsync("the table of the normal distribution", CdfTable.CreationCode(), cancellationToken);
        _report($"the table of the normal distribution {table}");
        Address referee = await CreateAsync("Referee", [table], cancellationToken);
        await CreateAsync("RefereeReports", [table], cancellationToken);
        Address registry = await CreateAsync("RiskRegistry", [manager, hub, parameters, referee], cancellationToken);
        Address bucket = await CreateAsync("CreditBucket", [manager, registry], cancellationToken);
        await CreateAsync("ParameterSteps", [manager, parameters, registry], cancellationToken);
        await CreateAsync("VolSurfaces", [manager, spots, registry, hub], cancellationToken);
        Address floors = await CreateAsync("FloorReferee", [table], cancellationToken);
        await CreateAsync("HealthGate", [referee, floors, registry, hub, parameters, bucket], cancellationToken);
    }

    /// <summary>The clearinghouse reads the settlement token's decimals once, so the token is listed before.</summary>
    private async Task CreateClearingAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        Address vault = _contracts["MarginVault"];
        Address hub = _contracts["PriceHub"];
        Address parameters = _contracts["RiskParameters"];
        object[] room = [_contracts["GuardedManager"], vault, hub, parameters, _contracts["HealthGate"]];
        room = [.. room, await CreateAsync("ClosingModule", room, cancellationToken)];
        Address trades = await CreateAsync("TradeModule", room, cancellationToken);
        Address accounts = await CreateAsync("ClearingModule", room, cancellationToken);
        Address lots = await CreateAsync("LotModule", room, cancellationToken);
        Address clearinghouse = await CreateAsync("Clearinghouse", [.. room, trades, accounts, lots], cancellationToken);
        Address insurance = await CreateAsync("InsuranceFund", [vault, clearinghouse, parameters], cancellationToken);
        Address distress = await CreateAsync("DistressModule", [clearinghouse, vault, hub, _contracts["Referee"], _contracts["FloorReferee"], parameters, insurance], cancellationToken);
        await CreateAsync("LiquidationHouse", [distress], cancellationToken);
        Address registry = _contracts["RiskRegistry"];
        Address bonds = await CreateAsync("AttesterBonds", [_contracts["GuardedManager"], registry, vault, insurance, (UInt256)plan.AttesterBondRaw], cancellationToken);

        // The only contract that the bonds create.
        _contracts.Add("Challenges", ContractAddress.Create(bonds, 1));
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Address clearinghouse = _contracts["Clearinghouse"];
        Address liquidationHouse = _contracts["LiquidationHouse"];
        Address insurance = _contracts["InsuranceFund"];
        await sender.SendAsync(_contracts["MarginVault"], new MarginVault.ConnectCall(clearinghouse, liquidationHouse, insurance), cancellationToken);
        await sender.SendAsync(clearinghouse, new Clearinghouse.ConnectCall(liquidationHouse, insurance), cancellationToken);
        await sender.SendAsync(_contracts["PriceHub"], new PriceHub.ConnectCall(clearinghouse, _contracts["VolSurfaces"]), cancellationToken);
        await sender.SendAsync(_contracts["RiskRegistry"], new RiskRegistry.ConnectCall(_contracts["AttesterBonds"]), cancellationToken);
        await sender.SendAsync(_contracts["CreditBucket"], new CreditBucket.ConnectCall(clearinghouse, _contracts["HealthGate"], _contracts["AttesterBonds"]), cancellationToken);
    }

    private async Task SetParametersAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        Address parameters = _contracts["RiskParameters"];
        await sender.SendAsync(parameters, new RiskParameters.SetClearingCall(plan.Clearing), cancellationToken);
        await sender.SendAsync(parameters, new RiskParameters.SetInterestCall(plan.Interest), cancellationToken);
        await sender.SendAsync(parameters, new RiskParameters.SetOracleCall(plan.Oracle), cancellationToken);
        await sender.SendAsync(parameters, new RiskParameters.SetLiquidationCall(plan.Liquidation), cancellationToken);
        await sender.SendAsync(_contracts["VolSurfaces"], new VolSurfaces.SetSurfaceParametersCall(plan.Surfaces), cancellationToken);
        ushort number = 0;
        foreach (PlannedUnderlying underlying in plan.Underlyings)
        {
            await sender.SendAsync(parameters, new RiskParameters.SetUnderlyingCall(++number, underlying.Parameters), cancellationToken);
            await sender.SendAsync(parameters, new RiskParameters.SetRiskInterestMaxCall(number, underlying.RiskInterestMaxE8 ?? UInt128.MaxValue), cancellationToken);
            if (underlying.Corridor is { } corridor)
            {
                await sender.SendAsync(_contracts["ParameterSteps"], new ParameterSteps.SetUnderlyingCorridorCall(number, corridor), cancellationToken);
            }
        }
    }

    private async Task<List<DeployedToken>> ListTokensAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        var tokens = new List<DeployedToken>();
        foreach (PlannedToken token in plan.Tokens)
        {
            ushort index = (ushort)tokens.Count;
            Address erc20 = token.Address
                ?? (token.WrapsEther ? await CreateUnnamedAsync($"mock {token.Symbol}", artifacts.Read("MockWeth"), [], cancellationToken)
                : await CreateUnnamedAsync($"mock {token.Symbol}", artifacts.Read("MockToken"), [$"Mock {token.Symbol}", token.Symbol, token.Decimals], cancellationToken));
            await sender.SendAsync(_contracts["MarginVault"], new MarginVault.ListTokenCall(erc20, index), cancellationToken);
            await sender.SendAsync(_contracts["RiskParameters"], new RiskParameters.SetTokenCall(index, token.Parameters), cancellationToken);
            if (index != 0)
            {
                await sender.SendAsync(_contracts["MarginVault"], new MarginVault.SetCapCall(index, token.CapWholeTokens ?? ulong.MaxValue, token.CapRampSeconds), cancellationToken);
            }

            if (token.Corridor is { } corridor)
            {
                await sender.SendAsync(_contracts["ParameterSteps"], new ParameterSteps.SetTokenCorridorCall(index, corridor), cancellationToken);
            }

            if (token.Feed is { } feed)
            {
                Address source = await CreateSourceAsync(token.Symbol, feed, token.HeartbeatSeconds, token.MinPriceE8, token.MaxPriceE8, cancellationToken);
                await sender.SendAsync(_contracts["PriceHub"], new PriceHub.SetTokenSourceCall(index, source), cancellationToken);
            }

            tokens.Add(new DeployedToken(index, token.Symbol, erc20, token.Decimals, token.Parameters.Underlying, token.WrapsEther));
        }

        return tokens;
    }

    private async Task<List<DeployedUnderlying>> ListUnderlyingsAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        var underlyings = new List<DeployedUnderlying>();
        foreach (PlannedUnderlying underlying in plan.Underlyings)
        {
            ushort number = (ushort)(underlyings.Count + 1);
            Address feed = underlying.Feed ?? await CreateUnnamedAsync($"mock feed of {underlying.Name}", artifacts.Read("MockAggregator"), [(byte)8, underlying.MockPriceE8], cancellationToken);
            Address source = await CreateSourceAsync(underlying.Name, feed, underlying.HeartbeatSeconds, underlying.MinPriceE8, underlying.MaxPriceE8, cancellationToken);
            await sender.SendAsync(_contracts["SpotMarkets"], new SpotMarkets.SetFeedsCall(number, [source, .. underlying.MoreSources], underlying.Feeds ?? plan.Feeds), cancellationToken);
            underlyings.Add(new DeployedUnderlying(number, underlying.Name, feed, source));
        }

        return underlyings;
    }

    private Task<Address> CreateSourceAsync(string name, Address feed, uint heartbeatSeconds, ulong minPriceE8, ulong maxPriceE8, CancellationToken cancellationToken) =>
        CreateUnnamedAsync($"source of {name}", artifacts.Read("ChainlinkSource"), [feed, heartbeatSeconds, minPriceE8, maxPriceE8], cancellationToken);

    private async Task AppointAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        if (plan.RampSeconds != 0)
        {
            await sender.SendAsync(_contracts["RiskParameters"], new RiskParameters.SetRampSecondsCall(plan.RampSeconds), cancellationToken);
        }

        await new AttesterSetup(node, sender, artifacts, _contracts).ApplyAsync(plan, _report, cancellationToken);
        await new RoleSetup(sender, artifacts.Read("GuardedManager"), _contracts).ApplyAsync(plan, cancellationToken);
    }
}
