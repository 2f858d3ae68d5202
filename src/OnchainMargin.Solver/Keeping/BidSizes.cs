namespace OnchainMargin.Solver.Keeping;

/// <summary>Which fractions of a lot are worth trying, largest first.</summary>
internal static class BidSizes
{
    /// <summary>All that is left, then halves of it down to the least bid.</summary>
    /// <param name="leftE8">What is left for sale.</param>
    /// <param name="leastE8">The least bid that the contract takes.</param>
    public static IEnumerable<ulong> Of(ulong leftE8, ulong leastE8)
    {
        if (leftE8 == 0)
        {
            yield break;
        }

        yield return leftE8;
        for (ulong half = leftE8 / 2; half >= leastE8 && half > 0; half /= 2)
        {
            yield return half;
        }
    }
}
