using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <summary>One cell of the table: 88 bits that are at once the value, the slope (low 52 bits) and the curvature (low 16 bits).</summary>
/// <param name="Low">The low 64 bits.</param>
/// <param name="High">All but the low 28 bits: the value in Q60.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Cell(ulong Low, ulong High);
