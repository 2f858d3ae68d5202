namespace OnchainMargin.Ethereum.Abi;

/// <summary>Reads values by their types.</summary>
internal static class AbiValueReader
{
    public static object[] ReadMembers(ref AbiReader reader, IReadOnlyList<AbiParameter> parameters, int frame)
    {
        reader.Spend(AbiType.FrameSizeOf(parameters), frame);
        var values = new object[parameters.Count];
        int at = frame;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Read(ref reader, parameters[i].Type, at, frame);
            at += parameters[i].Type.HeadSize;
        }

        return values;
    }

    private static object Read(ref AbiReader reader, AbiType type, int at, int frame) => type.Kind switch
    {
        AbiKind.UnsignedInteger => reader.ReadUInt256(at, type.Size),
        AbiKind.SignedInteger => reader.ReadInt256(at, type.Size),
        AbiKind.Boolean => reader.ReadBool(at),
        AbiKind.Address => reader.ReadAddress(at),
        AbiKind.FixedBytes => reader.ReadFixedBytes(at, type.Size).ToArray()[..type.Size],
        AbiKind.Bytes => reader.ReadBytes(at, frame),
        AbiKind.Text => reader.ReadString(at, frame),
        AbiKind.Tuple => ReadMembers(ref reader, type.Components, type.IsDynamic ? reader.ReadOffset(at, frame) : at),
        _ => ReadArray(ref reader, type, type.IsDynamic ? reader.ReadOffset(at, frame) : at),
    };

    private static object[] ReadArray(ref AbiReader reader, AbiType type, int at)
    {
        int size = type.Element!.HeadSize;
        int count = type.Size;
        if (type.Kind == AbiKind.Array)
        {
            count = reader.ReadLength(at, size);
            at += AbiWriter.Word;
        }
        else
        {
            reader.RequireRoom(at, (long)count * size);
        }

        var values = new object[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Read(ref reader, type.Element, at + (i * size), at);
        }

        return values;
    }
}
