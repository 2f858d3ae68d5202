using OnchainMargin.Models.Data;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>Quotes from a file in the layout of <see cref="ChainFile"/>, which is read again when it was written again. Of several snapshots the newest that is not from the future counts.</summary>
internal sealed class FileQuoteSource(string path) : IQuoteSource
{
    private DateTime _written;
    private IReadOnlyList<ChainSnapshot> _snapshots = [];

    /// <inheritdoc/>
    public IReadOnlyList<OptionQuote> Read(string underlying, double spot, long time)
    {
        DateTime written = File.GetLastWriteTimeUtc(path);
        if (written != _written)
        {
            _snapshots = ChainFile.Read(path);
            _written = written;
        }

        ChainSnapshot? newest = _snapshots.LastOrDefault(snapshot => snapshot.Time <= time);
        return newest is null ? [] : [.. newest.Quotes.Where(quote => string.Equals(quote.Underlying, underlying, StringComparison.Ordinal))];
    }
}
