namespace OnchainMargin.Ethereum.Abi;

/// <summary>Writes normalised values by their types.</summary>
internal static class AbiValueWriter
{
    public static int SizeOfMembers(IReadOnlyList<AbiParameter> parameters, object[] values)
    {
        int size = AbiType.FrameSizeOf(parameters);
        for (int i = 0; i < values.Length; i++)
        {
            size += TailSize(parameters[i].Type, values[i]);
        }

        return size;
    }

    public static void WriteMembers(ref AbiWriter writer, IReadOnlyList<AbiParameter> parameters, object[] values, int frame)
    {
        int at = frame;
        for (int i = 0; i < values.Length; i++)
        {
            Write(ref writer, parameters[i].Type, values[i], at, frame);
            at += parameters[i].Type.HeadSize;
        }
    }

    private static int TailSize(AbiType type, object value)
    {
        if (!type.IsDynamic)
        {
            return 0;
        }

        switch (type.Kind)
        {
            case AbiKind.Bytes:
                return AbiSize.Of((byte[])value);
            case AbiKind.Text:
                return AbiSize.Of((string)value);
            case AbiKind.Tuple:
                return SizeOfMembers(type.Components, (object[])value);
            default:
                int size = type.Kind == AbiKind.Array ? AbiWriter.Word : 0;
                foreach (object element in (object[])value)
                {
                    size += type.Element!.HeadSize + TailSize(type.Element, element);
                }

                return size;
        }
    }

    private static void Write(ref AbiWriter writer, AbiType type, object value, int at, int frame)
    {
        switch (type.Kind)
        {
            case AbiKind.UnsignedInteger:
                writer.WriteUInt256(at, (UInt256)value);
                break;
            case AbiKind.SignedInteger:
                writer.WriteInt256(at, (Int256)value);
                break;
            case AbiKind.Boolean:
                writer.WriteBool(at, (bool)value);
                break;
            case AbiKind.Address:
                writer.WriteAddress(at, (Address)value);
                break;
            case AbiKind.FixedBytes:
                writer.WriteHash32(at, (Hash32)value);
                break;
            case AbiKind.Bytes:
                writer.WriteBytes(at, frame, (byte[])value);
                break;
            case AbiKind.Text:
                writer.WriteString(at, frame, (string)value);
                break;
            default:
                WriteComposite(ref writer, type, (object[])value, at, frame);
                break;
        }
    }

    private static void WriteComposite(ref AbiWriter writer, AbiType type, object[] values, int at, int frame)
    {
        if (type.IsDynamic)
        {
            writer.WriteOffset(at, frame);
            if (type.Kind == AbiKind.Array)
            {
                writer.WriteLength(values.Length);
            }

            at = writer.Reserve(type.Kind == AbiKind.Tuple ? type.FrameSize : values.Length * type.Element!.HeadSize);
        }

        if (type.Kind == AbiKind.Tuple)
        {
            WriteMembers(ref writer, type.Components, values, at);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            Write(ref writer, type.Element!, values[i], at + (i * type.Element!.HeadSize), at);
        }
    }
}
