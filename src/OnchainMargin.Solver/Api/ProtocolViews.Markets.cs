using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Ethereum;
using System.Text.Json;
using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Api;

/// <content>Markets: the deployment, prices, instruments, surfaces, books.</content>
internal sealed partial class ProtocolViews
{
    private const int StrikesEachSide = 4;

    /// <summary>Where everything is; null before the index has read a checkpoint, behind which the deployment's own parameters are: fees that are not read yet must not look like none.</summary>
    public DeploymentView? Deployment(string nodeUrl, bool takesOrders, bool signs)
    {
        if (Book is not { LatestCheckpoint: not null } book)
        {
            return null;
        }

        BookParameters parameters = book.Parameters;
        return new DeploymentView(
            ApiNumbers.Text(deployment.ChainId),
            nodeUrl,
            ApiNumbers.Text(deployment.Block),
            Contracts,
            [.. deployment.Tokens.Select(static token => new TokenView(ApiNumbers.Text(token.Index), token.Symbol, token.Address.ToString(), token.Decimals, ApiNumbers.Text(token.Underlying), token.WrapsEther))],
            [.. deployment.Underlyings.Select(static listed => new ListedUnderlyingView(ApiNumbers.Text(listed.Number), listed.Name, listed.Feed.ToString()))],
            new ParametersView(
                ApiNumbers.Text(parameters.InitialFactorE8),
                ApiNumbers.Text(parameters.Clearing.MakerFeeE8),
                ApiNumbers.Text(parameters.Clearing.TakerFeeE8),
                ApiNumbers.Text(parameters.Clearing.PriceBandE8),
                ApiNumbers.Text(parameters.Clearing.CreditFeeE8),
                (int)parameters.Oracle.CheckpointIntervalSeconds,
                (int)parameters.Oracle.AttestationMaxAgeSeconds,
                (int)parameters.Oracle.FundingIntervalSeconds,
                (int)parameters.Liquidation.GraceSeconds,
                ApiNumbers.Text(parameters.Liquidation.DiscountMaxE8),
                (int)parameters.Liquidation.DiscountRampSeconds,
                ApiNumbers.Text(parameters.Liquidation.BidMinE8)),
            takesOrders,
            signs,
            book.ModelHash.ToString(),
            book.IsPaused,
            book.Ledger.DeficitE8.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Prices at inputs, live or stored.</summary>
    public PricesView Prices(CheckpointInputs inputs, bool isLive) => new(
        ApiNumbers.Text(inputs.Id),
        ApiNumbers.Text(inputs.Checkpoint.Header.Time),
        isLive,
        inputs.InputsHash.ToString(),
        [.. inputs.Checkpoint.Underlyings.Select(u => new PriceView(
            ApiNumbers.Text(u.Underlying),
            _names.Underlying(u.Underlying),
            ApiNumbers.Text(u.SpotE8),
            ApiNumbers.Text(u.PerpetualMarkE8),
            ApiNumbers.Text(u.AverageSpotE8),
            ApiNumbers.Text(u.CumulativeFundingE8),
            FundingRateE8(u.Underlying),
            ApiNumbers.Text(u.OpenInterestE8),
            u.MarketState.ToString()))]);

    /// <summary>What can be traded or margined at inputs: perpetuals, and for each expiry the future and the options around the forward; tokens of the vault against cash.</summary>
    public IReadOnlyList<InstrumentView> Instruments(CheckpointInputs inputs)
    {
        var all = new SortedSet<Instrument>();
        foreach (UnderlyingRecord record in inputs.Checkpoint.Underlyings)
        {
            all.Add(Instrument.Perpetual(record.Underlying));
            foreach (ExpiryRecord expiry in record.Expiries.Where(expiry => expiry.Expiry > inputs.Checkpoint.Header.Time))
            {
                all.Add(Instrument.Future(record.Underlying, expiry.Expiry));
                foreach (long strike in Strikes(expiry.Present.ForwardE8))
                {
                    all.Add(Instrument.Call(record.Underlying, expiry.Expiry, strike));
                    all.Add(Instrument.Put(record.Underlying, expiry.Expiry, strike));
                }
            }
        }

        IEnumerable<Instrument> tokens = inputs.Checkpoint.Collaterals.Where(static record => record.Token != 0).Select(static record => SpotOrders.Of(record.Token));
        return [.. all.Concat(tokens).Select(instrument => View(instrument, inputs))];
    }

    /// <summary>One instrument at inputs.</summary>
    public InstrumentView View(Instrument instrument, CheckpointInputs inputs) => new(
        instrument.Packed.ToString(CultureInfo.InvariantCulture),
        _names.Format(instrument),
        ApiNumbers.Text(SpotOrders.IsSpot(instrument) ? SpotOrders.Record(instrument, inputs.Checkpoint)?.Underlying ?? 0 : instrument.Underlying),
        SpotOrders.IsSpot(instrument) ? "Spot" : instrument.Kind.ToString(),
        ApiNumbers.Text(instrument.Expiry),
        ApiNumbers.Text(instrument.StrikeE4),
        ApiNumbers.Text(Quotes.MarkE8(instrument, inputs.View)),
        Quotes.State(instrument, inputs.View).ToString(),
        Words(instrument));

    /// <summary>The surfaces at inputs.</summary>
    public static IReadOnlyList<SurfaceView> Surfaces(CheckpointInputs inputs) =>
    [
        .. inputs.Checkpoint.Underlyings.SelectMany(static record => record.Expiries, static (record, expiry) => new SurfaceView(
            ApiNumbers.Text(record.Underlying),
            ApiNumbers.Text(expiry.Expiry),
            ApiNumbers.Text(expiry.SurfaceTime),
            ApiNumbers.Text(expiry.Present.ForwardE8),
            ApiNumbers.Text(expiry.Present.PublishedForwardE8),
            ApiNumbers.Text(expiry.Present.AE12),
            ApiNumbers.Text(expiry.Present.BE12),
            ApiNumbers.Text(expiry.Present.RhoE8),
            ApiNumbers.Text(expiry.Present.ME8),
            ApiNumbers.Text(expiry.Present.SigmaE8),
            ApiNumbers.Text(expiry.DiscountE12))),
    ];

    /// <summary>An order of the relay.</summary>
    public OrderView View(RestingOrder order) => new(
        ApiNumbers.Text(order.Arrival),
        ApiNumbers.Text(order.Account),
        ApiNumbers.Text(order.Nonce),
        order.Signed.Order.Instrument.ToString(CultureInfo.InvariantCulture),
        _names.Format(order.Instrument),
        ApiNumbers.Text(order.Signed.Order.SizeE8),
        ApiNumbers.Text(order.LeftE8),
        ApiNumbers.Text(order.InFlightE8),
        ApiNumbers.Text(order.PriceE8),
        ApiNumbers.Text(order.Signed.Order.Expiry),
        order.Signed.Order.Flags,
        order.Status.ToString().ToLowerInvariant(),
        order.Reason);

    /// <summary>A fill on chain.</summary>
    public TradeView View(Trade trade) => new(
        ApiNumbers.Text(trade.Id),
        trade.Fill.Instrument.ToString(CultureInfo.InvariantCulture),
        _names.Format(Instrument.Unpack(trade.Fill.Instrument)),
        ApiNumbers.Text(trade.Fill.TakerSizeE8),
        ApiNumbers.Text(trade.Fill.PriceE8),
        ApiNumbers.Text(trade.Fill.Maker),
        ApiNumbers.Text(trade.Fill.Taker),
        ApiNumbers.Text(trade.Block),
        ApiNumbers.Text(trade.TimeSeconds),
        trade.Transaction.ToString());

    private string? FundingRateE8(ushort underlying)
    {
        if (Book is not { Checkpoints.Count: > 1 } book)
        {
            return null;
        }

        CheckpointInputs later = book.LatestCheckpoint!;
        CheckpointInputs earlier = book.Checkpoints[book.Checkpoints.Keys.Reverse().Skip(1).First()];
        long seconds = later.Checkpoint.Header.Time - earlier.Checkpoint.Header.Time;
        if (seconds <= 0 || Quotes.Record(underlying, later.View) is not { SpotE8: > 0 } now || Quotes.Record(underlying, earlier.View) is not { } before)
        {
            return null;
        }

        Int128 moved = now.CumulativeFundingE8 - before.CumulativeFundingE8;
        return ApiNumbers.Text(moved * book.Parameters.Oracle.FundingIntervalSeconds * Shock.One / seconds / now.SpotE8);
    }

    /// <summary>Every address that the deployment has, so that one that is added is served without a word here.</summary>
    private SortedDictionary<string, string> Contracts { get; } = new(
        typeof(DeployedContracts).GetProperties().Where(static property => property.PropertyType == typeof(Address))
            .ToDictionary(static property => JsonNamingPolicy.CamelCase.ConvertName(property.Name), property => property.GetValue(deployment.Contracts)!.ToString()!, StringComparer.Ordinal),
        StringComparer.Ordinal);

    private string Words(Instrument instrument)
    {
        if (SpotOrders.IsSpot(instrument))
        {
            return $"{InstrumentNames.SpotToken(_names.Format(instrument))} against cash";
        }

        string underlying = _names.Underlying(instrument.Underlying);
        string day = DateTimeOffset.FromUnixTimeSeconds(instrument.Expiry).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        string strike = (instrument.StrikeE4 / 10_000m).ToString("#,0.####", CultureInfo.InvariantCulture);
        return instrument.Kind switch
        {
            InstrumentKind.Perpetual => $"{underlying} perpetual",
            InstrumentKind.Future => $"{underlying} future of {day}",
            InstrumentKind.Call => $"{underlying} call at {strike} of {day}",
            _ => $"{underlying} put at {strike} of {day}",
        };
    }

    /// <summary>Round strikes around a forward: steps of about a twentieth of it.</summary>
    private static IEnumerable<long> Strikes(long forwardE8)
    {
        decimal forward = forwardE8 / 100_000_000m;
        decimal step = 1;
        decimal[] rounds = [1m, 2m, 2.5m, 5m, 10m];
        decimal scale = 0.0001m;
        while (scale * 10 < forward / 20)
        {
            scale *= 10;
        }

        step = rounds.Select(round => round * scale).First(candidate => candidate >= forward / 20 || candidate == 10 * scale);
        decimal middle = Math.Round(forward / step) * step;
        return Enumerable.Range(-StrikesEachSide, (2 * StrikesEachSide) + 1).Select(i => (long)((middle + (i * step)) * 10_000)).Where(static strike => strike > 0);
    }
}
