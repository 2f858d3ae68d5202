using System.Numerics;
using System.Text.Json;

namespace OnchainMargin.Oracle;

/// <summary>The constants of spec/constants.json and the table of spec/cdf.json that the rules name.</summary>
public static class SpecConstants
{
    private static readonly JsonElement Kernel = SpecFiles.Json("constants.json").GetProperty("kernel");

    /// <summary>ONE of the specification.</summary>
    public static BigInteger One { get; } = Integers.Ten(8);

    /// <summary>One in E12.</summary>
    public static BigInteger OneE12 { get; } = Integers.Ten(12);

    /// <summary>YEAR in seconds.</summary>
    public static BigInteger Year { get; } = 31_536_000;

    /// <summary>LN_C of MRG-021.</summary>
    public static IReadOnlyList<BigInteger> LnCoefficients { get; } =
        [.. Kernel.GetProperty("lnCoefficientsQ44").EnumerateArray().Select(value => BigInteger.Parse(value.GetString()!))];

    /// <summary>LN2_Q88 of MRG-021.</summary>
    public static BigInteger Ln2Q88 { get; } = BigInteger.Parse(Kernel.GetProperty("ln2Q88").GetString()!);

    /// <summary>The words of the table of MRG-025.</summary>
    public static IReadOnlyList<BigInteger> Cells { get; } = ReadCells();

    /// <summary>The knots of κ (MRG-023): seconds and κ in E8.</summary>
    public static IReadOnlyList<(BigInteger Seconds, BigInteger KappaE8)> Kappa { get; } =
    [
        .. SpecFiles.Json("constants.json").GetProperty("scenarios").GetProperty("kappaKnots").EnumerateArray()
            .Select(knot => ((BigInteger)knot.GetProperty("seconds").GetInt64(), BigInteger.Parse(knot.GetProperty("kappaE8").GetString()!))),
    ];

    private static BigInteger[] ReadCells()
    {
        JsonElement file = SpecFiles.Json("cdf.json");
        byte[] bytes = Convert.FromHexString(file.GetProperty("table").GetString()![2..]);
        int width = file.GetProperty("bytesPerCell").GetInt32();
        return [.. bytes.Chunk(width).Select(cell => new BigInteger(cell, isUnsigned: true, isBigEndian: true))];
    }
}
