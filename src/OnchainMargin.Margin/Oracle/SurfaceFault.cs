namespace OnchainMargin.Margin;

/// <summary>Why the contract refuses a surface, in the order in which it looks.</summary>
public enum SurfaceFault
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>A number is out of the domain (ORC-010).</summary>
    Domain,

    /// <summary>The sufficient test for butterflies fails (ORC-011).</summary>
    Butterfly,

    /// <summary>Forward over spot is out of its band, moved too far, or spot is not the market's (ORC-014).</summary>
    Forward,

    /// <summary>The volatility at the forward is out of its band (ORC-012).</summary>
    Band,

    /// <summary>A volatility moved too far (ORC-012).</summary>
    Step,

    /// <summary>It crosses a neighbour in force (ORC-013).</summary>
    Calendar,
}
