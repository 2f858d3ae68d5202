using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>A node in memory with a pool and a chain; replies can be lost, transactions held back, blocks taken back.</summary>
internal sealed class FakeTransactionNode : ITransactionNode
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash32, SignedTransaction> _pool = [];
    private readonly List<(SignedTransaction[] Transactions, Hash32 Hash)> _blocks = [];
    private readonly Dictionary<Hash32, ulong> _blockOf = [];
    private int _made;

    public GasOffer Asked { get; set; } = new(10_000_000_000UL, 1_000_000_000UL);

    public bool RefusesInSimulation { get; set; }

    /// <summary>Calldata that the contract refuses when simulated.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    public bool RevertsWhenMined { get; set; }

    /// <summary>What happens to the next broadcasts: true loses the reply after the transaction arrived, false loses the transaction itself.</summary>
    public Queue<bool> Losses { get; } = new();

    public List<SignedTransaction> Broadcasts { get; } = [];

    /// <summary>Runs before a broadcast arrives, to refuse it.</summary>
    public Action<SignedTransaction>? BeforeBroadcast { get; set; }

    /// <summary>Runs after a broadcast has arrived.</summary>
    public Action<SignedTransaction>? AfterBroadcast { get; set; }

    /// <summary>Whether it answers as a node does that has begun to sync: its newest block is the first, and nobody has sent anything.</summary>
    public bool IsSyncing { get; set; }

    /// <summary>Whether it says that it is of the chain that transactions are signed for.</summary>
    public bool IsOfTheChain { get; set; } = true;

    /// <summary>Whether it never answers a broadcast.</summary>
    public bool Hangs { get; set; }

    /// <summary>What it answers where so many nonces are used.</summary>
    public Func<ulong, ulong> Counts { get; set; } = static used => used;

    /// <summary>How often what became of a transaction was asked for.</summary>
    public int ReceiptsAsked { get; private set; }

    /// <summary>How often what to offer for gas was asked for.</summary>
    public int FeesAsked { get; private set; }

    /// <summary>The gas that each call is estimated at.</summary>
    public ulong Gas { get; set; } = 100_000;

    /// <summary>The gas that each uses in a block.</summary>
    public ulong GasWhenMined { get; set; }

    /// <summary>What each account has, in wei.</summary>
    public UInt256 Balance { get; set; } = 1_500_000_000_000_000_000UL;

    /// <summary>How often it was asked what an account has.</summary>
    public int BalancesAsked { get; private set; }

    public Task<UInt256> GetBalanceAsync(Address account, CancellationToken cancellationToken)
    {
        BalancesAsked++;
        return Task.FromResult(Balance);
    }

    /// <summary>Runs before an estimate.</summary>
    public Func<byte[], CancellationToken, Task>? BeforeEstimate { get; set; }

    /// <summary>Whether each broadcast was for the private relay alone.</summary>
    public List<bool> Private { get; } = [];

    public IReadOnlyList<SignedTransaction> Mined => [.. _blocks.SelectMany(static block => block.Transactions)];

    public ulong Head => (ulong)_blocks.Count;

    public Task RequireChainAsync(CancellationToken cancellationToken) => IsOfTheChain ? Task.CompletedTask : throw new RpcTransportException("The node serves chain 2 now and not 31337.", isTransient: false);

    public async Task<(ulong Head, ulong Mined)> GetHeadAndMinedNonceAsync(Address sender, CancellationToken cancellationToken)
    {
        ulong mined = await GetMinedNonceAsync(sender, cancellationToken);
        return (IsSyncing ? 0 : Head, mined);
    }

    public Task<Hash32?> GetBlockHashAsync(ulong number, CancellationToken cancellationToken) => Task.FromResult(number switch
    {
        0 => Keccak256.HashUtf8("the first block"),
        _ => number <= Head ? _blocks[(int)number - 1].Hash : (Hash32?)null,
    });

    public Task<ulong> GetMinedNonceAsync(Address sender, CancellationToken cancellationToken) => Task.FromResult(Counts(IsSyncing ? 0 : (ulong)_blockOf.Count));

    public async Task<ulong> EstimateGasAsync(Address sender, Address target, byte[] data, CancellationToken cancellationToken)
    {
        await (BeforeEstimate?.Invoke(data, cancellationToken) ?? Task.CompletedTask);
        return RefusesInSimulation || Refused.Contains(HexData.Encode(data)) ? throw new RevertException("The transaction, when simulated,", new MessageReason([], "no")) : Gas;
    }

    public Task<GasOffer> EstimateFeesAsync(CancellationToken cancellationToken)
    {
        FeesAsked++;
        return Task.FromResult(Asked);
    }

    public Task<MinedTransaction?> FindMinedAsync(Hash32 hash, CancellationToken cancellationToken)
    {
        ReceiptsAsked++;
        return Task.FromResult(_blockOf.TryGetValue(hash, out ulong block) ? new MinedTransaction(block, !RevertsWhenMined && _blocks[(int)block - 1].Transactions.First(transaction => transaction.Hash == hash).Transaction.GasLimit >= GasWhenMined) : null);
    }

    public Task BroadcastAsync(SignedTransaction transaction, bool isPrivate, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            BeforeBroadcast?.Invoke(transaction);
            Broadcasts.Add(transaction);
            Private.Add(isPrivate);
            bool isLost = Losses.TryDequeue(out bool arrives);
            if (isLost && !arrives)
            {
                throw new RpcTransportException("the connection was lost before the request arrived");
            }

            if (!_blockOf.ContainsKey(transaction.Hash))
            {
                _pool[transaction.Hash] = transaction;
            }

            AfterBroadcast?.Invoke(transaction);
            return Hangs ? new TaskCompletionSource().Task : isLost ? throw new RpcTransportException("the connection was lost before the reply arrived") : Task.CompletedTask;
        }
    }

    public Task<string> ExplainRevertAsync(Address sender, Address target, byte[] data, ulong blockNumber, CancellationToken cancellationToken) => Task.FromResult("no");

    /// <summary>Makes a block of what the pool holds, the best offer of each nonce, in order and without gaps, as far as offers reach what the block asks.</summary>
    /// <returns>What is in it.</returns>
    public IReadOnlyList<SignedTransaction> Mine(UInt256 leastFeeWei = default)
    {
        var block = new List<SignedTransaction>();
        for (ulong nonce = (ulong)_blockOf.Count; _pool.Values.Any(transaction => transaction.Transaction.Nonce == nonce); nonce++)
        {
            SignedTransaction best = _pool.Values.Where(transaction => transaction.Transaction.Nonce == nonce).MaxBy(static transaction => ((FeeMarketTransaction)transaction.Transaction).MaxFeePerGasWei)!;
            if (((FeeMarketTransaction)best.Transaction).MaxFeePerGasWei < leastFeeWei)
            {
                break;
            }

            block.Add(best);
        }

        Append([.. block]);
        foreach (SignedTransaction transaction in _pool.Values.Where(transaction => transaction.Transaction.Nonce < (ulong)_blockOf.Count).ToArray())
        {
            _pool.Remove(transaction.Hash);
        }

        return block;
    }

    /// <summary>Makes a block that takes nothing.</summary>
    public void MineEmpty() => Append([]);

    /// <summary>Takes the last blocks back; the pool forgets what they held.</summary>
    public void TakeBack(int blocks)
    {
        foreach (SignedTransaction transaction in _blocks.Skip(_blocks.Count - blocks).SelectMany(static block => block.Transactions))
        {
            _blockOf.Remove(transaction.Hash);
        }

        _blocks.RemoveRange(_blocks.Count - blocks, blocks);
    }

    /// <summary>Somebody else uses the next nonce.</summary>
    public void UseNonceElsewhere(SignedTransaction foreign) => Append([foreign]);

    public void ForgetPool() => _pool.Clear();

    /// <summary>No two blocks have the same hash, also of the same number with the same in them.</summary>
    private void Append(SignedTransaction[] block)
    {
        _blocks.Add((block, Keccak256.HashUtf8($"block {++_made}")));
        foreach (SignedTransaction transaction in block)
        {
            _blockOf[transaction.Hash] = (ulong)_blocks.Count;
        }
    }
}
