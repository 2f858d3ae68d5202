namespace OnchainMargin.Margin;

/// <summary>Where a parameter may go in one step: the integers of <c>contracts/risk/Corridors.sol</c>, stated a second time for its vectors. The solver asks the contract.</summary>
public static class Corridors
{
    private const ulong One = (ulong)Rounding.One;
    private const ulong HourSeconds = 3600;

    /// <summary>The value from which the day's movement counts: the present one when the day is over, or when somebody else than the attesters moved it out of the day's reach.</summary>
    [SpecRule("PAR-002")]
    public static ulong AnchorOf(in ParameterBand band, ulong valueE8, ulong anchorE8, bool dayIsOver, bool tightensDown)
    {
        (UInt128 least, UInt128 most) = DayOf(band, anchorE8, tightensDown);
        return dayIsOver || valueE8 < least || valueE8 > most ? valueE8 : anchorE8;
    }

    /// <summary>The least and the largest value of the next step. Outside the band a parameter may stay or come nearer.</summary>
    /// <param name="band">The band.</param>
    /// <param name="valueE8">The value in force.</param>
    /// <param name="anchorE8">The value that the day began with.</param>
    /// <param name="elapsedSeconds">Since the step before.</param>
    /// <param name="tightensDown">Whether less of it asks for more margin, as of depth.</param>
    [SpecRule("PAR-001")]
    public static (ulong LeastE8, ulong MostE8) Limits(in ParameterBand band, ulong valueE8, ulong anchorE8, ulong elapsedSeconds, bool tightensDown)
    {
        (uint down, uint up) = tightensDown ? (band.TightenPerHourE8, band.LoosenPerHourE8) : (band.LoosenPerHourE8, band.TightenPerHourE8);
        ulong part = Math.Min(elapsedSeconds, HourSeconds);
        (UInt128 least, UInt128 most) = DayOf(band, anchorE8, tightensDown);
        least = UInt128.Max(least, valueE8 - ((UInt128)valueE8 * down * part / (One * HourSeconds)));
        most = UInt128.Min(most, valueE8 + ((UInt128)valueE8 * up * part / (One * HourSeconds)));
        return ((ulong)UInt128.Max(least, Math.Min(band.LeastE8, valueE8)), (ulong)UInt128.Min(most, Math.Max(band.MostE8, valueE8)));
    }

    private static (UInt128 LeastE8, UInt128 MostE8) DayOf(in ParameterBand band, ulong anchorE8, bool tightensDown)
    {
        (uint down, uint up) = tightensDown ? (band.TightenPerDayE8, band.LoosenPerDayE8) : (band.LoosenPerDayE8, band.TightenPerDayE8);
        return (anchorE8 - ((UInt128)anchorE8 * down / One), anchorE8 + ((UInt128)anchorE8 * up / One));
    }
}
