using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Bench.Book;

/// <summary>What the machine could do at best of the two things that a pass over the book is made of: reading positions from memory, and multiplying and adding from the second cache.</summary>
internal static class MachineLimits
{
    private const int Bytes = 256 * 1024 * 1024;
    private const int TableBytes = 512 * 1024;
    private const int Rounds = 200;
    private const double Giga = 1e9;

    private static long _sink;

    /// <summary>Measures, and adds <c>limit.dram.1core.GBps</c>, <c>limit.dram.allCores.GBps</c> and <c>limit.multiplyAdd.L2.1core.Gps</c> (products of 32 by 32 bits added to 64).</summary>
    public static void Run(IDictionary<string, double> results)
    {
        int cores = Environment.ProcessorCount;
        long[] memory = new long[Bytes / sizeof(long)];
        Array.Fill(memory, 1);
        results["limit.dram.1core.GBps"] = Bytes / Fastest(() => Read(memory, 0, memory.Length)) / Giga;
        results["limit.dram.allCores.GBps"] = Bytes / Giga / Fastest(
            () => Parallel.For(0, cores, new ParallelOptions { MaxDegreeOfParallelism = cores }, core => Read(memory, (int)((long)memory.Length * core / cores), (int)((long)memory.Length * (core + 1) / cores))));
        int[] table = new int[TableBytes / sizeof(int)];
        Array.Fill(table, 3);
        results["limit.multiplyAdd.L2.1core.Gps"] = (double)Rounds * table.Length / Fastest(() => MultiplyAdd(table)) / Giga;
    }

    private static double Fastest(Action action)
    {
        double fastest = double.MaxValue;
        for (int i = 0; i < 12; i++)
        {
            long began = Stopwatch.GetTimestamp();
            action();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return fastest;
    }

    private static void Read(long[] memory, int from, int to)
    {
        Vector512<long> a = Vector512<long>.Zero;
        Vector512<long> b = a;
        Vector512<long> c = a;
        Vector512<long> d = a;
        for (int i = from; i + 32 <= to; i += 32)
        {
            a += Vector512.LoadUnsafe(ref memory[i]);
            b += Vector512.LoadUnsafe(ref memory[i + 8]);
            c += Vector512.LoadUnsafe(ref memory[i + 16]);
            d += Vector512.LoadUnsafe(ref memory[i + 24]);
        }

        Interlocked.Add(ref _sink, Vector512.Sum(a + b + c + d));
    }

    private static void MultiplyAdd(int[] table)
    {
        Vector512<long> size = Vector512.Create(7L);
        Vector512<long> a = Vector512<long>.Zero;
        Vector512<long> b = a;
        Vector512<long> c = a;
        Vector512<long> d = a;
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i + 32 <= table.Length; i += 32)
            {
                a += Product(table, i, size);
                b += Product(table, i + 8, size);
                c += Product(table, i + 16, size);
                d += Product(table, i + 24, size);
            }
        }

        Interlocked.Add(ref _sink, Vector512.Sum(a + b + c + d));
    }

    private static Vector512<long> Product(int[] table, int at, Vector512<long> size)
    {
        Vector512<long> wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int64(Vector256.LoadUnsafe(ref table[at]))
            : Vector512.WidenLower(Vector256.LoadUnsafe(ref table[at]).ToVector512());
        return Avx512F.IsSupported ? Avx512F.Multiply(wide.AsInt32(), size.AsInt32()) : wide * size;
    }
}
