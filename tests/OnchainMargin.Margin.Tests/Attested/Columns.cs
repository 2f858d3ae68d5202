using System.Globalization;
using System.Numerics;
using System.Text.Json;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Attested;

/// <summary>The vectors of a rule as columns: case i is the i-th of each.</summary>
internal sealed class Columns(Dictionary<string, BigInteger[]> values)
{
    public static Columns Of(string rule) => new(
        JsonDocument.Parse(File.ReadAllText(SpecFiles.At("spec", "attested", rule + ".json"))).RootElement.EnumerateObject()
            .Where(static property => property.Value.ValueKind == JsonValueKind.Array)
            .ToDictionary(static property => property.Name, static property => property.Value.EnumerateArray().Select(static one => BigInteger.Parse(one.GetString()!, CultureInfo.InvariantCulture)).ToArray()));

    public int Count(string column) => values[column].Length;

    public long Long(string column, int i) => (long)values[column][i];

    public Int128 Large(string column, int i) => (Int128)values[column][i];

    /// <summary>A word of 32 bytes, unsigned.</summary>
    public byte[] Word(string column, int i)
    {
        byte[] word = new byte[32];
        byte[] number = values[column][i].ToByteArray(isUnsigned: true, isBigEndian: true);
        number.CopyTo(word, word.Length - number.Length);
        return word;
    }

    public ReadOnlySpan<long> Row(string column, int i, int width) => Array.ConvertAll(values[column][(i * width)..((i + 1) * width)], static one => (long)one);
}
