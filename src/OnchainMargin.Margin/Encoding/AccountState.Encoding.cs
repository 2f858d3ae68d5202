using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

public sealed partial record AccountState
{
    /// <summary>The format this code reads and writes.</summary>
    public const byte Format = 1;

    /// <summary>The most positions an account can hold.</summary>
    public const int PositionsMax = 128;

    private const int WordBytes = 32;
    private const int HeaderWords = 2;

    /// <summary>The number of bytes of the packed state.</summary>
    public int PackedLength => WordBytes * (HeaderWords + Positions.Length);

    /// <summary>The packed state: the bytes that stand in calldata and events, and that the commitment hashes.</summary>
    /// <exception cref="OverflowException">A field is outside the domain of MRG-003.</exception>
    public byte[] Pack()
    {
        byte[] target = new byte[PackedLength];
        var writer = new WordWriter(target);
        writer.Wide(ZigZag.Encode(CashE8), 16);
        writer.Unsigned(InterestIndexE12, 8);
        writer.Unsigned(Version, 4);
        writer.Unsigned(Format, 1);
        writer.Unsigned(Flags, 3);
        writer.Unsigned(LockedGainE8, 8);
        writer.Unsigned(GainTime, 5);
        writer.Unsigned(LastOperation, 5);
        writer.Zero(14);
        foreach (Position position in Positions)
        {
            writer.Wide(position.Instrument.Packed, Instrument.Bytes);
            writer.Unsigned(ZigZag.Encode64(position.SizeE8), 8);
            writer.Wide(ZigZag.Encode(position.CostE8), 12);
        }

        return target;
    }

    /// <summary>Reads a packed state.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="state">The state, or null on an error.</param>
    /// <returns>The first error in the order of the rule: malformed, unsorted, empty, invalid instrument.</returns>
    public static MarginError Unpack(ReadOnlySpan<byte> source, out AccountState? state)
    {
        state = null;
        int words = source.Length / WordBytes;
        if (source.Length % WordBytes != 0 || words is < HeaderWords or > HeaderWords + PositionsMax)
        {
            return MarginError.StateMalformed;
        }

        var reader = new WordReader(source);
        Int128 cashE8 = ZigZag.Decode(reader.Wide(16));
        ulong interestIndexE12 = reader.Unsigned(8);
        uint version = (uint)reader.Unsigned(4);
        ulong format = reader.Unsigned(1);
        uint flags = (uint)reader.Unsigned(3);
        ulong lockedGainE8 = reader.Unsigned(8);
        ulong gainTime = reader.Unsigned(5);
        ulong lastOperation = reader.Unsigned(5);
        if (!reader.Zero(14) || format != Format)
        {
            return MarginError.StateMalformed;
        }

        var positions = new Position[words - HeaderWords];
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = new Position(Instrument.Unpack(reader.Wide(Instrument.Bytes)), ZigZag.Decode64(reader.Unsigned(8)), ZigZag.Decode(reader.Wide(12)));
        }

        MarginError error = Validate(positions);
        if (error == MarginError.None)
        {
            state = new AccountState
            {
                CashE8 = cashE8,
                InterestIndexE12 = interestIndexE12,
                Version = version,
                Flags = flags,
                LockedGainE8 = lockedGainE8,
                GainTime = gainTime,
                LastOperation = lastOperation,
                Positions = ImmutableCollectionsMarshal.AsImmutableArray(positions),
            };
        }

        return error;
    }

    /// <summary>Checks order, sizes and instruments of positions.</summary>
    /// <param name="positions">The positions.</param>
    /// <returns>The first error in the order of the rule.</returns>
    public static MarginError Validate(ReadOnlySpan<Position> positions)
    {
        if (positions.Length > PositionsMax)
        {
            return MarginError.StateMalformed;
        }

        MarginError error = MarginError.None;
        for (int i = 0; i < positions.Length; i++)
        {
            MarginError found = Check(positions, i);
            if (found != MarginError.None && (error == MarginError.None || found < error))
            {
                error = found;
            }
        }

        return error;
    }

    private static MarginError Check(ReadOnlySpan<Position> positions, int i)
    {
        if (i > 0 && positions[i - 1].Instrument >= positions[i].Instrument)
        {
            return MarginError.PositionsUnsorted;
        }

        if (positions[i].SizeE8 == 0)
        {
            return MarginError.PositionEmpty;
        }

        return positions[i].Instrument.IsValid ? MarginError.None : MarginError.InstrumentInvalid;
    }
}
