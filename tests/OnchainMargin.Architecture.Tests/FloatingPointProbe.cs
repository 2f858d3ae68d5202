using System.Runtime.Intrinsics;

namespace OnchainMargin.Architecture.Tests;

/// <summary>Holds every kind of floating point that the scan must see, so that the scan itself is tested.</summary>
internal sealed class FloatingPointProbe
{
    public double? Field = 1;

    public static long Argument(decimal[] values) => values.Length;

    public static long Local(long value)
    {
        var root = MathF.Sqrt(value);
        return (long)(root + root);
    }

    public static long Generic(ReadOnlySpan<long> values) => Vector512.Create(values).As<long, double>().GetHashCode();
}
