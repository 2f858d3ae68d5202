using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Api;

/// <summary>The live stream for keeper bots and pages: server-sent events <c>health</c> (an account's figures or state changed), <c>lot</c> (a lot changed), <c>prices</c> (live prices changed) and <c>epoch</c> (an epoch was posted).</summary>
internal static class StreamEndpoints
{
    private static readonly TimeSpan PriceEvery = TimeSpan.FromSeconds(2);

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/stream", (ProtocolViews views, Broadcast<RiskSnapshot> risks, ILiveInputs live, TimeProvider time, ulong? account, CancellationToken cancellationToken) =>
                TypedResults.ServerSentEvents(ReadAsync(views, risks, live, time, account, cancellationToken)))
            .WithSummary("Server-sent events: health of accounts (or of one), lots, prices and epochs, as they change").WithTags("stream");

    private static async IAsyncEnumerable<SseItem<object>> ReadAsync(
        ProtocolViews views, Broadcast<RiskSnapshot> risks, ILiveInputs live, TimeProvider time, ulong? only, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Broadcast<RiskSnapshot>.Subscription subscription = risks.Subscribe();
        RiskSnapshot? before = null;
        string prices = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            await subscription.WaitAsync(PriceEvery, time, cancellationToken).ConfigureAwait(false);
            if (await PricesAsync(views, live, cancellationToken).ConfigureAwait(false) is { } now && !string.Equals(now.InputsHash, prices, StringComparison.Ordinal))
            {
                prices = now.InputsHash;
                yield return new SseItem<object>(now, "prices");
            }

            if (risks.Current is not { } snapshot || ReferenceEquals(snapshot, before))
            {
                continue;
            }

            foreach (SseItem<object> item in Changes(views, snapshot, before, only))
            {
                yield return item;
            }

            before = snapshot;
        }
    }

    private static IEnumerable<SseItem<object>> Changes(ProtocolViews views, RiskSnapshot now, RiskSnapshot? before, ulong? only)
    {
        foreach (AccountRisk risk in now.Accounts.Values.Where(risk => only is null || risk.Account.Id == only))
        {
            bool isKnown = before is not null && before.Accounts.TryGetValue(risk.Account.Id, out AccountRisk? same)
                && (ReferenceEquals(same, risk) || (same.Figures == risk.Figures && ReferenceEquals(same.Account, risk.Account)));
            if (!isKnown)
            {
                yield return new SseItem<object>(views.View(risk.Account), "health");
            }
        }

        foreach (BookLot lot in now.Book.Lots.Values)
        {
            if (before is null ? lot.IsOpen : !before.Book.Lots.TryGetValue(lot.Id, out BookLot? same) || same != lot)
            {
                yield return new SseItem<object>(views.View(lot), "lot");
            }
        }

        if (now.Book.LatestEpoch is { } epoch && epoch != before?.Book.LatestEpoch && views.Epochs(1, CancellationToken.None) is [{ } view, ..])
        {
            yield return new SseItem<object>(view, "epoch");
        }
    }

    private static async Task<PricesView?> PricesAsync(ProtocolViews views, ILiveInputs live, CancellationToken cancellationToken)
    {
        try
        {
            CheckpointInputs inputs = await live.GetAsync(cancellationToken).ConfigureAwait(false);
            return views.Prices(inputs);
        }
        catch (Ethereum.EthereumException)
        {
            // The node is away for a moment; /readyz says so, and the stream goes on with what the index has.
            return null;
        }
    }
}
