using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Proving;

namespace OnchainMargin.Solver.Tests.Proving;

public sealed class NodeProofTrialTests
{
    /// <summary>Strangers ask the API for proofs as often as they like; the relay would compute in the meantime, for more gas.</summary>
    [Fact]
    public async Task Try_WhileStrangersHaveAllPlacesOfTheApi_TheRelayHasItsOwn()
    {
        var node = new SlowNode();
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System).AddSingleton<IEthereumNode>(new EthereumNode(node));
        SolverHost.AddTrials(services);
        await using ServiceProvider provider = services.BuildServiceProvider();
        IProofTrial strangers = provider.GetRequiredService<IProofTrial>();
        Task<(ulong? Gas, string Refusal)>[] taken = [.. Enumerable.Range(0, 4).Select(_ => TryAsync(strangers))];
        Task<(ulong? Gas, string Refusal)> waiting = TryAsync(strangers);
        Assert.Equal(4, node.Asked);

        Task<(ulong? Gas, string Refusal)> own = TryAsync(provider.GetRequiredKeyedService<IProofTrial>(SolverRoles.Relay));
        Assert.Equal(5, node.Asked);
        node.Answer.SetResult("\"0x5208\""u8.ToArray());
        Assert.Equal(21_000UL, (await own).Gas);
        Assert.All(await Task.WhenAll(taken), static one => Assert.Equal(21_000UL, one.Gas));
        await waiting;
    }

    private static Task<(ulong? Gas, string Refusal)> TryAsync(IProofTrial trial) => trial.TryAsync(new TransactionRequest(default(Address), default), default, CancellationToken.None);

    private sealed class SlowNode : IRpcClient
    {
        private int _asked;

        public int Asked => _asked;

        public TaskCompletionSource<ReadOnlyMemory<byte>> Answer { get; } = new();

        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _asked);
            return Answer.Task;
        }

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("A trial is one question.");
    }
}
