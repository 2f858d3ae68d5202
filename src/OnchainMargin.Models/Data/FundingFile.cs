namespace OnchainMargin.Models.Data;

/// <summary>
/// Funding of a perpetual every eight hours: <c>timestamp,funding_rate</c>, epoch seconds of the payment. The premium that it was paid for follows from the published formula
/// <c>rate = premium + clamp(0.01 % − premium, ±0.05 %)</c>: inside the clamp the rate says nothing, and the premium counts as 0.01 %; outside it is 0.05 % further out. An exchange's cap on the rate hides what lies
/// beyond it.
/// </summary>
public sealed class FundingFile
{
    private const double Interest = 0.0001;
    private const double Clamp = 0.0005;
    private const double Alike = 1e-9;
    private const long LongestSeconds = 8 * 3600;

    private readonly long[] _times;
    private readonly double[] _premiums;

    private FundingFile(string underlying, long[] times, double[] premiums)
    {
        Underlying = underlying;
        _times = times;
        _premiums = premiums;
    }

    /// <summary>The underlying, from the file's name up to the first underscore, in capitals.</summary>
    public string Underlying { get; }

    /// <summary>Reads a file, compressed or not.</summary>
    /// <exception cref="DataFileException">It cannot be read or is out of order.</exception>
    public static FundingFile Read(string path)
    {
        var file = CsvFile.Read(path);
        int time = file.Column("timestamp"), rate = file.Column("funding_rate");
        var times = new long[file.Rows.Count];
        var premiums = new double[file.Rows.Count];
        for (var i = 0; i < times.Length; i++)
        {
            (times[i], premiums[i]) = ((long)file.Number(i, time), Premium(file.Number(i, rate)));
            if (i > 0 && times[i] <= times[i - 1])
            {
                throw new DataFileException($"Line {i + 2} of '{path}' is not later than the one before: sort the payments.");
            }
        }

        return new FundingFile(Path.GetFileName(path).Split('_', '.', '-')[0].ToUpperInvariant(), times, premiums);
    }

    /// <summary>The mean premium of the last eight hours that were paid for; null when none ended within eight hours.</summary>
    /// <param name="time">Unix seconds; what is paid later is not known.</param>
    public double? PremiumAt(long time)
    {
        var place = Array.BinarySearch(_times, time);
        place = place >= 0 ? place : ~place - 1;
        return place >= 0 && time - _times[place] <= LongestSeconds ? _premiums[place] : null;
    }

    private static double Premium(double rate) => Math.Abs(rate - Interest) < Alike ? Interest : rate + (rate > Interest ? Clamp : -Clamp);
}
