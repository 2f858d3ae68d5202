using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Checkpoints;

/// <summary>Everything that a checkpoint (or a live reading) holds, as bytes for calldata and as the struct that the margin engine reads.</summary>
public sealed class CheckpointInputs
{
    private const int RecordHeadBytes = 4 * 32;
    private const int ExpiryBytes = 4 * 32;
    private const int ExpiriesOffset = 32 + 28;

    private readonly ImmutableArray<byte[]> _records;
    private CheckpointView? _view;

    private CheckpointInputs(byte[] head, ImmutableArray<byte[]> records, Checkpoint checkpoint, Hash32 inputsHash)
    {
        Head = head;
        _records = records;
        Checkpoint = checkpoint;
        InputsHash = inputsHash;
    }

    /// <summary>Header, collateral records and one hash for each underlying (MRG-004): the preimage of <see cref="InputsHash"/>.</summary>
    public byte[] Head { get; }

    /// <summary>The values.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The values made ready for the margin engine; made when first asked for and shared by all accounts.</summary>
    public CheckpointView View => LazyInitializer.EnsureInitialized(ref _view, () => new CheckpointView(Checkpoint));

    /// <summary>The commitment.</summary>
    public Hash32 InputsHash { get; }

    /// <summary>The checkpoint's number.</summary>
    public ulong Id => Checkpoint.Header.Id;

    /// <summary>The records of all underlyings, ascending.</summary>
    public byte[] AllRecords => [.. _records.SelectMany(static record => record)];

    /// <summary>Reads the two parts that <c>CheckpointTaken</c> and <c>PriceHub.live()</c> give and checks each record against its hash in the head.</summary>
    /// <exception cref="ProtocolException">Thrown when they are not a checkpoint.</exception>
    public static CheckpointInputs Read(byte[] head, byte[] allRecords)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(allRecords);
        ImmutableArray<byte[]> records = Split(allRecords);
        MarginError error = Checkpoint.Unpack(head, records, out Checkpoint? checkpoint);
        if (error != MarginError.None || checkpoint is null)
        {
            throw new ProtocolException($"A preimage of {head.Length} + {allRecords.Length} bytes is not a checkpoint ({error}); check that the price hub is of this version.");
        }

        Hash32 inputsHash = Keccak256.Hash(head);
        if (inputsHash != new Hash32(checkpoint.InputsHash(static bytes => Keccak256.Hash(bytes).ToArray())))
        {
            throw new ProtocolException($"The preimage of checkpoint {checkpoint.Header.Id} holds a record that does not hash to what its head names; check the node.");
        }

        return new CheckpointInputs(head, records, checkpoint, inputsHash);
    }

    /// <summary>The records of the underlyings that an account touches, ascending: what goes with its state in calldata.</summary>
    public byte[] RecordsFor(AccountState state, IEnumerable<Balance> balances)
    {
        ArgumentNullException.ThrowIfNull(state);
        var touched = new SortedSet<int>(state.Positions.Select(static position => (int)position.Instrument.Underlying));
        foreach (Balance balance in balances)
        {
            if (Checkpoint.Collaterals.FirstOrDefault(collateral => collateral.Token == balance.Token) is { Underlying: > 0 } collateral)
            {
                touched.Add(collateral.Underlying);
            }
        }

        return [.. touched.Where(underlying => underlying >= 1 && underlying <= _records.Length).SelectMany(underlying => _records[underlying - 1])];
    }

    private static ImmutableArray<byte[]> Split(byte[] allRecords)
    {
        ImmutableArray<byte[]>.Builder records = ImmutableArray.CreateBuilder<byte[]>();
        int at = 0;
        while (at < allRecords.Length)
        {
            int left = allRecords.Length - at;
            int length = left < RecordHeadBytes ? int.MaxValue : RecordHeadBytes + (allRecords[at + ExpiriesOffset] * ExpiryBytes);
            if (length > left)
            {
                throw new ProtocolException($"The records of a checkpoint end in the middle of one (at byte {at} of {allRecords.Length}); check that the price hub is of this version.");
            }

            records.Add(allRecords[at..(at + length)]);
            at += length;
        }

        return records.ToImmutable();
    }
}
