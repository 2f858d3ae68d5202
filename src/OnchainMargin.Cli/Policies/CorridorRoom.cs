using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Cli.Policies;

/// <summary>Where the corridor of attesters' steps goes on beyond what collateral can carry (PAR-004): the price range then ends at the coupled bound, however much the market moves.</summary>
internal static class CorridorRoom
{
    /// <summary>A sentence for each underlying whose corridor does; none of one that is not set yet.</summary>
    /// <param name="steps">The corridors.</param>
    /// <param name="parameters">Where all parameters go, or are.</param>
    /// <param name="underlyings">Names of underlyings by their numbers.</param>
    public static IReadOnlyList<string> Beyond(BookSteps steps, BookParameters parameters, IReadOnlyDictionary<ushort, string> underlyings) =>
    [
        .. steps.Underlyings
            .Where(pair => pair.Value.PriceRange.MostE8 > 0 && parameters.Underlyings.ContainsKey(pair.Key))
            .Select(pair => (pair.Key, Most: pair.Value.PriceRange.MostE8, Bound: parameters.PriceRangeMostE8(pair.Key, parameters.Underlyings[pair.Key].BasisChargeE8)))
            .Where(static one => (Int128)one.Most > one.Bound)
            .Select(one => $"The corridor of {underlyings.GetValueOrDefault(one.Key, $"underlying {one.Key}")} lets priceRangeE8 go to {one.Most}, and the coupled bound (PAR-004) ends it at {one.Bound}: lower the corridor's mostE8, or a haircutMaxE8, the basis, slippageCapE8 or initialFactorE8."),
    ];
}
