namespace OnchainMargin.Oracle;

/// <summary>Kinds of instruments (MRG-001).</summary>
public enum Kind
{
    Perpetual = 0,
    Future = 1,
    Call = 2,
    Put = 3,
}
