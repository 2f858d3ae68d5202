namespace OnchainMargin.Models.Surfaces;

/// <summary>Put-call parity of quotes: what no model is needed to doubt.</summary>
public static class Parity
{
    /// <summary>The deviation of each expiry that has a strike quoted on all four sides.</summary>
    public static IReadOnlyList<ParityDeviation> Check(IEnumerable<OptionQuote> quotes)
    {
        var deviations = new List<ParityDeviation>();
        foreach (var expiry in quotes.GroupBy(q => q.Expiry).OrderBy(g => g.Key))
        {
            var implied = new List<double>();
            int outside = 0;
            double worst = 0, strike = 0;
            foreach (var pair in expiry.Where(q => q.IsTwoSided).GroupBy(q => q.Strike).Where(g => g.Count() == 2))
            {
                var call = pair.FirstOrDefault(q => q.IsCall);
                var put = pair.FirstOrDefault(q => !q.IsCall);
                if (!(call.Forward > 0 && put.Forward > 0))
                {
                    continue;
                }

                // Each row has its own forward: the call is moved to the put's.
                var forward = (call.Forward + put.Forward) / 2;
                implied.Add((((call.Bid + call.Ask - put.Bid - put.Ask) / 2) + pair.Key) / forward);
                var least = call.Bid - put.Ask;
                var most = call.Ask - put.Bid;
                var beyond = Math.Max(least - (forward - pair.Key), forward - pair.Key - most) / forward;
                outside += beyond > 1e-9 ? 1 : 0;
                (worst, strike) = beyond > Math.Max(worst, 1e-9) ? (beyond, pair.Key) : (worst, strike);
            }

            if (implied.Count > 0)
            {
                implied.Sort();
                deviations.Add(new ParityDeviation(expiry.Key, implied.Count, outside, implied[implied.Count / 2] - 1, strike, worst));
            }
        }

        return deviations;
    }
}
