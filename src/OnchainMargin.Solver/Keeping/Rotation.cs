namespace OnchainMargin.Solver.Keeping;

/// <summary>Goes through numbered things for a share of a round, and in the next round on behind the last of them: starts wait for no more than that, however many things there are and however slowly the node answers.</summary>
internal sealed class Rotation<TNumber>(TimeProvider time)
    where TNumber : struct, IComparable<TNumber>
{
    private static readonly TimeSpan Share = TimeSpan.FromSeconds(1);

    private TNumber? _last;

    /// <summary>Those whose turn it is: one at least, and none twice.</summary>
    /// <param name="all">All of them, ascending by number.</param>
    /// <param name="numberOf">The number of one.</param>
    public IEnumerable<T> Of<T>(IEnumerable<T> all, Func<T, TNumber> numberOf)
    {
        long began = time.GetTimestamp();
        IEnumerable<T> turns = _last is { } last
            ? all.SkipWhile(one => numberOf(one).CompareTo(last) <= 0).Concat(all.TakeWhile(one => numberOf(one).CompareTo(last) <= 0))
            : all;
        foreach (T one in turns)
        {
            // Before it is seen to: where the node hangs in it, the next round begins behind it.
            _last = numberOf(one);
            yield return one;
            if (time.GetElapsedTime(began) >= Share)
            {
                yield break;
            }
        }
    }
}
