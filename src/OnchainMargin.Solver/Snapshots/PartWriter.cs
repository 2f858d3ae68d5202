using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Snapshots;

/// <summary>Cuts what is written into parts, each with its digest, its snapshot's block, its place and its kind before it.</summary>
internal sealed class PartWriter(ulong block, Action<byte[]> emit)
{
    /// <summary>A part is written to the store by one small transaction.</summary>
    internal const int FullBytes = 256 * 1024;

    internal const int BlockOffset = SHA256.HashSizeInBytes;
    internal const int PlaceOffset = BlockOffset + sizeof(ulong);
    internal const int KindOffset = PlaceOffset + sizeof(int);
    internal const int HeadBytes = KindOffset + 1;

    private readonly ArrayBufferWriter<byte> _part = new(FullBytes);
    private readonly Dictionary<CheckpointInputs, int> _inputs = [];

    /// <summary>How many parts there are so far.</summary>
    public int Parts { get; private set; }

    /// <summary>Whether what is written may go on in the next part; else a part holds whole accounts, so that parts can be read side by side.</summary>
    public bool GoesOn { get; set; }

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_part.WrittenCount == 0)
        {
            _part.GetSpan(HeadBytes)[..HeadBytes].Clear();
            _part.Advance(HeadBytes);
        }

        if (GoesOn && _part.WrittenCount + bytes.Length > FullBytes)
        {
            int fits = FullBytes - _part.WrittenCount;
            _part.Write(bytes[..fits]);
            End(0);
            Write(bytes[fits..]);
            return;
        }

        _part.Write(bytes);
    }

    /// <summary>Ends the part if it has so many bytes.</summary>
    public void End(int from)
    {
        if (_part.WrittenCount <= from)
        {
            return;
        }

        byte[] part = _part.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(part.AsSpan(BlockOffset), block);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(PlaceOffset), Parts++);
        part[KindOffset] = GoesOn ? (byte)1 : (byte)0;
        SHA256.HashData(part.AsSpan(BlockOffset), part);
        _part.ResetWrittenCount();
        emit(part);
    }

    /// <summary>Writes a checkpoint once, however many attestations rest on it.</summary>
    internal static void WriteInputs(PartWriter to, CheckpointInputs inputs)
    {
        bool isNew = to._inputs.TryAdd(inputs, to._inputs.Count);
        Form<int>.Write(to, to._inputs[inputs]);
        if (isNew)
        {
            Form<byte[]>.Write(to, inputs.Head);
            Form<byte[]>.Write(to, inputs.AllRecords);
        }
    }
}
