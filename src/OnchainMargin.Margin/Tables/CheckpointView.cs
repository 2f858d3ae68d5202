namespace OnchainMargin.Margin;

/// <summary>A checkpoint made ready for computing: values of instruments at all scenarios are reckoned once, when first asked for, and shared by all accounts. Safe for many threads.</summary>
public sealed class CheckpointView
{
    private readonly UnderlyingTerms?[] _underlyings;

    /// <summary>Makes a checkpoint ready.</summary>
    /// <param name="checkpoint">A checkpoint in the domain of MRG-010; records of underlyings that no account touches may be left out.</param>
    public CheckpointView(Checkpoint checkpoint)
        : this(checkpoint, null)
    {
    }

    /// <summary>Makes a checkpoint ready beside an earlier one, of which the underlyings that have not changed are taken over with their rows.</summary>
    /// <param name="checkpoint">A checkpoint in the domain of MRG-010.</param>
    /// <param name="earlier">The earlier one.</param>
    public CheckpointView(Checkpoint checkpoint, CheckpointView? earlier)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        bool sameTime = earlier is not null && earlier.Checkpoint.Header.Time == checkpoint.Header.Time;
        Checkpoint = checkpoint;
        _underlyings = new UnderlyingTerms?[checkpoint.Underlyings.IsEmpty ? 1 : checkpoint.Underlyings.Max(u => u.Underlying) + 1];
        foreach (UnderlyingRecord record in checkpoint.Underlyings)
        {
            _underlyings[record.Underlying] = sameTime && earlier!.Find(record.Underlying) is { } known && known.Record.Equals(record)
                ? known
                : new UnderlyingTerms(record, checkpoint.Header.Time);
        }
    }

    /// <summary>The checkpoint.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The number of instrument rows reckoned so far.</summary>
    public int Instruments => _underlyings.Sum(static underlying => underlying?.Rows ?? 0);

    /// <summary>An underlying, or null when its record is not there.</summary>
    internal UnderlyingTerms? Find(ushort underlying) => underlying < _underlyings.Length ? _underlyings[underlying] : null;

    /// <summary>A collateral token, or null when the checkpoint does not hold it.</summary>
    internal CollateralRecord? FindCollateral(ushort token)
    {
        foreach (CollateralRecord record in Checkpoint.Collaterals)
        {
            if (record.Token == token)
            {
                return record;
            }
        }

        return null;
    }
}
