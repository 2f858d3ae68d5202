using OnchainMargin.Models.Data;

namespace OnchainMargin.Models.Tests.Data;

public sealed class DataFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("timestamp,open,high,low\n0,1,1,1\n", "no column 'close'")]
    [InlineData("timestamp,open,high,low,close\n0,1,1,1,1\n3600,1,1\n", "Line 3")]
    [InlineData("timestamp,open,high,low,close\n0,1,1,1,x\n", "'x' where a number belongs")]
    [InlineData("timestamp,open,high,low,close\n0,1,1,2,1\n", "Line 2 of")]
    [InlineData("timestamp,open,high,low,close\n0,1,1,1,1\n3600,1,1,1,1\n9000,1,1,1,1\n", "fill the gap")]
    public void PriceFile_Defect_IsOneSentenceThatNamesIt(string text, string expected)
    {
        var path = Path.Combine(_folder, "x_1h.csv");
        File.WriteAllText(path, text);
        Assert.Contains(expected, Assert.Throws<DataFileException>(() => PriceFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PriceFile_Missing_SaysSo() => Assert.Contains("does not exist", Assert.Throws<DataFileException>(() => PriceFile.Read("none.csv")).Message, StringComparison.Ordinal);

    [Fact]
    public void ChainFile_NoOption_NamesTheLine()
    {
        var path = Path.Combine(_folder, "chain.csv");
        File.WriteAllText(path, "snapshot_utc,instrument_name,underlying_price,index_price,bid_price,ask_price,mark_iv\n2026-01-28T04:00:47Z,BTC-PERP,1,1,,,\n");
        Assert.Contains("Line 2", Assert.Throws<DataFileException>(() => ChainFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [SharedDataFact("options/deribit_btc_chain_2020-05-21.csv")]
    public void ChainFile_OlderLayout_HasItsPercentVolatilities()
    {
        var snapshot = Assert.Single(ChainFile.Read(TestFiles.SharedData("options/deribit_btc_chain_2020-05-21.csv")));
        Assert.Equal(326, snapshot.Quotes.Count);
        Assert.Contains(snapshot.Quotes, q => q is { Strike: 6000, IsCall: true } && Math.Abs(q.MarkVolatility - 1.3423) < 1e-9 && Math.Abs(q.Bid - (0.2015 * 9087.89)) < 1e-6);
    }
}
