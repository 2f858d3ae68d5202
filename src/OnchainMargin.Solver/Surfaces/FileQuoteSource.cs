using OnchainMargin.Models.Data;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>
/// Quotes from a file in the layout of <see cref="ChainFile"/>, which is read again when it was written again. Of several snapshots the newest counts whose quotes of the underlying ended no later than the chain's time; a file is written by the clock of the
/// day, behind which the chain's is, so that of one written every second the snapshots that were read before are what the chain has come to. Those that are later than what was written since are of a clock that was ahead, and gone.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="keptSeconds">How old a snapshot is kept that the file has no more, by the chain's time and by the file's newest: while the chain stands still files go on.</param>
internal sealed class FileQuoteSource(string path, int keptSeconds) : IQuoteSource
{
    private DateTime _written;
    private IReadOnlyList<ChainSnapshot> _snapshots = [];

    /// <inheritdoc/>
    public IReadOnlyList<OptionQuote> Read(string underlying, double spot, long time)
    {
        DateTime written = File.GetLastWriteTimeUtc(path);
        if (written != _written)
        {
            IReadOnlyList<ChainSnapshot> read = ChainFile.Read(path);
            long newest = read.Count == 0 ? long.MinValue : read.Max(static one => one.Time);
            _snapshots = [.. read.Concat(_snapshots.Where(known => known.Time < newest && Math.Max(time, newest) - known.Time <= keptSeconds)).DistinctBy(static one => one.Time).OrderBy(static one => one.Time)];
            _written = written;
        }

        // A snapshot has the time at which it was begun, and its quotes their own: one of another underlying that is ahead of the clock says nothing of these. Where all are from the future it is told which is the first.
        OptionQuote[] last = [];
        foreach (ChainSnapshot snapshot in _snapshots.Reverse())
        {
            OptionQuote[] quotes = [.. snapshot.Quotes.Where(quote => string.Equals(quote.Underlying, underlying, StringComparison.Ordinal))];
            if (quotes.Length == 0)
            {
                continue;
            }

            last = quotes;
            if (quotes.Max(static quote => quote.Time) <= time)
            {
                break;
            }
        }

        return last;
    }
}
