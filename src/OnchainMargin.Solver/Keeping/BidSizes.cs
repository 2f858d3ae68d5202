namespace OnchainMargin.Solver.Keeping;

/// <summary>Which fractions of a lot are worth trying, largest first.</summary>
internal static class BidSizes
{
    /// <summary>All that one bid takes, then halves of it down to the least bid.</summary>
    /// <param name="mostE8">The most that one bid takes.</param>
    /// <param name="leastE8">The least bid that the contract takes.</param>
    public static IEnumerable<ulong> Of(ulong mostE8, ulong leastE8)
    {
        if (mostE8 == 0)
        {
            yield break;
        }

        yield return mostE8;
        for (ulong half = mostE8 / 2; half >= leastE8 && half > 0; half /= 2)
        {
            yield return half;
        }
    }
}
