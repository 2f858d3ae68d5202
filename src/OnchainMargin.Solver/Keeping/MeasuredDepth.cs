using System.Globalization;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.OrderFlow;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Solver.Keeping;

/// <summary>Slippage of hedges from order books that were measured: <c>BTC.csv</c> and so on in a folder that somebody keeps fresh. A file that changed is read anew, and one that has not for long counts for nothing: books are deep on quiet days, and lots are sold on the others.</summary>
internal sealed class MeasuredDepth(string folder, TimeSpan maximumAge, DeploymentRecord deployment, TimeProvider time, ILogger logger)
{
    private const double One = 1e8;

    private readonly Dictionary<ushort, (DateTime Written, DepthBook? Book)> _books = [];
    private readonly HashSet<ushort> _old = [];

    /// <summary>The slippage of an order as a fraction E8 of the price; null when the underlying has no readable file that is fresh.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="sizeE8">Units, positive to buy.</param>
    public long? SlippageE8(ushort underlying, Int128 sizeE8)
    {
        if (folder.Length == 0 || sizeE8 == 0 || Book(underlying) is not { } book)
        {
            return null;
        }

        // More than the snapshot holds has no price in it: the whole price counts as lost, so that nobody bids for what cannot be hedged.
        double slippage = book.Slippage((double)Int128.Abs(sizeE8) / One, sizeE8 > 0);
        return double.IsFinite(slippage) ? (long)Math.Ceiling(slippage * One) : (long)One;
    }

    private DepthBook? Book(ushort underlying)
    {
        if (deployment.Underlyings.FirstOrDefault(listed => listed.Number == underlying)?.Name is not { } name)
        {
            return null;
        }

        string path = Path.Combine(folder, $"{name}.csv");
        DateTime written = File.GetLastWriteTimeUtc(path);
        if (!_books.TryGetValue(underlying, out (DateTime Written, DepthBook? Book) known) || known.Written != written)
        {
            _books[underlying] = known = (written, Read(name, path));
            _old.Remove(underlying);
        }

        if (known.Book is null || time.GetUtcNow().UtcDateTime - written <= maximumAge)
        {
            return known.Book;
        }

        if (_old.Add(underlying))
        {
            logger.DepthIsNotRead(name, string.Create(CultureInfo.InvariantCulture, $"'{path}' was written at {written:yyyy-MM-dd HH:mm:ss} UTC, longer ago than keeper:depthMaximumAgeSeconds allows."));
        }

        return null;
    }

    private DepthBook? Read(string name, string path)
    {
        try
        {
            return DepthFile.Read(path);
        }
        catch (DataFileException error)
        {
            logger.DepthIsNotRead(name, error.Message);
            return null;
        }
    }
}
