using System.Collections.Immutable;

namespace OnchainMargin.Margin;

/// <summary>The state of an account, of which the contract keeps the hash only. Equality is by content.</summary>
[SpecRule("MRG-002")]
public sealed partial record AccountState
{
    /// <summary>The state of an account that was never touched.</summary>
    public static AccountState Empty { get; } = new();

    /// <summary>Cash in the settlement token; negative when borrowed.</summary>
    public Int128 CashE8 { get; init; }

    /// <summary>The index of the cash's sign at which it last stood.</summary>
    public ulong InterestIndexE12 { get; init; }

    /// <summary>Counts the operations on the account.</summary>
    public uint Version { get; init; }

    /// <summary>Flags, 24 bits.</summary>
    public uint Flags { get; init; }

    /// <summary>Gains that are not yet withdrawable.</summary>
    public ulong LockedGainE8 { get; init; }

    /// <summary>When the locked gain was last reckoned, unix seconds.</summary>
    public ulong GainTime { get; init; }

    /// <summary>When the account was last operated on, unix seconds.</summary>
    public ulong LastOperation { get; init; }

    /// <summary>Positions, strictly ascending by instrument, none of size zero, at most 128.</summary>
    public ImmutableArray<Position> Positions { get; init; } = [];

    /// <summary>Whether there are more positions than a state may be written with: on the way to it there may be.</summary>
    public bool HasTooManyPositions => Positions.Length > PositionsMax;

    /// <summary>The signed size that is held of an instrument, E8; 0 when there is none.</summary>
    /// <param name="instrument">The instrument.</param>
    public long SizeOf(Instrument instrument)
    {
        int index = IndexOf(instrument);
        return index >= 0 ? Positions[index].SizeE8 : 0;
    }

    /// <summary>Where an instrument stands among the positions, or the complement of where it would.</summary>
    /// <param name="instrument">The instrument.</param>
    public int IndexOf(Instrument instrument)
    {
        ReadOnlySpan<Position> positions = Positions.AsSpan();
        int low = 0;
        int high = positions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = positions[middle].Instrument.CompareTo(instrument);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    /// <summary>Equality by content.</summary>
    /// <param name="other">The other state.</param>
    public bool Equals(AccountState? other) =>
        other is not null && CashE8 == other.CashE8 && InterestIndexE12 == other.InterestIndexE12 && Version == other.Version && Flags == other.Flags
        && LockedGainE8 == other.LockedGainE8 && GainTime == other.GainTime && LastOperation == other.LastOperation
        && Positions.AsSpan().SequenceEqual(other.Positions.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(CashE8, Version, Positions.Length, LastOperation);
}
