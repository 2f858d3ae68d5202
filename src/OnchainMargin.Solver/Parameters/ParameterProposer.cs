using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using ChainHour = OnchainMargin.Protocol.Book.MarketHour;
using MarketHour = OnchainMargin.Models.Policy.MarketHour;

namespace OnchainMargin.Solver.Parameters;

/// <summary>
/// The next step of the parameters in force, from the hours that the book holds (spot, traded units, premium of the perpetual, surfaces): a function of the book alone, so that every node which reads the chain comes
/// to the same. Decided once an hour, when eleven days are known.
/// </summary>
internal sealed class ParameterProposer(ParameterOptions options)
{
    private const long HourSeconds = 3600;
    private const double E8 = 1e8;
    private const double Bps = 1e4;
    private const double DepthMost = 1e12;

    private readonly PolicyOptions _policy = new();
    private readonly Dictionary<ushort, Market> _markets = [];
    private (ImmutableSortedDictionary<ushort, MarketHours> Hours, ulong Checkpoint) _decidedOn = (ImmutableSortedDictionary<ushort, MarketHours>.Empty, 0);

    /// <summary>Takes what is new in a book.</summary>
    /// <returns>A proposal when an hour has ended since the last look and something is to be changed, else null.</returns>
    public ParameterProposal? Observe(ProtocolBook book)
    {
        ArgumentNullException.ThrowIfNull(book);
        bool hasEnded = book.Hours.Any(pair => !_decidedOn.Hours.TryGetValue(pair.Key, out MarketHours? known) || known.RunningHour != pair.Value.RunningHour);
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
        var haircuts = new List<HaircutDecision>();
        Checkpoint after = checkpoint;
        var each = new List<(ushort Underlying, Checkpoint After)>();
        foreach (UnderlyingRecord record in checkpoint.Underlyings)
        {
            if (!book.Hours.TryGetValue(record.Underlying, out MarketHours? hours) || Learn(record.Underlying, hours) is not { Forecaster.IsReady: true } market)
            {
                continue;
            }

            (ushort Token, PolicyDecision Decision)[] cases = [.. Cases(book, record, checkpoint.Header.Time).Select(one => (
                one.Token, ParameterPolicy.Decide(record.Underlying.ToString(CultureInfo.InvariantCulture), _policy, one.Corridor, market.Inputs, one.Before)))];
            (ushort Token, PolicyDecision Decision)[] changed = [.. cases.Where(static one => one.Decision.After != one.Decision.Before)];
            if (changed.Length == 0)
            {
                continue;
            }

            decisions.Add(changed[0].Decision);
            after = ImpactCheck.Apply(after, record.Underlying, changed[0].Decision.After);
            Checkpoint alone = ImpactCheck.Apply(checkpoint, record.Underlying, changed[0].Decision.After);
            foreach ((ushort token, PolicyDecision decision) in changed.Where(static one => !one.Decision.After.Haircut.Equals(one.Decision.Before.Haircut)))
            {
                haircuts.Add(new HaircutDecision(token, decision.Before.Haircut, decision.After.Haircut));
                after = ImpactCheck.ApplyHaircut(after, token, decision.Before.Haircut, decision.After.Haircut);
                alone = ImpactCheck.ApplyHaircut(alone, token, decision.Before.Haircut, decision.After.Haircut);
            }

            each.Add((record.Underlying, alone));
        }

        if (decisions.Count == 0)
        {
            return null;
        }

        BookAccount[] accounts = [.. book.Accounts.Values.Where(static account => account.OpenLot == 0)];
        (AccountState, ImmutableArray<Balance>)[] states = [.. accounts.Select(account => (book.Settlements.Settle(account.State), account.Balances))];
        IReadOnlyList<Impact> hurt = ImpactCheck.MadeLiquidatable(checkpoint, after, states);
        return new ParameterProposal(checkpoint.Header.Id, checkpoint.Header.Time, decisions, haircuts, [.. hurt.Select(one => accounts[one.Account].Id)])
        {
            Withheld = hurt.Count == 0 ? [] : Withheld(checkpoint, each, states),
        };
    }

    /// <summary>Each by itself, so that none is held up by what another would do, and by margin, for accounts cost nothing.</summary>
    private ushort[] Withheld(Checkpoint checkpoint, List<(ushort Underlying, Checkpoint After)> each, (AccountState, ImmutableArray<Balance>)[] states)
    {
        Int128 mostE8 = ImpactCheck.HealthyMaintenanceE8(checkpoint, states) * options.MostMadeLiquidatableBps / (int)Bps;
        return [.. each.Where(one => ImpactCheck.MadeLiquidatable(checkpoint, one.After, states).Aggregate(Int128.Zero, static (sum, hurt) => sum + hurt.BeforeE8) > mostE8).Select(static one => one.Underlying)];
    }

    /// <summary>What is in force, and how far it may go: once for each token that is the underlying and that attesters may move, for each has a haircut of its own, which depends on nothing else. Without such a token the largest haircut stands there, and stays.</summary>
    private IEnumerable<(ushort Token, PolicyParameters Before, Corridor Corridor)> Cases(ProtocolBook book, UnderlyingRecord record, long timeSeconds)
    {
        OnchainMargin.Margin.RiskParameters risk = record.Parameters;
        Corridor corridor = CorridorOf(book, record.Underlying);
        (ushort Token, double Haircut)[] tokens =
            [.. book.Parameters.Tokens.Where(pair => pair.Value.Underlying == record.Underlying).Select(pair => (pair.Key, book.Parameters.TokenAt(pair.Key, timeSeconds).HaircutBaseE8 / E8))];
        (ushort Token, double Haircut)[] moved = [.. tokens.Where(token => book.Steps.Tokens.ContainsKey(token.Token))];
        double most = tokens.Select(static token => token.Haircut).DefaultIfEmpty().Max();
        return moved.Length == 0
            ? [(0, Before(most), corridor with { Haircut = new CorridorBand(most, most) })]
            : moved.Select(token => (token.Token, Before(token.Haircut), corridor with { Haircut = Within(corridor.Haircut, book.Steps.Tokens[token.Token]) }));

        PolicyParameters Before(double haircut) =>
            new(risk.PriceRangeE8 / E8, risk.VolRangeE8 / E8, record.DepthE8 / E8, haircut, risk.BasisChargeE8 / E8, risk.VegaChargeE8 / E8);
    }

    /// <summary>The options' corridor inside that of the chain, where the chain has one; the haircut's is the options' alone.</summary>
    private Corridor CorridorOf(ProtocolBook book, ushort underlying)
    {
        var own = new Corridor(
            Band(options.RangeLeastBps, options.RangeMostBps), Band(options.VolLeastBps, options.VolMostBps), new CorridorBand(0, DepthMost), Band(options.HaircutLeastBps, options.HaircutMostBps),
            Band(options.BasisLeastBps, options.BasisMostBps), Band(options.VegaLeastBps, options.VegaMostBps));
        return book.Steps.Underlyings.TryGetValue(underlying, out ParameterSteps.UnderlyingCorridor chain)
            ? own with
            {
                Range = Within(own.Range, chain.PriceRange),
                Vol = Within(own.Vol, chain.VolRange),
                Depth = Within(own.Depth, chain.Depth),
                Basis = Within(own.Basis, chain.BasisCharge),
                Vega = Within(own.Vega, chain.VegaCharge),
            }
            : own;
    }

    private static CorridorBand Band(int leastBps, int mostBps) => new(leastBps / Bps, mostBps / Bps);

    private static CorridorBand Within(CorridorBand own, ParameterSteps.Band chain)
    {
        double low = Math.Max(own.Least, chain.LeastE8 / E8);
        return new CorridorBand(low, Math.Max(low, Math.Min(own.Most, chain.MostE8 / E8)));
    }

    /// <summary>Feeds the hours that are new. A past that is not a longer one of what was fed, as after a reorganisation or where it was cut, is learnt from its beginning: a node that runs on comes to the same as one that was started since.</summary>
    private Market Learn(ushort underlying, MarketHours hours)
    {
        if (!_markets.TryGetValue(underlying, out Market? market) || !market.IsBefore(hours))
        {
            market = new Market(new MarketForecaster(_policy), hours.FirstHour);
            _markets[underlying] = market;
        }

        for (int i = (int)(market.NextHour - hours.FirstHour); i < hours.Ended.Count; i++)
        {
            ChainHour hour = hours.Ended[i];
            market.Inputs = market.Forecaster.Observe(new MarketHour(
                (hours.FirstHour + i + 1) * HourSeconds,
                hour.SpotE8 / E8,
                (double)hour.VolumeE8 / E8,
                ((double)hour.PerpetualMarkE8 / hour.SpotE8) - 1,
                [.. hour.Surfaces.Select(static one => new ExpirySurface(one.Expiry, one.Surface))]));
            market.NextHour++;
            market.Last = hour;
        }

        return market;
    }

    private sealed class Market(MarketForecaster forecaster, long firstHour)
    {
        internal MarketForecaster Forecaster { get; } = forecaster;

        internal long FirstHour { get; } = firstHour;

        internal long NextHour { get; set; } = firstHour;

        internal ChainHour Last { get; set; }

        internal PolicyInputs Inputs { get; set; }

        internal bool IsBefore(MarketHours hours) =>
            FirstHour == hours.FirstHour && NextHour <= hours.RunningHour && (NextHour == hours.FirstHour || IsAlike(hours.Ended[(int)(NextHour - 1 - hours.FirstHour)]));

        private bool IsAlike(in ChainHour hour) =>
            hour.SpotE8 == Last.SpotE8 && hour.PerpetualMarkE8 == Last.PerpetualMarkE8 && hour.VolumeE8 == Last.VolumeE8 && hour.Surfaces.SequenceEqual(Last.Surfaces);
    }
}
