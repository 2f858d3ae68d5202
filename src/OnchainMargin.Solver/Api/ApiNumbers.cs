using System.Globalization;
using System.Numerics;

namespace OnchainMargin.Solver.Api;

/// <summary>Numbers as the API writes them: decimal strings, since JSON numbers lose digits beyond 2^53. The name says the scale (E8, E12, Raw).</summary>
internal static class ApiNumbers
{
    public static string Text<T>(T value)
        where T : struct, INumber<T> => value.ToString(null, CultureInfo.InvariantCulture);

    public static string? Text(ulong? value) => value?.ToString(CultureInfo.InvariantCulture);

    public static string? Text(Int128? value) => value?.ToString(CultureInfo.InvariantCulture);
}
