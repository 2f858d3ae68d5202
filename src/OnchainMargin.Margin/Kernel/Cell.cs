using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <summary>One cell of the table: 96 bits that are at once the value, the slope (low 56 bits) and the curvature (low 16 bits).</summary>
/// <param name="Low">The low 64 bits.</param>
/// <param name="High">The high 32 bits.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Cell(ulong Low, uint High);
