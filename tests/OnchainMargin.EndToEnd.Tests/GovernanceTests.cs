using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Who may do what after a deployment as it is for a chain with money on it: governance of its own that waits two days, a guardian, and a deployer who gives everything up.</summary>
[Collection(SharedChain.Name)]
public sealed class GovernanceTests(ChainFixture fixture)
{
    private const ulong GuardianRole = 1;
    private const ulong StepsRole = 2;
    private const ulong AdminRole = 0;
    private const uint DelaySeconds = 172_800;

    private static readonly string[] Guarded = ["Clearinghouse.setPaused", "ParameterSteps.setStopped", "VolSurfaces.setStopped"];

    private static readonly string[] Stepped = ["RiskParameters.stepToken", "RiskParameters.stepUnderlying"];

    /// <summary>How the access manager refuses, and how a contract does that asked it.</summary>
    private static readonly string[] Refusals =
    [
        SelectorOf("AccessManagedUnauthorized(address)"), SelectorOf("AccessManagerUnauthorizedAccount(address,uint64)"), SelectorOf("AccessManagerUnauthorizedCall(address,address,bytes4)"),
        SelectorOf("AccessManagerNotScheduled(bytes32)"), SelectorOf("AccessManagerNotReady(bytes32)"),
    ];

    private static readonly ContractArtifact Manager = new ArtifactFolder(Repository.Artifacts()).Read("GuardedManager");

    /// <summary>What is not named for the guardian or for attesters' steps is the admin's, governance, and waits.</summary>
    [Fact]
    public async Task EveryRestrictedFunction_HasItsRole_AndTheDeployerNone()
    {
        (Deployed world, PrivateKey governance, PrivateKey guardian) = await DeployAsync();
        await using Deployed deployed = world;
        var found = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        foreach ((string contract, string function) in Restricted())
        {
            Address target = AddressOf(world, contract);
            byte[] selector = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(selector, PublishedAbi(contract).Function(function).Selector);
            ulong role = Number((await AskAsync(world, "getTargetFunctionRole", target, selector))[0]);
            found.Add($"{contract}.{function}", role);
            (bool mayGovern, uint waits) = await MayAsync(world, governance, target, selector);
            Assert.Equal((false, role is GuardianRole or StepsRole ? 0 : DelaySeconds), (mayGovern, waits));
            Assert.Equal((role == GuardianRole, 0U), await MayAsync(world, guardian, target, selector));
            Assert.Equal((false, 0U), await MayAsync(world, world.Deployer, target, selector));
        }

        Assert.Equal(Guarded, Of(GuardianRole));
        Assert.Equal(Stepped, Of(StepsRole));
        Assert.Equal(found.Count - Guarded.Length - Stepped.Length, Of(AdminRole).Length);
        Assert.True(found.Count >= 30, $"{found.Count} restricted functions were found");
        foreach (ulong role in (ulong[])[AdminRole, GuardianRole, StepsRole])
        {
            Assert.False((bool)(await AskAsync(world, "hasRole", role, world.Deployer.Address))[0]);
        }

        string[] Of(ulong role) => [.. found.Where(pair => pair.Value == role).Select(static pair => pair.Key)];
    }

    [Fact]
    public async Task ActsOfGovernance_OfEveryKind_AreAnnouncedAndWait()
    {
        (Deployed world, PrivateKey governance, PrivateKey guardian) = await DeployAsync();
        await using Deployed deployed = world;
        using TransactionSender governor = Deployed.Sender(world.Chain, governance);
        DeployedContracts contracts = world.Record.Contracts;
        DeploymentPlan plan = DeploymentPlanFile.Read(null);
        (Address Target, byte[] Data)[] acts =
        [
            (contracts.RiskParameters, new RiskParameters.SetRiskInterestMaxCall(1, 7).Encode()),
            (contracts.ParameterSteps, new ParameterSteps.SetTokenCorridorCall(1, plan.Tokens[1].Corridor!.Value).Encode()),
            (contracts.RiskRegistry, new RiskRegistry.SetThresholdCall(UInt256.One).Encode()),
            (contracts.AttesterBonds, new AttesterBonds.AdmitCall(guardian.Address).Encode()),
            (contracts.MarginVault, new MarginVault.SetCapCall(1, 7, 0).Encode()),
            (contracts.Clearinghouse, new Clearinghouse.CollectFeesCall(governance.Address, 0).Encode()),
            (contracts.SpotMarkets, new SpotMarkets.SetFeedsCall(1, [world.Record.Underlyings[0].Source], plan.Feeds).Encode()),
            (contracts.VolSurfaces, new VolSurfaces.SetSurfaceParametersCall(plan.Surfaces).Encode()),
            (contracts.PriceHub, new PriceHub.SetTokenSourceCall(0, Address.Zero).Encode()),
            // The access manager's own: a second guardian.
            (contracts.AccessManager, Manager.Abi.Function("grantRole").EncodeCall(GuardianRole, world.Attester.Address, 0U)),
        ];
        (Address Target, byte[] Data) taken = (contracts.RiskParameters, new RiskParameters.SetRiskInterestMaxCall(2, 7).Encode());

        // A governor who would act at once, and a manager who asks nobody: what a stolen key would make, and the guardian take back.
        (Address Target, byte[] Data) seized = (contracts.AccessManager, Manager.Abi.Function("grantRole").EncodeCall(AdminRole, world.Attester.Address, 0U));
        (Address Target, byte[] Data) freed = (contracts.PriceHub, new PriceHub.SetAuthorityCall(contracts.Clearinghouse).Encode());
        foreach ((Address target, byte[] data) in acts.Append(taken).Append(seized).Append(freed))
        {
            await RefusedAsync(world.Chain, world.Deployer, target, data);
            await RefusedAsync(world.Chain, world.Deployer, contracts.AccessManager, Schedule(target, data));
            await RefusedAsync(world.Chain, guardian, contracts.AccessManager, Schedule(target, data));
            await RefusedAsync(world.Chain, governance, contracts.AccessManager, Execute(target, data));
            await governor.SendAsync(new TransactionRequest(contracts.AccessManager, Schedule(target, data)));
        }

        await world.Chain.PassAsync((int)DelaySeconds - 60);
        foreach ((Address target, byte[] data) in acts)
        {
            await RefusedAsync(world.Chain, governance, contracts.AccessManager, Execute(target, data));
        }

        using TransactionSender guard = Deployed.Sender(world.Chain, guardian);
        foreach ((Address target, byte[] data) in new[] { taken, seized, freed })
        {
            await guard.SendAsync(new TransactionRequest(contracts.AccessManager, Manager.Abi.Function("cancel").EncodeCall(governance.Address, target, data)));
        }

        await world.Chain.PassAsync(60);
        await world.SetPriceAsync(1, plan.Underlyings[0].MockPriceE8);
        await RefusedAsync(world.Chain, governance, contracts.AccessManager, Execute(taken.Target, taken.Data));
        await RefusedAsync(world.Chain, governance, contracts.AccessManager, Execute(seized.Target, seized.Data));
        await RefusedAsync(world.Chain, governance, contracts.AccessManager, Execute(freed.Target, freed.Data));
        foreach ((Address target, byte[] data) in acts)
        {
            await governor.SendAsync(new TransactionRequest(contracts.AccessManager, Execute(target, data)));
        }

        IEthereumNode node = world.Chain.Node;
        Assert.Equal((UInt128)7, await node.CallAsync(contracts.RiskParameters, new RiskParameters.RiskInterestMaxE8Call(1)));
        Assert.Equal(UInt128.MaxValue, await node.CallAsync(contracts.RiskParameters, new RiskParameters.RiskInterestMaxE8Call(2)));
        Assert.Equal(7UL, await node.CallAsync(contracts.MarginVault, new MarginVault.CapOfCall(1)));
        Assert.True((bool)(await AskAsync(world, "hasRole", GuardianRole, world.Attester.Address))[0]);
    }

    [Fact]
    public async Task Guardian_PausesAndStopsAtOnce_AndNobodyElseDoes()
    {
        (Deployed world, PrivateKey governance, PrivateKey guardian) = await DeployAsync();
        await using Deployed deployed = world;
        using TransactionSender guard = Deployed.Sender(world.Chain, guardian);
        DeployedContracts contracts = world.Record.Contracts;
        (Address Target, byte[] Data)[] brakes =
        [
            (contracts.Clearinghouse, new Clearinghouse.SetPausedCall(true).Encode()),
            (contracts.ParameterSteps, new ParameterSteps.SetStoppedCall(true).Encode()),
            (contracts.VolSurfaces, new VolSurfaces.SetStoppedCall(true).Encode()),
        ];
        foreach ((Address target, byte[] data) in brakes)
        {
            await RefusedAsync(world.Chain, world.Deployer, target, data);
            await RefusedAsync(world.Chain, governance, target, data);
            await guard.SendAsync(new TransactionRequest(target, data));
        }

        Assert.True(await world.Chain.Node.CallAsync(contracts.Clearinghouse, new Clearinghouse.PausedCall()));
        Assert.True(await world.Chain.Node.CallAsync(contracts.ParameterSteps, new ParameterSteps.IsStoppedCall()));
        Assert.True(await world.Chain.Node.CallAsync(contracts.VolSurfaces, new VolSurfaces.IsStoppedCall()));
        await RefusedAsync(world.Chain, guardian, contracts.RiskParameters, new RiskParameters.SetRiskInterestMaxCall(1, 7).Encode());
    }

    private async Task<(Deployed World, PrivateKey Governance, PrivateKey Guardian)> DeployAsync()
    {
        PrivateKey governance = await Deployed.FundedKeyAsync(fixture.Chain);
        PrivateKey guardian = await Deployed.FundedKeyAsync(fixture.Chain);
        Deployed world = await Deployed.CreateAsync(fixture.Chain, change: plan => plan with
        {
            Governance = governance.Address,
            Guardian = guardian.Address,
            GovernanceDelaySeconds = DelaySeconds,
            RampSeconds = 0,
        });
        return (world, governance, guardian);
    }

    /// <summary>The restricted functions of the sources.</summary>
    private static IEnumerable<(string Contract, string Function)> Restricted() =>
        ContractFunctions.All().Where(static pair => pair.Value).Select(static pair => pair.Key.Split('.')).Select(static parts => (parts[0], parts[1]));

    private static ContractAbi PublishedAbi(string contract) => ContractAbi.FromJson(JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "abi", $"{contract}.json"))).RootElement);

    private static ulong Number(object decoded) => (ulong)(BigInteger)(UInt256)decoded;

    private static Address AddressOf(Deployed world, string contract) =>
        (Address)(typeof(DeployedContracts).GetProperty(contract) ?? throw new InvalidOperationException($"{contract} has restricted functions and is not in the deployment file")).GetValue(world.Record.Contracts)!;

    private static async Task<(bool AtOnce, uint DelaySeconds)> MayAsync(Deployed world, PrivateKey who, Address target, byte[] selector)
    {
        object[] answer = await AskAsync(world, "canCall", who.Address, target, selector);
        return ((bool)answer[0], (uint)Number(answer[1]));
    }

    private static async Task<object[]> AskAsync(Deployed world, string function, params object[] arguments)
    {
        byte[] data = await world.Chain.Node.CallAsync(new CallRequest(world.Record.Contracts.AccessManager, Manager.Abi.Function(function).EncodeCall(arguments)));
        return Manager.Abi.Function(function).DecodeResult(data);
    }

    private static byte[] Schedule(Address target, byte[] data) => Manager.Abi.Function("schedule").EncodeCall(target, data, 0UL);

    private static byte[] Execute(Address target, byte[] data) => Manager.Abi.Function("execute").EncodeCall(target, data);

    /// <summary>That the access manager, or a contract that asks it, refuses: by one of their own errors and none of what the act would do.</summary>
    private static async Task RefusedAsync(HardhatNode chain, PrivateKey who, Address target, byte[] data)
    {
        RevertException refusal = await Assert.ThrowsAsync<RevertException>(() => chain.Node.CallAsync(new CallRequest(target, data) { From = who.Address }));
        Assert.Contains(refusal.Reason.Data.Length >= 4 ? Convert.ToHexStringLower(refusal.Reason.Data.AsSpan(0, 4)) : "nothing", Refusals);
    }

    private static string SelectorOf(string error) => Convert.ToHexStringLower(Keccak256.HashUtf8(error).ToArray().AsSpan(0, 4));
}
