using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OnchainMargin.Margin;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>Fits this node's own quotes, and says what the contract would accept of the fits. Everything that a node proposes or compares others with comes from here.</summary>
internal sealed class SurfaceDesk(IQuoteSource source, DeploymentRecord deployment, SurfaceOptions options, ILogger<SurfaceDesk> logger)
{
    private const double E8 = 1e8;
    private const double Q32 = 4_294_967_296;
    private const double Bps = 1e4;
    private const uint ListedEverySeconds = 1800;

    /// <summary>What expires within this is published no more.</summary>
    public const long NearestSeconds = 3600;

    // Metrics are read by others than who fits.
    private readonly ConcurrentDictionary<ushort, FittedSurface> _fits = [];
    private readonly ConcurrentDictionary<(string Underlying, uint Expiry), double> _parts = [];
    private readonly HashSet<string> _unusable = [];

    /// <summary>The volatility at the forward of each expiry that is fitted.</summary>
    public IEnumerable<Measurement<double>> Volatilities => Fitted(static expiry => expiry.Slice.Volatility(0, expiry.Years));

    /// <summary>How far each fit lies from its quotes.</summary>
    public IEnumerable<Measurement<double>> Distances => Fitted(static expiry => expiry.RmsByVega);

    /// <summary>How far each expiry went that this node proposed and that is not over.</summary>
    public IEnumerable<Measurement<double>> Parts => _parts.Select(static part => new Measurement<double>(part.Value, Tags(part.Key.Underlying, part.Key.Expiry)));

    /// <summary>Notes how far an expiry goes that is proposed.</summary>
    public void Note(SurfacePlan plan, SteppedSurface step) => _parts[(plan.Name, step.Expiry)] = step.Part;

    /// <summary>Reads quotes and fits them, at the book's time.</summary>
    public void Refresh(ProtocolBook book)
    {
        foreach ((string Underlying, uint Expiry) over in _parts.Keys.Where(known => known.Expiry <= book.BlockTimeSeconds))
        {
            _parts.TryRemove(over, out _);
        }

        foreach (DeployedUnderlying underlying in deployment.Underlyings)
        {
            if (Spot(book, underlying.Number) is { } spotE8)
            {
                Refresh(underlying, spotE8 / E8, (long)book.BlockTimeSeconds);
            }
        }
    }

    /// <summary>What this node would publish of each underlying whose quotes are fitted: of all that stands for long enough, or is not listed. Each expiry by itself: who publishes one keeps no other waiting. What it has no quotes of comes by itself, when nothing else is due.</summary>
    /// <param name="book">The book.</param>
    /// <param name="windows">Readings of the settlement windows that are open, by underlying.</param>
    /// <param name="pending">What is proposed already, and waited for.</param>
    public IReadOnlyList<SurfacePlan> Plan(ProtocolBook book, IReadOnlyDictionary<ushort, WindowReading> windows, IEnumerable<VolSurfaces.SurfaceUpdate> pending)
    {
        HashSet<(ushort, uint)> waited = Expiries(pending);
        List<SurfacePlan> Ripe(bool quoted) => Plans(book, windows, (underlying, expiry, held, isQuoted) => isQuoted == quoted && !waited.Contains((underlying, expiry)) && held?.IsRipe((long)book.BlockTimeSeconds, options.LeastIntervalSeconds) != false);

        // What is not quoted here may be elsewhere, and lie far from its neighbours there: beside what is quoted it would have all of it refused.
        List<SurfacePlan> known = Ripe(quoted: true);
        if (known.Exists(static plan => plan.IsDue))
        {
            return known;
        }

        List<SurfacePlan> rest = Ripe(quoted: false);
        return rest.Exists(static plan => plan.IsDue) ? rest : known;
    }

    /// <summary>What this node would publish now of the expiries of a proposal and no other, to be held beside it.</summary>
    /// <param name="book">The book.</param>
    /// <param name="windows">Readings of the settlement windows that are open, by underlying.</param>
    /// <param name="proposed">The proposal.</param>
    public IReadOnlyList<SurfacePlan> Beside(ProtocolBook book, IReadOnlyDictionary<ushort, WindowReading> windows, IEnumerable<VolSurfaces.SurfaceUpdate> proposed)
    {
        HashSet<(ushort, uint)> meant = Expiries(proposed);
        return Plans(book, windows, (underlying, expiry, _, _) => meant.Contains((underlying, expiry)));
    }

    /// <summary>What this node agrees with of a proposal, so that nothing of it needs what is left out beside it.</summary>
    /// <inheritdoc cref="Beside"/>
    public IReadOnlyList<VolSurfaces.SurfaceUpdate> Agreed(ProtocolBook book, IReadOnlyDictionary<ushort, WindowReading> windows, IReadOnlyList<VolSurfaces.SurfaceUpdate> proposed)
    {
        // By the calendar a step may need that its neighbour goes as well.
        IReadOnlyList<VolSurfaces.SurfaceUpdate> agreed = SurfaceComparison.Agreed(proposed, Beside(book, windows, proposed), options, book.BlockTimeSeconds);
        return agreed.Count == proposed.Count ? agreed : Agreed(book, windows, agreed);
    }

    private static HashSet<(ushort, uint)> Expiries(IEnumerable<VolSurfaces.SurfaceUpdate> updates) => [.. updates.Select(static update => (update.Underlying, update.Expiry))];

    private List<SurfacePlan> Plans(ProtocolBook book, IReadOnlyDictionary<ushort, WindowReading> windows, Func<ushort, uint, SurfaceInForce?, bool, bool> isMeant)
    {
        var plans = new List<SurfacePlan>();
        foreach (DeployedUnderlying underlying in deployment.Underlyings)
        {
            if (_fits.TryGetValue(underlying.Number, out FittedSurface? fit) && fit.Expiries.Count > 0 && Spot(book, underlying.Number) is { } spotE8)
            {
                WindowReading window = windows.TryGetValue(underlying.Number, out WindowReading open) ? open : WindowReading.Unopened;
                plans.Add(Plan(book, underlying, fit, spotE8, window, (expiry, held, isQuoted) => isMeant(underlying.Number, expiry, held, isQuoted)));
            }
        }

        return plans;
    }

    private static long? Spot(ProtocolBook book, ushort underlying) =>
        book.LatestCheckpoint?.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == underlying)?.SpotE8;

    private void Refresh(DeployedUnderlying underlying, double spot, long time)
    {
        string? reason = null;
        try
        {
            IReadOnlyList<OptionQuote> quotes = source.Read(underlying.Name, spot, time);
            long newest = quotes.Count == 0 ? 0 : quotes.Max(static quote => quote.Time);
            reason = quotes.Count == 0 ? "the source has none"
                : newest > time ? $"they are of {DateTimeOffset.FromUnixTimeSeconds(newest):u}, later than the chain's time, {DateTimeOffset.FromUnixTimeSeconds(time):u}"
                : time - newest > options.MaximumQuoteAgeSeconds ? $"the newest are of {DateTimeOffset.FromUnixTimeSeconds(newest):u}, the chain's time is {DateTimeOffset.FromUnixTimeSeconds(time):u}"
                : null;
            if (reason is null)
            {
                _fits[underlying.Number] = Fit(underlying, quotes, time);
            }
        }
        catch (DataFileException error)
        {
            reason = error.Message;
        }

        SolverTelemetry.QuotesUnusable.Add(reason is null ? 0 : 1, new KeyValuePair<string, object?>("underlying", underlying.Name));
        if (reason is not null)
        {
            _fits.TryRemove(underlying.Number, out _);
            if (_unusable.Add(underlying.Name))
            {
                logger.QuotesUnusable(underlying.Name, reason);
            }
        }
        else if (_unusable.Remove(underlying.Name))
        {
            logger.QuotesUsable(underlying.Name);
        }
    }

    private FittedSurface Fit(DeployedUnderlying underlying, IReadOnlyList<OptionQuote> quotes, long time)
    {
        FittedSurface? previous = _fits.GetValueOrDefault(underlying.Number);
        FittedSurface fit = SurfaceFit.Fit([.. quotes.Where(quote => quote.Expiry % ListedEverySeconds == 0)], time, previous);
        foreach (ParityDeviation deviation in fit.Parity.Where(static one => one.IsFlagged))
        {
            logger.ParityBroken(underlying.Name, DateTimeOffset.FromUnixTimeSeconds(deviation.Expiry), deviation.ForwardDeviation, deviation.Outside, deviation.Strikes);
            fit = fit with { Expiries = [.. fit.Expiries.Where(expiry => expiry.Expiry != deviation.Expiry)] };
        }

        return fit;
    }

    private SurfacePlan Plan(ProtocolBook book, DeployedUnderlying underlying, FittedSurface fit, long spotE8, in WindowReading window, Func<uint, SurfaceInForce?, bool, bool> isMeant)
    {
        long time = (long)book.BlockTimeSeconds;
        IReadOnlyList<SurfaceInForce> inForce = SurfaceBook.InForce(book, underlying.Number);
        Dictionary<uint, FittedExpiry> quoted = fit.Expiries.ToDictionary(static expiry => (uint)expiry.Expiry);
        Dictionary<uint, SurfaceInForce> listed = inForce.Where(one => one.Surface.Expiry > time + NearestSeconds).ToDictionary(static one => one.Surface.Expiry);

        // What is listed comes first, however many there are, and whether or not there are quotes of it: one that nobody publishes keeps its volatilities, by which accounts are margined and which hold its neighbours' back by the calendar. New ones fill what is left; counted is what the chain lists, so that every node has room for as many.
        long listable = time + (options.ListAheadHours * 3600L);
        SurfaceTarget[] targets =
        [
            .. listed.Keys.Select(expiry => quoted.TryGetValue(expiry, out FittedExpiry? own) ? SurfaceTarget.Of(own, fit.Spot) : SurfaceTarget.Between(fit, expiry))
                .Concat(fit.Expiries.Where(expiry => expiry.Expiry >= listable && !listed.ContainsKey((uint)expiry.Expiry)).Take(options.MaximumExpiries - listed.Count).Select(expiry => SurfaceTarget.Of(expiry, fit.Spot)))
                .Where(target => isMeant(target.Expiry, listed.TryGetValue(target.Expiry, out SurfaceInForce held) ? held : null, quoted.ContainsKey(target.Expiry))),
        ];
        IReadOnlyList<SteppedSurface> steps = SurfaceSteps.Plan(inForce, targets, SurfaceBook.Bands(book), spotE8, time, window);
        SurfaceInForce[] held = [.. targets.Where(target => listed.ContainsKey(target.Expiry)).Select(target => listed[target.Expiry])];
        long oldest = held.Length == 0 ? time : held.Min(static one => one.TimeSeconds);
        bool isDue = time - oldest >= options.IntervalSeconds || targets.Length > held.Length || steps.Any(step => step.IsPublishable && Moved(held, step.Surface) * Bps >= options.MoveBps);
        return new SurfacePlan(underlying.Number, underlying.Name, steps, isDue && steps.Any(static step => step.IsPublishable)) { OldestSeconds = oldest };
    }

    /// <summary>By which part of itself the volatility at the new forward moves.</summary>
    private static double Moved(SurfaceInForce[] held, PublishedSurface next)
    {
        foreach (SurfaceInForce one in held)
        {
            if (one.Surface.Expiry == next.Expiry)
            {
                double before = one.Surface.VolatilityQ32((long)(Math.Log((double)next.ForwardE8 / one.Surface.ForwardE8) * Q32));
                return Math.Abs(next.VolatilityQ32(0) - before) / before;
            }
        }

        return 0;
    }

    private IEnumerable<Measurement<double>> Fitted(Func<FittedExpiry, double> figure) => deployment.Underlyings.SelectMany(underlying =>
        _fits.TryGetValue(underlying.Number, out FittedSurface? fit) ? fit.Expiries.Select(expiry => new Measurement<double>(figure(expiry), Tags(underlying.Name, expiry.Expiry))) : []);

    private static KeyValuePair<string, object?>[] Tags(string underlying, long expiry) => [new("underlying", underlying), new("expiry", expiry)];
}
