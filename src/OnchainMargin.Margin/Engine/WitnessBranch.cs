namespace OnchainMargin.Margin;

/// <summary>What of a risk group's requirement a witness shows.</summary>
[SpecRule("MRG-057")]
public enum WitnessBranch
{
    /// <summary>One scenario for the whole group.</summary>
    Joint = 0,

    /// <summary>One scenario or kink for each underlying, at the netting floor.</summary>
    NettingFloor = 1,

    /// <summary>The short option minimum.</summary>
    ShortMinimum = 2,
}
