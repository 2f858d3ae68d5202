using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>What others may do while a deployment is still under way: take the first checkpoint, keep it from being taken, or pay for a seat.</summary>
[Collection(SharedChain.Name)]
public sealed class OvertakenDeploymentTests(ChainFixture fixture)
{
    [Fact]
    public async Task Deploy_StrangerTakesTheFirstCheckpointBefore_IsDoneAllTheSame()
    {
        using PrivateKey deployer = await Deployed.FundedKeyAsync(fixture.Chain), stranger = await Deployed.FundedKeyAsync(fixture.Chain), attester = await Deployed.FundedKeyAsync(fixture.Chain);
        using TransactionSender own = Deployed.Sender(fixture.Chain, deployer), other = Deployed.Sender(fixture.Chain, stranger);
        DeploymentPlan plan = DeploymentPlanFile.Read(null) with { Attesters = [attester.Address], Threshold = 1 };
        Task TakeCheckpointAsync(TransactionRequest request) => request.Data.Span.SequenceEqual(new PriceHub.RefreshCall().Encode())
            ? other.SendAsync(TransactionRequest.Call(request.To!.Value, new PriceHub.CheckpointCall()))
            : Task.CompletedTask;
        DeploymentRecord record = await new ProtocolDeployer(fixture.Chain.Node, new Overtaken(own, TakeCheckpointAsync), new ArtifactFolder(Repository.Artifacts())).DeployAsync(plan, static _ => { });
        ProtocolClient client = await ProtocolClient.ConnectAsync(fixture.Chain.Node, record, own);
        Assert.Equal(1UL, (await client.GetLatestCheckpointAsync()).Id);
    }

    /// <summary>An attester whose program joins as soon as it is admitted sits when the deployer comes to pay for it.</summary>
    [Fact]
    public async Task Deploy_AttesterJoinsByItselfBefore_GoesOn()
    {
        using PrivateKey deployer = await Deployed.FundedKeyAsync(fixture.Chain), hasty = await Deployed.FundedKeyAsync(fixture.Chain), attester = await Deployed.FundedKeyAsync(fixture.Chain);
        using TransactionSender own = Deployed.Sender(fixture.Chain, deployer), other = Deployed.Sender(fixture.Chain, hasty);
        DeploymentPlan plan = DeploymentPlanFile.Read(null) with { Attesters = [hasty.Address, attester.Address], Threshold = 2 };
        async Task JoinAsync(TransactionRequest request)
        {
            if (request.Data.Span.SequenceEqual(new AttesterBonds.JoinCall(hasty.Address).Encode()))
            {
                Address bonds = request.To!.Value;
                Address token = await fixture.Chain.Node.CallAsync(bonds, new AttesterBonds.TokenCall());
                await own.SendAsync(new TransactionRequest(token, ContractAbi.FromSignatures("function mint(address to,uint256 amount)").Functions[0].EncodeCall(hasty.Address, (UInt256)plan.AttesterBondRaw)));
                await other.SendAsync(TransactionRequest.Call(token, new Erc20.ApproveCall(bonds, plan.AttesterBondRaw)));
                await other.SendAsync(TransactionRequest.Call(bonds, new AttesterBonds.JoinCall(hasty.Address)));
            }
        }

        DeploymentRecord record = await new ProtocolDeployer(fixture.Chain.Node, new Overtaken(own, JoinAsync), new ArtifactFolder(Repository.Artifacts())).DeployAsync(plan, static _ => { });
        ProtocolBook book = await (await ProtocolClient.ConnectAsync(fixture.Chain.Node, record, own)).ReplayAsync();
        Assert.Equal((2, 2U), (book.Attesters.Count, book.Threshold));
        Assert.Equal(await fixture.Chain.Node.CallAsync(record.Contracts.AttesterBonds, new AttesterBonds.ChallengesCall()), record.Contracts.Challenges);
    }

    /// <summary>Another deployment is dear, and a seat that somebody leaves is governance's to fill.</summary>
    [Theory]
    [InlineData(false, "no seat: {0} has joined by itself and resigned already")]
    [InlineData(true, "no threshold: fewer than 2 attesters sit by now, since some have resigned; governance admits others, who join by AttesterBonds.join, and sets the threshold of 2 then")]
    public async Task Deploy_AttesterResignsBeforeTheThreshold_GoesOn(bool isPaidFor, string told)
    {
        using PrivateKey deployer = await Deployed.FundedKeyAsync(fixture.Chain), fickle = await Deployed.FundedKeyAsync(fixture.Chain), attester = await Deployed.FundedKeyAsync(fixture.Chain);
        using TransactionSender own = Deployed.Sender(fixture.Chain, deployer), other = Deployed.Sender(fixture.Chain, fickle);
        DeploymentPlan plan = DeploymentPlanFile.Read(null) with { Attesters = [fickle.Address, attester.Address], Threshold = 2 };
        Address bonds = default;
        async Task ResignAsync(TransactionRequest request)
        {
            bonds = request.Data.Span.SequenceEqual(new AttesterBonds.AdmitCall(fickle.Address).Encode()) ? request.To!.Value : bonds;
            if (isPaidFor && request.Data.Span.SequenceEqual(new RiskRegistry.SetThresholdCall(2U).Encode()))
            {
                await other.SendAsync(TransactionRequest.Call(bonds, new AttesterBonds.ResignCall()));
            }
            else if (!isPaidFor && request.Data.Span.SequenceEqual(new AttesterBonds.JoinCall(fickle.Address).Encode()))
            {
                await own.SendAsync(request);
                await other.SendAsync(TransactionRequest.Call(bonds, new AttesterBonds.ResignCall()));
            }
        }

        List<string> reports = [];
        DeploymentRecord record = await new ProtocolDeployer(fixture.Chain.Node, new Overtaken(own, ResignAsync), new ArtifactFolder(Repository.Artifacts())).DeployAsync(plan, reports.Add);
        ProtocolBook book = await (await ProtocolClient.ConnectAsync(fixture.Chain.Node, record, own)).ReplayAsync();
        Assert.Equal((1, 0U), (book.Attesters.Count, book.Threshold));
        Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, told, fickle.Address), reports);
    }

    /// <summary>By then everything is handed over: a price that is away for a moment must not be the end of what it cost.</summary>
    [Fact]
    public async Task Deploy_FirstCheckpointFails_IsKeptAllTheSame()
    {
        using PrivateKey deployer = await Deployed.FundedKeyAsync(fixture.Chain), attester = await Deployed.FundedKeyAsync(fixture.Chain);
        using TransactionSender own = Deployed.Sender(fixture.Chain, deployer);
        DeploymentPlan plan = DeploymentPlanFile.Read(null) with { Attesters = [attester.Address], Threshold = 1 };
        DeploymentRecord? kept = null;
        var sender = new Overtaken(own, static request => request.Data.Span.SequenceEqual(new PriceHub.RefreshCall().Encode()) ? throw new RpcTransportException("the node is away") : Task.CompletedTask);
        var deployerOf = new ProtocolDeployer(fixture.Chain.Node, sender, new ArtifactFolder(Repository.Artifacts())) { Keep = record => kept = record };

        DeploymentException told = await Assert.ThrowsAsync<DeploymentException>(() => deployerOf.DeployAsync(plan, static _ => { }));

        Assert.StartsWith("All contracts are deployed and handed over, but for the first checkpoint, which failed (the node is away)", told.Message, StringComparison.Ordinal);
        Assert.Equal(0UL, (await (await ProtocolClient.ConnectAsync(fixture.Chain.Node, kept!, own)).GetLatestCheckpointAsync()).Id);
    }

    /// <summary>A sender before whose transactions somebody else does something.</summary>
    private sealed class Overtaken(ITransactionSender own, Func<TransactionRequest, Task> before) : ITransactionSender
    {
        public Address Address => own.Address;

        public async Task<TransactionReceipt> SendAsync(TransactionRequest request, CancellationToken cancellationToken = default)
        {
            await before(request);
            return await own.SendAsync(request, cancellationToken);
        }

        public Task<SignedTransaction> PrepareAsync(TransactionRequest request, CancellationToken cancellationToken = default) => own.PrepareAsync(request, cancellationToken);

        public Task BroadcastAsync(SignedTransaction transaction, CancellationToken cancellationToken = default) => own.BroadcastAsync(transaction, cancellationToken);

        public Task ReleaseAsync(SignedTransaction transaction, CancellationToken cancellationToken = default) => own.ReleaseAsync(transaction, cancellationToken);

        public Task<TransactionReceipt> WaitAsync(Hash32 transactionHash, CancellationToken cancellationToken = default) => own.WaitAsync(transactionHash, cancellationToken);

        public Task<SignedTransaction> BumpAsync(SignedTransaction transaction, CancellationToken cancellationToken = default) => own.BumpAsync(transaction, cancellationToken);
    }
}
