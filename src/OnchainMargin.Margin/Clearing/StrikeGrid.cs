namespace OnchainMargin.Margin;

/// <summary>The strikes at which options may be opened: those of at most three significant digits, so that there can be only so many.</summary>
[SpecRule("CLR-028")]
public static class StrikeGrid
{
    private const long DigitsLimit = 1000;

    /// <summary>The largest strike of the grid that is not above a strike, and the step to the next.</summary>
    /// <param name="strikeE8">A strike, more than 0.</param>
    public static (long BelowE8, long StepE8) Around(long strikeE8)
    {
        long step = 1;
        while (strikeE8 / step >= DigitsLimit)
        {
            step *= 10;
        }

        return (strikeE8 / step * step, step);
    }

    /// <summary>Whether options may be opened at an instrument's strike; what is no option has none, and may.</summary>
    /// <param name="instrument">The instrument.</param>
    public static bool Holds(Instrument instrument) => !instrument.IsOption || Around(instrument.StrikeE8).BelowE8 == instrument.StrikeE8;
}
