using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace OnchainMargin.Tests.Shared;

/// <summary>The vectors of a rule as columns: case i is the i-th of each.</summary>
internal sealed class Columns(Dictionary<string, BigInteger[]> values)
{
    public static Columns Of(string rule) => new(
        JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "spec", "attested", rule + ".json"))).RootElement.EnumerateObject()
            .Where(static property => property.Value.ValueKind == JsonValueKind.Array)
            .ToDictionary(static property => property.Name, static property => property.Value.EnumerateArray().Select(static one => BigInteger.Parse(one.GetString()!, CultureInfo.InvariantCulture)).ToArray()));

    public int Count(string column) => values[column].Length;

    public long Long(string column, int i) => (long)values[column][i];

    public Int128 Large(string column, int i) => (Int128)values[column][i];

    /// <summary>A number of any size.</summary>
    public BigInteger Whole(string column, int i) => values[column][i];

    /// <summary>A word of 32 bytes, unsigned.</summary>
    public byte[] Word(string column, int i)
    {
        byte[] word = new byte[32];
        byte[] number = values[column][i].ToByteArray(isUnsigned: true, isBigEndian: true);
        number.CopyTo(word, word.Length - number.Length);
        return word;
    }

    /// <summary>The words of a case, one after the other; there are as many as <c>name + Words</c> says, behind those of the cases before.</summary>
    public byte[] Words(string column, int i)
    {
        BigInteger[] counts = values[column + "Words"];
        int from = (int)counts.Take(i).Aggregate(BigInteger.Zero, static (sum, count) => sum + count);
        return [.. Enumerable.Range(from, (int)counts[i]).SelectMany(place => Word(column, place))];
    }

    /// <summary>The records of a case one by one: four words, and four for each expiry that the second one counts (MRG-004).</summary>
    public List<byte[]> Records(string column, int i)
    {
        byte[] words = Words(column, i);
        List<byte[]> records = [];
        for (int from = 0; from < words.Length; from += records[^1].Length)
        {
            records.Add(words[from..(from + (32 * 4 * (1 + words[from + 32 + 28])))]);
        }

        return records;
    }

    public ReadOnlySpan<long> Row(string column, int i, int width) => Array.ConvertAll(values[column][(i * width)..((i + 1) * width)], static one => (long)one);
}
