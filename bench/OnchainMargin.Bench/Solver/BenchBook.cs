using System.Buffers.Binary;
using OnchainMargin.Bench.Book;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Bench.Solver;

/// <summary>The accounts of the bench's market as a chain would tell of them: as logs, or as the book that comes of these.</summary>
internal sealed class BenchBook
{
    private const int Positions = 8;
    private const int WordBytes = 32;
    private const ulong Index = 1_000_000_000_000;

    private readonly Random _random = new(20_261_121);

    public BookScene Scene { get; } = new();

    public DeploymentRecord Deployment { get; } = new() { ChainId = 31_337, Block = 1, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [] };

    /// <summary>What a block is called in these logs.</summary>
    public static Hash32 HashOf(ulong block) => new(block, 1, 2, 3);

    /// <summary>A checkpoint as its event brings it.</summary>
    public static CheckpointInputs Inputs(Checkpoint checkpoint) => CheckpointInputs.Read(
        checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. checkpoint.Underlyings.SelectMany(static record => record.Pack())]);

    /// <summary>The next account; each of its states has the version after the last.</summary>
    public BookAccount Account(ulong id, uint version = 1)
    {
        (AccountState state, Balance[] balances) = Scene.Account(_random, Positions);
        state = state with { InterestIndexE12 = Index, Version = version };
        byte[] bytes = state.Pack();
        return new BookAccount { Id = id, Owner = default, StateBytes = bytes, StateHash = Keccak256.Hash(bytes), State = state, Balances = [.. balances], ChangedInBlock = 1 };
    }

    /// <summary>The logs that open an account and give it its state.</summary>
    public IEnumerable<LogEntry> Logs(ulong id, ulong block, uint position, uint version = 1)
    {
        BookAccount account = Account(id, version);
        yield return Log(
            Deployment.Contracts.Clearinghouse, [Clearinghouse.AccountOpenedEvent.Topic, Word(id), default], Keccak256.Hash(AccountState.Empty.Pack()).ToArray(), block, position);
        yield return Log(Deployment.Contracts.Clearinghouse, [Clearinghouse.AccountUpdatedEvent.Topic, Word(id)], [.. account.StateHash.ToArray(), .. Tail(2, account.StateBytes)], block, position + 1);
    }

    /// <summary>The log of a checkpoint.</summary>
    public LogEntry CheckpointLog(CheckpointInputs inputs, ulong block)
    {
        byte[] head = Padded(inputs.Head);
        byte[] data =
        [
            .. Word((ulong)inputs.Checkpoint.Header.Time).ToArray(), .. inputs.InputsHash.ToArray(), .. Word(4 * WordBytes).ToArray(), .. Word((ulong)((5 * WordBytes) + head.Length)).ToArray(),
            .. Word((ulong)inputs.Head.Length).ToArray(), .. head, .. Word((ulong)inputs.AllRecords.Length).ToArray(), .. Padded(inputs.AllRecords),
        ];
        return Log(Deployment.Contracts.PriceHub, [PriceHub.CheckpointTakenEvent.Topic, Word(inputs.Id)], data, block, 0);
    }

    private static byte[] Tail(int words, byte[] bytes) => [.. Word((ulong)(words * WordBytes)).ToArray(), .. Word((ulong)bytes.Length).ToArray(), .. Padded(bytes)];

    private static byte[] Padded(byte[] bytes)
    {
        var padded = new byte[(bytes.Length + WordBytes - 1) / WordBytes * WordBytes];
        bytes.CopyTo(padded, 0);
        return padded;
    }

    private static Hash32 Word(ulong value)
    {
        Span<byte> word = stackalloc byte[WordBytes];
        word.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(word[24..], value);
        return new Hash32(word);
    }

    private static LogEntry Log(Address address, Hash32[] topics, byte[] data, ulong block, uint position) => new()
    {
        Address = address,
        Topics = topics,
        Data = data,
        BlockNumber = block,
        BlockHash = HashOf(block),
        BlockTimestampSeconds = 1_700_000_000 + block,
        TransactionHash = new Hash32(block, position, 5, 6),
        TransactionIndex = position,
        LogIndex = position,
    };
}
