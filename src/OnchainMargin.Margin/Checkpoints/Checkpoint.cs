using System.Collections.Immutable;

namespace OnchainMargin.Margin;

/// <summary>Every input of the margin at one time: header, collateral tokens, and underlyings numbered from 1 in order. Equality is by content.</summary>
/// <param name="Header">What all accounts share.</param>
/// <param name="Collaterals">Collateral tokens, ascending by token.</param>
/// <param name="Underlyings">Underlyings; the one numbered u stands at u − 1.</param>
[SpecRule("MRG-004")]
public sealed record Checkpoint(CheckpointHeader Header, ImmutableArray<CollateralRecord> Collaterals, ImmutableArray<UnderlyingRecord> Underlyings)
{
    /// <summary>The number of bytes of a hash.</summary>
    public const int HashBytes = 32;

    private const int HeaderBytes = 2 * 32;

    /// <summary>The first part of the preimage of the inputs' hash: header and collateral records. The hashes of the underlyings' records follow it.</summary>
    /// <exception cref="OverflowException">A field does not fit its place.</exception>
    public byte[] PackHead()
    {
        byte[] target = new byte[HeaderBytes + (Collaterals.Length * CollateralRecord.Bytes)];
        var writer = new WordWriter(target);
        writer.Unsigned(Header.Id, 8);
        writer.Unsigned(Header.Time, 5);
        writer.Unsigned((byte)Underlyings.Length, 1);
        writer.Unsigned((byte)Collaterals.Length, 1);
        writer.Unsigned(Header.InitialFactorE8, 4);
        writer.Zero(13);
        writer.Unsigned(Header.DebtIndexE12, 8);
        writer.Unsigned(Header.CreditIndexE12, 8);
        writer.Zero(16);
        foreach (CollateralRecord collateral in Collaterals)
        {
            collateral.Write(ref writer);
        }

        return target;
    }

    /// <summary>The preimage of <c>inputsHash</c>: the head, then the hash of each underlying's packed record.</summary>
    /// <param name="keccak256">The hash function; this project holds none.</param>
    public byte[] InputsPreimage(Func<byte[], byte[]> keccak256)
    {
        ArgumentNullException.ThrowIfNull(keccak256);
        byte[] head = PackHead();
        byte[] target = new byte[head.Length + (Underlyings.Length * HashBytes)];
        head.CopyTo(target, 0);
        for (int i = 0; i < Underlyings.Length; i++)
        {
            keccak256(Underlyings[i].Pack()).CopyTo(target, head.Length + (i * HashBytes));
        }

        return target;
    }

    /// <summary><c>inputsHash</c>, the commitment of the checkpoint.</summary>
    /// <param name="keccak256">The hash function.</param>
    public byte[] InputsHash(Func<byte[], byte[]> keccak256) => keccak256(InputsPreimage(keccak256));

    /// <summary>Reads a head (as of <see cref="PackHead"/>; trailing underlying hashes are allowed and not read) and the records that belong to it.</summary>
    /// <param name="head">Header, collateral records and, if brought, underlying hashes.</param>
    /// <param name="records">Every underlying's packed record, in order from 1.</param>
    /// <param name="checkpoint">The checkpoint, or null on an error.</param>
    /// <returns><see cref="MarginError.CheckpointMismatch"/> when the bytes are no checkpoint.</returns>
    public static MarginError Unpack(ReadOnlySpan<byte> head, IReadOnlyList<byte[]> records, out Checkpoint? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(records);
        checkpoint = null;
        if (head.Length < HeaderBytes)
        {
            return MarginError.CheckpointMismatch;
        }

        var reader = new WordReader(head);
        ulong id = reader.Unsigned(8);
        long time = (long)reader.Unsigned(5);
        int underlyings = (int)reader.Unsigned(1);
        int collaterals = (int)reader.Unsigned(1);
        long initialFactorE8 = (long)reader.Unsigned(4);
        bool spare = reader.Zero(13);
        var header = new CheckpointHeader(id, time, initialFactorE8, reader.Unsigned(8), reader.Unsigned(8));
        spare &= reader.Zero(16);
        int length = HeaderBytes + (collaterals * CollateralRecord.Bytes);
        if (!spare || underlyings != records.Count || (head.Length != length && head.Length != length + (underlyings * HashBytes)))
        {
            return MarginError.CheckpointMismatch;
        }

        ImmutableArray<CollateralRecord>.Builder tokens = ImmutableArray.CreateBuilder<CollateralRecord>(collaterals);
        for (int i = 0; i < collaterals; i++)
        {
            if (CollateralRecord.Read(ref reader) is not { } token)
            {
                return MarginError.CheckpointMismatch;
            }

            tokens.Add(token);
        }

        ImmutableArray<UnderlyingRecord>.Builder list = ImmutableArray.CreateBuilder<UnderlyingRecord>(underlyings);
        for (int i = 0; i < underlyings; i++)
        {
            if (UnderlyingRecord.Unpack(records[i]) is not { } record || record.Underlying != i + 1)
            {
                return MarginError.CheckpointMismatch;
            }

            list.Add(record);
        }

        checkpoint = new Checkpoint(header, tokens.MoveToImmutable(), list.MoveToImmutable());
        return MarginError.None;
    }

    /// <summary>Equality by content.</summary>
    /// <param name="other">The other checkpoint.</param>
    public bool Equals(Checkpoint? other) =>
        other is not null && Header == other.Header && Collaterals.AsSpan().SequenceEqual(other.Collaterals.AsSpan())
        && Underlyings.AsSpan().SequenceEqual(other.Underlyings.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Header, Collaterals.Length, Underlyings.Length);
}
