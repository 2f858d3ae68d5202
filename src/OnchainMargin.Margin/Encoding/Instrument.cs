namespace OnchainMargin.Margin;

/// <summary>What can be held: 96 bits, <c>underlying u16 ‖ expiry u32 ‖ strikeE4 u40 ‖ kind u8</c>, which as an unsigned number sorts by underlying, expiry, strike, kind.</summary>
/// <param name="Underlying">The underlying, from 1.</param>
/// <param name="Expiry">The expiry as a unix time in seconds; 0 for a perpetual.</param>
/// <param name="StrikeE4">The strike in 10⁻⁴ of the price unit, below 2⁴⁰; 0 unless an option.</param>
/// <param name="Kind">The kind.</param>
[SpecRule("MRG-001")]
public readonly record struct Instrument(ushort Underlying, uint Expiry, long StrikeE4, InstrumentKind Kind) : IComparable<Instrument>
{
    /// <summary>The number of bytes of an instrument.</summary>
    public const int Bytes = 12;

    /// <summary>From 10⁻⁴ to 10⁻⁸ of a price unit.</summary>
    internal const long StrikeScale = 10_000;

    private const long StrikeMaxE4 = (1L << 40) - 1;

    /// <summary>The strike in E8.</summary>
    public long StrikeE8 => StrikeE4 * StrikeScale;

    /// <summary>Whether this is a call or a put.</summary>
    public bool IsOption => Kind is InstrumentKind.Call or InstrumentKind.Put;

    /// <summary>The 96 bits as a number.</summary>
    public UInt128 Packed => new(((ulong)Underlying << 16) | (Expiry >> 16), ((ulong)(Expiry & 0xffff) << 48) | ((ulong)StrikeE4 << 8) | (uint)Kind);

    /// <summary>Whether the fields are those that the kind has; if not, <see cref="MarginError.InstrumentInvalid"/> applies.</summary>
    public bool IsValid => Underlying >= 1 && StrikeE4 is >= 0 and <= StrikeMaxE4 && Kind switch
    {
        InstrumentKind.Perpetual => Expiry == 0 && StrikeE4 == 0,
        InstrumentKind.Future => Expiry > 0 && StrikeE4 == 0,
        InstrumentKind.Call or InstrumentKind.Put => Expiry > 0 && StrikeE4 > 0,
        _ => false,
    };

    /// <summary>A perpetual.</summary>
    /// <param name="underlying">The underlying.</param>
    public static Instrument Perpetual(ushort underlying) => new(underlying, 0, 0, InstrumentKind.Perpetual);

    /// <summary>A dated future.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="expiry">The expiry.</param>
    public static Instrument Future(ushort underlying, uint expiry) => new(underlying, expiry, 0, InstrumentKind.Future);

    /// <summary>A call.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="expiry">The expiry.</param>
    /// <param name="strikeE4">The strike in 10⁻⁴.</param>
    public static Instrument Call(ushort underlying, uint expiry, long strikeE4) => new(underlying, expiry, strikeE4, InstrumentKind.Call);

    /// <summary>A put.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="expiry">The expiry.</param>
    /// <param name="strikeE4">The strike in 10⁻⁴.</param>
    public static Instrument Put(ushort underlying, uint expiry, long strikeE4) => new(underlying, expiry, strikeE4, InstrumentKind.Put);

    /// <summary>Reads the low 96 bits of a number; the result need not be <see cref="IsValid"/>.</summary>
    /// <param name="packed">The number.</param>
    public static Instrument Unpack(UInt128 packed)
    {
        ulong low = (ulong)(packed & ulong.MaxValue);
        ulong high = (ulong)(packed >> 64) & 0xffff_ffff;
        return new Instrument((ushort)(high >> 16), (uint)((high & 0xffff) << 16) | (uint)(low >> 48), (long)((low >> 8) & StrikeMaxE4), (InstrumentKind)(low & 0xff));
    }

    /// <inheritdoc/>
    public int CompareTo(Instrument other) => Packed.CompareTo(other.Packed);

    /// <summary>Ascending order.</summary>
    /// <param name="left">Left.</param>
    /// <param name="right">Right.</param>
    public static bool operator <(Instrument left, Instrument right) => left.Packed < right.Packed;

    /// <summary>Ascending order.</summary>
    /// <param name="left">Left.</param>
    /// <param name="right">Right.</param>
    public static bool operator <=(Instrument left, Instrument right) => left.Packed <= right.Packed;

    /// <summary>Ascending order.</summary>
    /// <param name="left">Left.</param>
    /// <param name="right">Right.</param>
    public static bool operator >(Instrument left, Instrument right) => left.Packed > right.Packed;

    /// <summary>Ascending order.</summary>
    /// <param name="left">Left.</param>
    /// <param name="right">Right.</param>
    public static bool operator >=(Instrument left, Instrument right) => left.Packed >= right.Packed;
}
