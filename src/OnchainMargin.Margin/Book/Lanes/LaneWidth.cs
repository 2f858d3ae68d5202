namespace OnchainMargin.Margin;

/// <summary>How wide the vectors are that the book is summed with; all give the same numbers.</summary>
public enum LaneWidth
{
    /// <summary>One number at a time.</summary>
    Scalar = 64,

    /// <summary>128 bits.</summary>
    Bits128 = 128,

    /// <summary>256 bits.</summary>
    Bits256 = 256,

    /// <summary>512 bits.</summary>
    Bits512 = 512,
}
