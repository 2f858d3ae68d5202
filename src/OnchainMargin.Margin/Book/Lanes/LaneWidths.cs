using System.Runtime.Intrinsics;

namespace OnchainMargin.Margin;

/// <summary>Which widths this machine has.</summary>
public static class LaneWidths
{
    /// <summary>The widest that the machine computes without splitting it.</summary>
    public static LaneWidth Best { get; } = Vector512.IsHardwareAccelerated ? LaneWidth.Bits512
        : Vector256.IsHardwareAccelerated ? LaneWidth.Bits256
        : Vector128.IsHardwareAccelerated ? LaneWidth.Bits128
        : LaneWidth.Scalar;
}
