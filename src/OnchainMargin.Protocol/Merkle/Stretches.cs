namespace OnchainMargin.Protocol.Merkle;

/// <summary>Work over a range, cut into stretches for several threads when there is enough of it.</summary>
internal static class Stretches
{
    /// <summary>Below this, starting threads costs more than they save.</summary>
    internal const int Few = 4096;

    private const int Length = 2048;

    /// <summary>Does the work from 0 to a count.</summary>
    /// <param name="count">How much there is.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="work">Does a stretch: from, to (exclusive).</param>
    internal static void Run(int count, int workers, Action<int, int> work)
    {
        if (count < Few || workers == 1)
        {
            work(0, count);
            return;
        }

        int next = -1;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ =>
        {
            while ((long)Interlocked.Increment(ref next) * Length is var from && from < count)
            {
                work((int)from, (int)Math.Min(count, from + Length));
            }
        });
    }
}
