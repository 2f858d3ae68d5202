using OnchainMargin.Models.OrderFlow;

namespace OnchainMargin.Models.Data;

/// <summary>A snapshot of an order book: a line a level with the columns <c>side</c> (b or a, bid or ask, buy or sell), <c>price</c> and <c>qty</c>; further columns are not looked at.</summary>
public static class DepthFile
{
    /// <summary>Reads a snapshot, compressed or not.</summary>
    /// <exception cref="DataFileException">It cannot be read, or is no book of two sides.</exception>
    public static DepthBook Read(string path)
    {
        var file = CsvFile.Read(path);
        int side = file.Column("side"), price = file.Column("price"), quantity = file.Column("qty", "quantity", "amount");
        var bids = new List<BookLevel>();
        var asks = new List<BookLevel>();
        for (var i = 0; i < file.Rows.Count; i++)
        {
            var levels = file.Rows[i][side].ToUpperInvariant() switch
            {
                "B" or "BID" or "BIDS" or "BUY" => bids,
                "A" or "ASK" or "ASKS" or "SELL" => asks,
                var other => throw new DataFileException($"Line {i + 2} of '{path}' has the side '{other}': write b for a bid or a for an ask."),
            };
            levels.Add(new BookLevel(file.Number(i, price), file.Number(i, quantity)));
        }

        try
        {
            return new DepthBook(bids, asks);
        }
        catch (ArgumentException exception)
        {
            throw new DataFileException($"The file '{path}' is no order book: it is empty on a side, crossed, or has prices that are not positive; take another snapshot.", exception);
        }
    }
}
