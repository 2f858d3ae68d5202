using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <summary>What an expiry charges at a checkpoint: <see cref="Stride"/> words, which lanes read as such.</summary>
/// <param name="Tau">Time to expiry, seconds.</param>
/// <param name="BasisE8">c_b.</param>
/// <param name="StaleE8">The vega charge at the surface's age.</param>
/// <param name="HasChoice">Whether it has two surfaces.</param>
[StructLayout(LayoutKind.Sequential, Size = Stride * sizeof(long))]
internal readonly record struct BookExpiry(long Tau, long BasisE8, long StaleE8, bool HasChoice)
{
    /// <summary>Words of one.</summary>
    internal const int Stride = 4;
}
