namespace OnchainMargin.Oracle;

/// <summary>The surface choice of MRG-012.</summary>
public enum Choice
{
    Present = 0,
    Better = 1,
    Worse = 2,
}
