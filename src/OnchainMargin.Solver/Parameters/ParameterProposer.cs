using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Parameters;

/// <summary>
/// The next step of the parameters in force, from the closes of hours that the book holds: a function of the book alone, so that every node which reads the chain comes to the same. Decided once an hour, when ten
/// days are known.
/// </summary>
internal sealed class ParameterProposer(ParameterOptions options)
{
    private const long HourSeconds = 3600;
    private const double E8 = 1e8;
    private const double Bps = 1e4;
    private const double DepthOfVolume = 0.02;
    private const double DepthMost = 1e12;

    private readonly PolicyOptions _policy = new();
    private readonly Dictionary<ushort, Market> _markets = [];
    private (ImmutableSortedDictionary<ushort, PriceHours> Hours, ulong Checkpoint) _decidedOn = (ImmutableSortedDictionary<ushort, PriceHours>.Empty, 0);

    /// <summary>Takes what is new in a book.</summary>
    /// <returns>A proposal when an hour has ended since the last look and something is to be changed, else null.</returns>
    public ParameterProposal? Observe(ProtocolBook book)
    {
        ArgumentNullException.ThrowIfNull(book);
        bool hasEnded = book.Hours.Any(pair => !_decidedOn.Hours.TryGetValue(pair.Key, out PriceHours? known) || known.RunningHour != pair.Value.RunningHour);
        if (!hasEnded || book.LatestCheckpoint is not { } latest)
        {
            return null;
        }

        _decidedOn = (book.Hours, latest.Id);
        return Decide(book);
    }

    /// <summary>What this node would step now, whether or not an hour has ended; null when nothing is to be changed or too little is known.</summary>
    public ParameterProposal? Decide(ProtocolBook book)
    {
        ArgumentNullException.ThrowIfNull(book);
        if (book.LatestCheckpoint is not { } latest)
        {
            return null;
        }

        Checkpoint checkpoint = latest.Checkpoint;
        var decisions = new List<PolicyDecision>();
        Checkpoint after = checkpoint;
        foreach (UnderlyingRecord record in checkpoint.Underlyings)
        {
            if (!book.Hours.TryGetValue(record.Underlying, out PriceHours? hours) || Learn(record.Underlying, hours) is not { Forecaster.IsReady: true } market)
            {
                continue;
            }

            PolicyParameters before = Before(book, record, checkpoint);

            // The chain knows no traded volume: depth stays as it is.
            PolicyInputs inputs = market.Inputs with { DailyVolume = before.Depth / DepthOfVolume };
            PolicyDecision decision = ParameterPolicy.Decide(record.Underlying.ToString(CultureInfo.InvariantCulture), _policy, CorridorOf(book, record.Underlying), inputs, before);
            if (decision.After != before)
            {
                decisions.Add(decision);
                after = ImpactCheck.Apply(after, record.Underlying, decision.Before, decision.After);
            }
        }

        return decisions.Count == 0 ? null : new ParameterProposal(checkpoint.Header.Id, checkpoint.Header.Time, decisions, MadeLiquidatable(book, checkpoint, after));
    }

    /// <summary>What is in force: of the underlying as the checkpoint has it, of its tokens the largest base haircut.</summary>
    private PolicyParameters Before(ProtocolBook book, UnderlyingRecord record, Checkpoint checkpoint)
    {
        uint[] haircuts = [.. book.Parameters.Tokens.Values.Where(token => token.Underlying == record.Underlying).Select(static token => token.HaircutBaseE8)];
        double haircut = haircuts.Length > 0 ? haircuts.Max() / E8
            : checkpoint.Collaterals.FirstOrDefault(token => token.Underlying == record.Underlying) is { } token ? token.HaircutE8 / E8
            : options.HaircutLeastBps / Bps;
        return new PolicyParameters(record.Parameters.PriceRangeE8 / E8, record.Parameters.VolRangeE8 / E8, record.DepthE8 / E8, haircut);
    }

    /// <summary>The options' corridor inside that of the chain, where the chain has one.</summary>
    private Corridor CorridorOf(ProtocolBook book, ushort underlying)
    {
        var own = new Corridor(options.RangeLeastBps / Bps, options.RangeMostBps / Bps, options.VolLeastBps / Bps, options.VolMostBps / Bps, 0, DepthMost, options.HaircutLeastBps / Bps, options.HaircutMostBps / Bps);
        if (!book.Steps.Underlyings.TryGetValue(underlying, out ParameterSteps.UnderlyingCorridor chain))
        {
            return own;
        }

        (double rangeLeast, double rangeMost) = Within(own.RangeLeast, own.RangeMost, chain.PriceRange);
        (double volLeast, double volMost) = Within(own.VolLeast, own.VolMost, chain.VolRange);
        (double depthLeast, double depthMost) = Within(own.DepthLeast, own.DepthMost, chain.Depth);
        return new Corridor(rangeLeast, rangeMost, volLeast, volMost, depthLeast, depthMost, own.HaircutLeast, own.HaircutMost);
    }

    private static (double Least, double Most) Within(double least, double most, ParameterSteps.Band band)
    {
        double low = Math.Max(least, band.LeastE8 / E8);
        return (low, Math.Max(low, Math.Min(most, band.MostE8 / E8)));
    }

    private static ulong[] MadeLiquidatable(ProtocolBook book, Checkpoint checkpoint, Checkpoint after)
    {
        // Accounts that the checkpoint cannot value are nobody's to liquidate yet.
        var view = new CheckpointView(checkpoint);
        BookAccount[] accounts =
        [
            .. book.Accounts.Values.Where(a => MarginEngine.TryCompute(book.Settlements.Settle(a.State), a.Balances.AsSpan(), view, SurfaceChoice.Present, out _) == MarginError.None),
        ];
        IReadOnlyList<Impact> hurt = ImpactCheck.MadeLiquidatable(checkpoint, after, [.. accounts.Select(a => (book.Settlements.Settle(a.State), a.Balances))]);
        return [.. hurt.Select(h => accounts[h.Account].Id)];
    }

    /// <summary>Feeds the closes that are new. A past that is not a longer one of what was fed, as after a reorganisation, is learnt from its beginning.</summary>
    private Market Learn(ushort underlying, PriceHours hours)
    {
        if (!_markets.TryGetValue(underlying, out Market? market) || !market.IsBefore(hours))
        {
            market = new Market(new MarketForecaster(_policy), hours.FirstHour);
            _markets[underlying] = market;
        }

        for (int i = (int)(market.NextHour - hours.FirstHour); i < hours.ClosesE8.Count; i++)
        {
            long closeE8 = hours.ClosesE8[i];
            market.Inputs = market.Forecaster.Observe((hours.FirstHour + i + 1) * HourSeconds, closeE8 / E8, 0);
            market.NextHour++;
            market.LastE8 = closeE8;
        }

        return market;
    }

    private sealed class Market(MarketForecaster forecaster, long nextHour)
    {
        internal MarketForecaster Forecaster { get; } = forecaster;

        internal long NextHour { get; set; } = nextHour;

        internal long LastE8 { get; set; }

        internal PolicyInputs Inputs { get; set; }

        internal bool IsBefore(PriceHours hours) =>
            NextHour >= hours.FirstHour && NextHour <= hours.RunningHour && (NextHour == hours.FirstHour || hours.ClosesE8[(int)(NextHour - 1 - hours.FirstHour)] == LastE8);
    }
}
