using System.Diagnostics;

namespace OnchainMargin.Bench;

/// <summary>Times small pieces of work in batches just long enough for the clock; the fastest batch is what the machine does while nothing else runs on it.</summary>
internal static class Stopwatches
{
    private const int Batches = 100;
    private const double BatchSeconds = 0.004;

    /// <summary>The seconds that one run takes.</summary>
    public static double Seconds(Action work, bool quick)
    {
        int runs = Calibrate(work);
        double fastest = double.MaxValue;
        for (int batch = 0; batch < (quick ? Batches / 4 : Batches); batch++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < runs; i++)
            {
                work();
            }

            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds / runs);
        }

        return fastest;
    }

    /// <summary>The seconds of the fastest of many runs of something large.</summary>
    public static double Fastest(Action action, int repeats)
    {
        double fastest = double.MaxValue;
        for (int i = 0; i < repeats + 3; i++)
        {
            long began = Stopwatch.GetTimestamp();
            action();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return fastest;
    }

    /// <summary>The bytes that one run allocates on this thread.</summary>
    public static double Bytes(Action work)
    {
        const int Runs = 20;
        work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Runs; i++)
        {
            work();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Runs;
    }

    /// <summary>Warms the code up until the compiler has had its second look, and finds how many runs make a batch.</summary>
    private static int Calibrate(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        int runs = 0;
        while (runs < 60 || Stopwatch.GetElapsedTime(start).TotalSeconds < 0.3)
        {
            work();
            runs++;
        }

        return Math.Max(1, (int)(runs * BatchSeconds / Stopwatch.GetElapsedTime(start).TotalSeconds));
    }
}
