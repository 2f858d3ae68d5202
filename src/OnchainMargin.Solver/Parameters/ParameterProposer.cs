using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Parameters;

/// <summary>
/// Follows the checkpoints: the last spot of each hour is that hour's close, an hour without checkpoint repeats the one before. When an hour ends and ten days are known, the policy decides
/// from the parameters in force. The past is what the book's checkpoints hold; a solver that starts anew learns it again.
/// </summary>
internal sealed class ParameterProposer(ParameterOptions options)
{
    private const long HourSeconds = 3600;
    private const long LongestGapHours = 24 * 30;
    private const double E8 = 1e8;
    private const double Bps = 1e4;
    private const double DepthOfVolume = 0.02;
    private const double DepthMost = 1e12;

    private readonly PolicyOptions _policy = new();
    private readonly Dictionary<ushort, Market> _markets = [];
    private ulong _last;

    /// <summary>Takes what is new in a book.</summary>
    /// <returns>A proposal when an hour has ended and something is to be changed, else null.</returns>
    public ParameterProposal? Observe(ProtocolBook book)
    {
        ArgumentNullException.ThrowIfNull(book);
        var hasEnded = false;
        foreach (var (id, inputs) in book.Checkpoints)
        {
            if (id <= _last)
            {
                continue;
            }

            _last = id;
            foreach (UnderlyingRecord record in inputs.Checkpoint.Underlyings)
            {
                hasEnded |= Observe(record, inputs.Checkpoint.Header.Time / HourSeconds);
            }
        }

        return hasEnded && book.LatestCheckpoint is { } latest ? Propose(book, latest.Checkpoint) : null;
    }

    private bool Observe(UnderlyingRecord record, long hour)
    {
        if (!_markets.TryGetValue(record.Underlying, out Market? market) || hour - market.Hour > LongestGapHours)
        {
            market = new Market(new MarketForecaster(_policy)) { Hour = hour };
            _markets[record.Underlying] = market;
        }

        var hasEnded = market.Hour < hour;
        for (; market.Hour < hour; market.Hour++)
        {
            market.Inputs = market.Forecaster.Observe((market.Hour + 1) * HourSeconds, market.Price, 0);
        }

        market.Price = record.SpotE8 / E8;
        return hasEnded;
    }

    private ParameterProposal? Propose(ProtocolBook book, Checkpoint checkpoint)
    {
        var decisions = new List<PolicyDecision>();
        Checkpoint after = checkpoint;
        foreach (UnderlyingRecord record in checkpoint.Underlyings)
        {
            if (!_markets.TryGetValue(record.Underlying, out Market? market) || !market.Forecaster.IsReady)
            {
                continue;
            }

            CollateralRecord? token = checkpoint.Collaterals.FirstOrDefault(c => c.Underlying == record.Underlying);
            var before = new PolicyParameters(
                record.Parameters.PriceRangeE8 / E8, record.Parameters.VolRangeE8 / E8, record.DepthE8 / E8, token is null ? options.HaircutLeastBps / Bps : token.HaircutE8 / E8);

            // The chain knows no traded volume: depth stays as it is.
            PolicyInputs inputs = market.Inputs with { DailyVolume = before.Depth / DepthOfVolume };
            var corridor = new Corridor(options.RangeLeastBps / Bps, options.RangeMostBps / Bps, options.VolLeastBps / Bps, options.VolMostBps / Bps, 0, DepthMost, options.HaircutLeastBps / Bps, options.HaircutMostBps / Bps);
            PolicyDecision decision = ParameterPolicy.Decide(record.Underlying.ToString(CultureInfo.InvariantCulture), _policy, corridor, inputs, before);
            if (decision.After != before)
            {
                decisions.Add(decision);
                after = ImpactCheck.Apply(after, record.Underlying, decision.After);
            }
        }

        if (decisions.Count == 0)
        {
            return null;
        }

        // Accounts that the checkpoint cannot value are nobody's to liquidate yet.
        var view = new CheckpointView(checkpoint);
        BookAccount[] accounts =
        [
            .. book.Accounts.Values.Where(a => MarginEngine.TryCompute(book.Settlements.Settle(a.State), a.Balances.AsSpan(), view, SurfaceChoice.Present, out _) == MarginError.None),
        ];
        IReadOnlyList<Impact> hurt = ImpactCheck.MadeLiquidatable(checkpoint, after, [.. accounts.Select(a => (book.Settlements.Settle(a.State), a.Balances))]);
        return new ParameterProposal(checkpoint.Header.Id, decisions, [.. hurt.Select(h => accounts[h.Account].Id)]);
    }

    private sealed class Market(MarketForecaster forecaster)
    {
        internal MarketForecaster Forecaster { get; } = forecaster;

        internal long Hour { get; set; }

        internal double Price { get; set; }

        internal PolicyInputs Inputs { get; set; }
    }
}
