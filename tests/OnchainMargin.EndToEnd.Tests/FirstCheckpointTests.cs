using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>Anybody may take the first checkpoint, also while the deployment is still under way.</summary>
[Collection(SharedChain.Name)]
public sealed class FirstCheckpointTests(ChainFixture fixture)
{
    [Fact]
    public async Task Deploy_StrangerTakesTheFirstCheckpointBefore_IsDoneAllTheSame()
    {
        using PrivateKey deployer = await Deployed.FundedKeyAsync(fixture.Chain), stranger = await Deployed.FundedKeyAsync(fixture.Chain), attester = await Deployed.FundedKeyAsync(fixture.Chain);
        using TransactionSender own = Deployed.Sender(fixture.Chain, deployer), other = Deployed.Sender(fixture.Chain, stranger);
        DeploymentPlan plan = DeploymentPlanFile.Read(null) with { Attesters = [attester.Address], Threshold = 1 };
        DeploymentRecord record = await new ProtocolDeployer(fixture.Chain.Node, new Overtaken(own, other), new ArtifactFolder(Repository.Artifacts())).DeployAsync(plan, static _ => { });
        ProtocolClient client = await ProtocolClient.ConnectAsync(fixture.Chain.Node, record, own);
        Assert.Equal(1UL, (await client.GetLatestCheckpointAsync()).Id);
    }

    /// <summary>A sender whose last transaction comes after a stranger's checkpoint.</summary>
    private sealed class Overtaken(ITransactionSender own, ITransactionSender other) : ITransactionSender
    {
        private static readonly byte[] Refresh = new PriceHub.RefreshCall().Encode();

        public Address Address => own.Address;

        public async Task<TransactionReceipt> SendAsync(TransactionRequest request, CancellationToken cancellationToken = default)
        {
            if (request.Data.Span.SequenceEqual(Refresh))
            {
                await other.SendAsync(TransactionRequest.Call(request.To!.Value, new PriceHub.CheckpointCall()), cancellationToken);
            }

            return await own.SendAsync(request, cancellationToken);
        }

        public Task<SignedTransaction> PrepareAsync(TransactionRequest request, CancellationToken cancellationToken = default) => own.PrepareAsync(request, cancellationToken);

        public Task BroadcastAsync(SignedTransaction transaction, CancellationToken cancellationToken = default) => own.BroadcastAsync(transaction, cancellationToken);

        public Task ReleaseAsync(SignedTransaction transaction, CancellationToken cancellationToken = default) => own.ReleaseAsync(transaction, cancellationToken);

        public Task<TransactionReceipt> WaitAsync(Hash32 transactionHash, CancellationToken cancellationToken = default) => own.WaitAsync(transactionHash, cancellationToken);

        public Task<SignedTransaction> BumpAsync(SignedTransaction transaction, CancellationToken cancellationToken = default) => own.BumpAsync(transaction, cancellationToken);
    }
}
