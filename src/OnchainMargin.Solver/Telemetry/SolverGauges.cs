using System.Diagnostics.Metrics;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Risk;
using OnchainMargin.Solver.Surfaces;

namespace OnchainMargin.Solver.Telemetry;

/// <summary>The solver's own metrics, read off its snapshots when somebody asks.</summary>
internal sealed class SolverGauges : IDisposable
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string Name = "OnchainMargin.Solver";

    private readonly Meter _meter = new(Name);

    /// <summary>Declares the metrics.</summary>
    public SolverGauges(Broadcast<IndexedBook> books, Broadcast<RiskSnapshot> risks, RoleHealth health, DeploymentRecord deployment, IServiceProvider services, TimeProvider time)
    {
        _meter.CreateObservableGauge("omargin.index.block", () => (long)(books.Current?.Book.BlockNumber ?? 0), "{block}", "The index's last block.");
        _meter.CreateObservableGauge("omargin.index.behind", () => books.Current is { } now ? (long)now.ChainHead - (long)now.Book.BlockNumber : 0, "{block}", "How many blocks the index is behind the node.");
        _meter.CreateObservableGauge("omargin.index.age", () => books.Current is { } now ? time.GetUtcNow().ToUnixTimeSeconds() - (long)now.Book.BlockTimeSeconds : 0, "s", "Age of the index's last block: behind a node that stands still the index has caught up.");
        _meter.CreateObservableGauge("omargin.accounts", () => (long)(books.Current?.Book.Accounts.Count ?? 0), "{account}", "Accounts that were opened.");
        _meter.CreateObservableGauge("omargin.accounts.under_water", () => (long)(risks.Current?.UnderWater.Length ?? 0), "{account}", "Accounts that can be liquidated at the last checkpoint: below their maintenance margin at the surfaces that are better for them.");
        _meter.CreateObservableGauge("omargin.accounts.unserved", () => Unserved(books.Current, risks.Current), "{account}", "Of those the accounts that are in no open lot and do not rest after one: nobody has started their auction yet.");
        _meter.CreateObservableGauge("omargin.lots.open", () => (long)(books.Current?.Book.OpenLots.Count() ?? 0), "{lot}", "Lots that are open.");
        _meter.CreateObservableGauge("omargin.checkpoint.age", () => books.Current?.Book.LatestCheckpoint is { } last ? time.GetUtcNow().ToUnixTimeSeconds() - last.Checkpoint.Header.Time : 0, "s", "Age of the last checkpoint.");
        _meter.CreateObservableGauge("omargin.epoch.lag", () => books.Current?.Book is { } book ? (long)((book.LatestCheckpoint?.Id ?? 0) - Math.Min(book.LatestEpoch?.Checkpoint ?? 0, book.LatestCheckpoint?.Id ?? 0)) : 0, "{checkpoint}", "Checkpoints since the one of the last epoch.");
        _meter.CreateObservableGauge("omargin.deficit", () => (double)(books.Current?.Book.Ledger.DeficitE8 ?? 0) / 1e8, "{USD}", "Losses that nothing has paid yet.");
        _meter.CreateObservableGauge(
            "omargin.market.state",
            () => deployment.Underlyings.SelectMany(listed => States(books.Current?.Book, listed)),
            "{state}",
            "What may be done in a market by the last checkpoint: 0 normal, 1 reduce-only, 2 halted, 3 uninsured.");
        _meter.CreateObservableGauge(
            "omargin.surface.age",
            () => deployment.Underlyings.SelectMany(listed => SurfaceAges(books.Current?.Book, listed)),
            "s",
            "Age of the oldest surface in force of an underlying, of expiries more than an hour ahead: nearer ones are published no more.");
        // Labels of an expiry end with it.
        _meter.CreateObservableGauge("omargin.surface.volatility", () => services.GetService<SurfaceDesk>()?.Volatilities ?? [], "1", "The fitted volatility at the forward, by underlying and expiry (unix seconds).");
        _meter.CreateObservableGauge("omargin.surface.rms", () => services.GetService<SurfaceDesk>()?.Distances ?? [], "1", "Root of the mean squared distance of a fit to the middle of its quotes, in volatility, by underlying and expiry.");
        _meter.CreateObservableGauge("omargin.surface.part", () => services.GetService<SurfaceDesk>()?.Parts ?? [], "1", "How much of the way from the surface in force to the fit the last publication that this node proposed may go: 1 all of it, -1 nothing, by underlying and expiry.");
        _meter.CreateObservableGauge("omargin.relay.orders", () => (long)(services.GetService<OrderBooks>()?.Open ?? 0), "{order}", "Orders that rest or settle.");
        _meter.CreateObservableGauge(
            "omargin.role.failing",
            () => health.States.Select(state => new Measurement<long>(health.DefectOf(state.Value) is null ? 0 : 1, new KeyValuePair<string, object?>("role", state.Key))),
            "{role}",
            "1 for a role whose last round failed, or that does not come to the end of one.");
    }

    /// <summary>Lots of accounts that are healthy again stay open until somebody ends them: accounts less lots would hide as many that nobody has started.</summary>
    internal static long Unserved(IndexedBook? indexed, RiskSnapshot? risk)
    {
        if (risk is null)
        {
            return 0;
        }

        ProtocolBook book = indexed?.Book ?? risk.Book;
        IReadOnlySet<ulong> resting = Liquidations.Resting(book, risk.Inputs);
        return risk.UnderWater.Count(id => book.Accounts.TryGetValue(id, out BookAccount? account) && account.OpenLot == 0 && !resting.Contains(id));
    }

    /// <summary>The state of a market, where it has one.</summary>
    internal static IEnumerable<Measurement<int>> States(ProtocolBook? book, DeployedUnderlying listed) =>
        (book?.LatestCheckpoint?.Checkpoint.Underlyings.Where(record => record.Underlying == listed.Number) ?? []).Select(record => new Measurement<int>((int)record.MarketState, Tag(listed)));

    /// <summary>The age of the oldest surface of an underlying, where it has any: whoever publishes them, and whether or not this node has quotes.</summary>
    internal static IEnumerable<Measurement<long>> SurfaceAges(ProtocolBook? book, DeployedUnderlying listed)
    {
        IReadOnlyList<long> times = book is null ? [] :
        [
            .. SurfaceBook.InForce(book, listed.Number).Where(held => held.Surface.Expiry > (long)book.BlockTimeSeconds + SurfaceDesk.NearestSeconds).Select(static held => held.TimeSeconds),
        ];
        return times.Count == 0 ? [] : [new Measurement<long>((long)book!.BlockTimeSeconds - times.Min(), Tag(listed))];
    }

    private static KeyValuePair<string, object?> Tag(DeployedUnderlying listed) => new("underlying", listed.Name);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
