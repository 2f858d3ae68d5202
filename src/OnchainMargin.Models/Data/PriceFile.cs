using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Data;

/// <summary>Candles of one underlying: <c>timestamp,open,high,low,close,volume</c>, epoch seconds of the bar's opening, compressed or not.</summary>
public sealed class PriceFile
{
    private PriceFile(string underlying, IReadOnlyList<PriceBar> bars, int secondsPerBar)
    {
        Underlying = underlying;
        Bars = bars;
        SecondsPerBar = secondsPerBar;
    }

    /// <summary>The underlying, from the file's name up to the first underscore, in capitals.</summary>
    public string Underlying { get; }

    /// <summary>The bars, in order of time.</summary>
    public IReadOnlyList<PriceBar> Bars { get; }

    /// <summary>Length of a bar.</summary>
    public int SecondsPerBar { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFileException">It cannot be read, is out of order, or has a gap.</exception>
    public static PriceFile Read(string path)
    {
        var file = CsvFile.Read(path);
        int time = file.Column("timestamp"), open = file.Column("open"), high = file.Column("high"), low = file.Column("low"), close = file.Column("close"), volume = file.Find("volume");
        var bars = new List<PriceBar>(file.Rows.Count);
        for (var i = 0; i < file.Rows.Count; i++)
        {
            var bar = new Bar(file.Number(i, open), file.Number(i, high), file.Number(i, low), file.Number(i, close));
            try
            {
                bar.Check(i, "bars");
            }
            catch (ArgumentException exception)
            {
                throw new DataFileException($"Line {i + 2} of '{path}' is no candle of positive prices: correct or drop it.", exception);
            }

            bars.Add(new PriceBar((long)file.Number(i, time), bar, volume < 0 ? 0 : file.Number(i, volume)));
        }

        if (bars.Count < 2)
        {
            throw new DataFileException($"The file '{path}' has {bars.Count} candles: give at least 2.");
        }

        var step = bars[1].Time - bars[0].Time;
        for (var i = 1; i < bars.Count; i++)
        {
            if (bars[i].Time - bars[i - 1].Time != step || step <= 0)
            {
                throw new DataFileException($"Line {i + 2} of '{path}' does not follow the one before by {step} seconds: sort the candles and fill the gap.");
            }
        }

        return new PriceFile(Path.GetFileName(path).Split('_', '.', '-')[0].ToUpperInvariant(), bars, (int)step);
    }
}
