using OnchainMargin.Margin;
using OnchainMargin.Models.Data;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Backtesting;

/// <summary>The parameters in force at every moment: those that stand still, or what a policy proposed up to then.</summary>
public sealed class ParameterTrack
{
    private const double HourSeconds = 3600;
    private const long DaySeconds = 86_400;

    private readonly RiskParameters[][] _parameters;
    private readonly long[][] _depthsE8;
    private readonly long[][] _haircutsE8;

    private ParameterTrack(string name, int underlyings, int moments)
    {
        Name = name;
        _parameters = [.. Enumerable.Range(0, underlyings).Select(_ => new RiskParameters[moments])];
        _depthsE8 = [.. Enumerable.Range(0, underlyings).Select(_ => new long[moments])];
        _haircutsE8 = [.. Enumerable.Range(0, underlyings).Select(_ => new long[moments])];
    }

    /// <summary>Its name in reports.</summary>
    public string Name { get; }

    /// <summary>The policy's log, empty for parameters that stand still.</summary>
    public IReadOnlyList<PolicyDecision> Log { get; private init; } = [];

    /// <summary>Parameters that stand still.</summary>
    public static ParameterTrack Static(IMarketHistory market, IReadOnlyList<StaticParameters> parameters, string name = "static")
    {
        var track = new ParameterTrack(name, market.Underlyings.Count, market.Count);
        for (var u = 0; u < market.Underlyings.Count; u++)
        {
            Array.Fill(track._parameters[u], parameters[u].Risk);
            Array.Fill(track._depthsE8[u], parameters[u].DepthE8);
            Array.Fill(track._haircutsE8[u], parameters[u].HaircutE8);
        }

        return track;
    }

    /// <summary>What a policy does, moment by moment; until it is ready the parameters that stand still hold.</summary>
    /// <param name="market">The history.</param>
    /// <param name="parameters">Where each underlying begins.</param>
    /// <param name="options">The policy.</param>
    /// <param name="corridors">The corridor of each underlying.</param>
    /// <param name="candles">Hourly candles of each underlying for a history that is not hourly itself; what has closed by a moment is known at it. Null for an hourly history.</param>
    public static ParameterTrack Of(
        IMarketHistory market, IReadOnlyList<StaticParameters> parameters, PolicyOptions options, IReadOnlyList<Corridor> corridors, IReadOnlyList<PriceFile>? candles = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var log = new List<PolicyDecision>();
        var track = new ParameterTrack(options.Name, market.Underlyings.Count, market.Count) { Log = log };
        for (var u = 0; u < market.Underlyings.Count; u++)
        {
            var forecaster = new MarketForecaster(options);
            PolicyInputs inputs = default;
            var fed = 0;
            var p = parameters[u];
            var now = new PolicyParameters(
                p.Risk.PriceRangeE8 / Units.E8, p.Risk.VolRangeE8 / Units.E8, p.DepthE8 / Units.E8, p.HaircutE8 / Units.E8, p.Risk.BasisChargeE8 / Units.E8, p.Risk.VegaChargeE8 / Units.E8);
            var (dayFirst, dayStart) = (now, long.MinValue);
            for (var i = 0; i < market.Count; i++)
            {
                var time = market.Time(i);
                inputs = candles is null ? forecaster.Observe(market.Hour(u, i)) : Follow(forecaster, candles[u], ref fed, time, inputs);
                if (forecaster.IsReady)
                {
                    // A day begins with the first step after the last one has passed, as on chain (PAR-002).
                    (dayFirst, dayStart) = time >= dayStart + DaySeconds ? (now, time) : (dayFirst, dayStart);
                    var hours = i == 0 ? 1 : (time - market.Time(i - 1)) / HourSeconds;
                    var decision = ParameterPolicy.Decide(market.Underlyings[u], options, corridors[u], inputs, now, hours, dayFirst);
                    now = decision.After;
                    log.Add(decision);
                }

                track._parameters[u][i] = With(p.Risk, now.Range, now.Vol, now.Basis, now.Vega);
                track._depthsE8[u][i] = Math.Max((long)Units.E8, Units.ToE8(now.Depth));
                track._haircutsE8[u][i] = Units.ToE8(now.Haircut);
            }
        }

        return track;
    }

    /// <summary>Risk parameters with what moves of them, the short minimum following the range.</summary>
    internal static RiskParameters With(RiskParameters risk, double range, double vol, double basis, double vega)
    {
        var rangeE8 = Units.ToRateE8(range);
        return risk with
        {
            PriceRangeE8 = rangeE8,
            VolRangeE8 = Units.ToRateE8(vol),
            ShortOptionMinimumE8 = RiskParameters.ShortMinimumOf(rangeE8),
            BasisChargeE8 = Units.ToRateE8(basis),
            VegaChargeE8 = Units.ToRateE8(vega),
        };
    }

    private static PolicyInputs Follow(MarketForecaster forecaster, PriceFile candles, ref int fed, long time, PolicyInputs inputs)
    {
        for (; fed < candles.Bars.Count && candles.Bars[fed].Time + candles.SecondsPerBar <= time; fed++)
        {
            var bar = candles.Bars[fed];
            inputs = forecaster.Observe(new MarketHour(bar.Time + candles.SecondsPerBar, bar.Bar.Close, bar.Volume > 0 ? bar.Volume : null, null, []));
        }

        return inputs;
    }

    /// <summary>The parameters in force.</summary>
    public RiskParameters Parameters(int underlying, int moment) => _parameters[underlying][moment];

    /// <summary>The checkpoint of a moment with the expiries that positions need.</summary>
    internal CheckpointView View(IMarketHistory market, int moment, IReadOnlyList<SortedSet<uint>> expiries, long initialFactorE8)
    {
        const ulong IndexOne = 1_000_000_000_000;
        var time = market.Time(moment);
        var underlyings = Enumerable.Range(0, market.Underlyings.Count).Select(u =>
        {
            var spotE8 = Units.ToE8(market.Spot(u, moment));
            return new UnderlyingRecord(
                (ushort)(u + 1), 1, MarketState.Normal, spotE8, spotE8, 0, 0, spotE8, 0, _depthsE8[u][moment], _parameters[u][moment],
                [.. expiries[u].Select(e => market.Surface(u, moment, e) is var surface ? new ExpiryRecord(e, time, (long)IndexOne, surface, surface) { FollowSeconds = Forwards.FollowSecondsByClock(e, time) } : null!)]);
        });
        var tokens = Enumerable.Range(0, market.Underlyings.Count).Select(u => new CollateralRecord((ushort)(u + 1), (ushort)(u + 1), 8, _haircutsE8[u][moment], (long)Units.E8));
        return new CheckpointView(new Checkpoint(new CheckpointHeader(1, time, initialFactorE8, IndexOne, IndexOne), [.. tokens], [.. underlyings]));
    }
}
