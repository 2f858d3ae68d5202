using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests;

/// <summary>A chain in memory that grows, forks and can be made to lie once.</summary>
internal sealed class FakeChain : IChainSource
{
    private readonly List<(StoredBlock Block, LogEntry[] Logs)> _blocks = [];
    private int _forks;

    public FakeChain() => _blocks.Add((new StoredBlock(0, Keccak256.HashUtf8("genesis"), Hash32.Zero, 1_000), []));

    public static Address Contract { get; } = Address.Parse("0x00000000000000000000000000000000000000aa");

    public StoredBlock Head => _blocks[^1].Block;

    public IReadOnlyList<LogEntry> AllLogs => [.. _blocks.SelectMany(static block => block.Logs)];

    public IReadOnlyList<StoredBlock> Blocks => [.. _blocks.Select(static block => block.Block)];

    /// <summary>The most blocks whose logs one question may ask for; more is refused, as public nodes do.</summary>
    public ulong MostBlocksOfRange { get; set; } = ulong.MaxValue;

    /// <summary>How it is refused.</summary>
    public Func<Exception> Refusal { get; set; } = static () => new RpcErrorException("eth_getLogs", new Ethereum.Rpc.RpcError(-32005, "query returned more than 10000 results", null));

    /// <summary>How many blocks the questions for ranges were about, one after another.</summary>
    public List<ulong> Ranges { get; } = [];

    /// <summary>Whether its node says that it is the deployment's.</summary>
    public bool IsOfTheChain { get; set; } = true;

    public int Requests { get; private set; }

    /// <summary>Runs before each answer with the number of the request, to change the chain or throw in between.</summary>
    public Action<int>? BeforeAnswer { get; set; }

    /// <summary>Blocks that the node does not have when it is asked for them by number.</summary>
    public HashSet<ulong> Lacks { get; } = [];

    /// <summary>Changes the logs on their way out.</summary>
    public Func<IReadOnlyList<LogEntry>, IReadOnlyList<LogEntry>>? Garble { get; set; }

    /// <summary>The logs that it leaves out when it is asked by a block's hash, as a node that has no receipts yet.</summary>
    public Func<LogEntry, bool>? LeavesOutByHash { get; set; }

    /// <summary>The logs that it leaves out when it is asked for a range.</summary>
    public Func<LogEntry, bool>? LeavesOutOfRanges { get; set; }

    /// <summary>The head that it tells in place of its own.</summary>
    public StoredBlock? ToldHead { get; set; }

    public void Grow(int blocks, int logsPerBlock = 1)
    {
        for (int i = 0; i < blocks; i++)
        {
            StoredBlock parent = Head;
            var block = new StoredBlock(parent.Number + 1, Keccak256.HashUtf8($"block {parent.Number + 1} fork {_forks}"), parent.Hash, parent.TimeSeconds + 12);
            _blocks.Add((block, [.. Enumerable.Range(0, logsPerBlock).Select(place => Log(block, (uint)place))]));
        }
    }

    /// <summary>Takes back the last blocks and grows others in their place.</summary>
    public void Fork(int depth, int grow)
    {
        _forks++;
        _blocks.RemoveRange(_blocks.Count - depth, depth);
        Grow(grow, 2);
    }

    public Task RequireChainAsync(CancellationToken cancellationToken) => IsOfTheChain ? Task.CompletedTask : throw new RpcTransportException("The node serves chain 2 now and not 31337.", isTransient: false);

    public Task<StoredBlock> GetHeadAsync(CancellationToken cancellationToken)
    {
        Answer();
        return Task.FromResult(ToldHead ?? Head);
    }

    public Task<StoredBlock?> FindBlockAsync(ulong number, CancellationToken cancellationToken)
    {
        Answer();
        return Task.FromResult(number < (ulong)_blocks.Count && !Lacks.Contains(number) ? _blocks[(int)number].Block : null);
    }

    public Task<IReadOnlyList<LogEntry>> GetLogsOfBlockAsync(Hash32 blockHash, CancellationToken cancellationToken)
    {
        Answer();
        (StoredBlock Block, LogEntry[] Logs)[] found = [.. _blocks.Where(block => block.Block.Hash == blockHash)];
        if (found.Length == 0)
        {
            throw new RpcErrorException("eth_getLogs", new Ethereum.Rpc.RpcError(-32000, "unknown block", null));
        }

        return Task.FromResult(Deliver([.. found[0].Logs.Where(log => LeavesOutByHash?.Invoke(log) != true)]));
    }

    public Task<(IReadOnlyList<LogEntry> Logs, StoredBlock? Last)> GetLogsAsync(ulong fromBlock, ulong toBlock, CancellationToken cancellationToken)
    {
        Answer();
        Ranges.Add(toBlock - fromBlock + 1);
        if (toBlock - fromBlock + 1 > MostBlocksOfRange)
        {
            throw Refusal();
        }

        return Task.FromResult((Deliver([.. AllLogs.Where(log => log.BlockNumber >= fromBlock && log.BlockNumber <= toBlock && LeavesOutOfRanges?.Invoke(log) != true)]), toBlock < (ulong)_blocks.Count ? _blocks[(int)toBlock].Block : null));
    }

    private static LogEntry Log(StoredBlock block, uint place) => new()
    {
        Address = Contract,
        Topics = [Keccak256.HashUtf8("Something()"), block.Hash],
        Data = [(byte)place, 1, 2, 3],
        BlockNumber = block.Number,
        BlockHash = block.Hash,
        BlockTimestampSeconds = block.TimeSeconds,
        TransactionHash = Keccak256.HashUtf8($"tx {block.Hash} {place}"),
        TransactionIndex = place,
        LogIndex = place,
    };

    private IReadOnlyList<LogEntry> Deliver(LogEntry[] logs)
    {
        IReadOnlyList<LogEntry> stripped = [.. logs.Select(static log => log with { BlockTimestampSeconds = 0 })];
        return Garble is { } garble ? garble(stripped) : stripped;
    }

    private void Answer()
    {
        Requests++;
        BeforeAnswer?.Invoke(Requests);
    }
}
