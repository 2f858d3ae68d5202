using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
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

    /// <summary>Above this many accounts the stream of all tells of those only that changed or are under water: nobody reads a million figures a block.</summary>
    private const int WholeBookAccounts = 10_000;

    /// <summary>Of how many accounts of a larger book a stream tells at once: a crash puts tens of thousands under water, and each of them moves with every checkpoint. Who wants them all asks for the pages of those under water.</summary>
    internal const int MostAccounts = 1_000;

    /// <summary>A reader that takes longer over one picture keeps a book in memory that nobody else has any more, and is ended.</summary>
    private static readonly TimeSpan LongestPicture = TimeSpan.FromMinutes(1);

    /// <summary>Whether a path is that of the stream, in any way of writing that routes take.</summary>
    public static bool IsStream(PathString path) => path.StartsWithSegments("/api/stream", StringComparison.OrdinalIgnoreCase);

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/stream", (ProtocolViews views, Broadcast<RiskSnapshot> risks, ILiveInputs live, IHostApplicationLifetime host, TimeProvider time, IOptions<JsonOptions> json, ulong? account, CancellationToken cancellationToken) =>
                TypedResults.ServerSentEvents(ReadAsync(views, risks, live, host, time, json.Value.SerializerOptions, account, cancellationToken)))
            .WithSummary("Server-sent events: health of accounts (or of one), lots, prices and epochs, as they change; above 10,000 accounts the stream of all tells of the health only of accounts that traded or are under water, of 1,000 of them at a time, first of those that came under water, left it or traded (/api/accounts?underWater=true has all under water), and ends where a reader takes a minute over what changed at once, or 100,000 wait to be told").WithTags("stream");

    internal static async IAsyncEnumerable<SseItem<object>> ReadAsync(
        ProtocolViews views, Broadcast<RiskSnapshot> risks, ILiveInputs live, IHostApplicationLifetime host, TimeProvider time, JsonSerializerOptions json, ulong? only, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        using Broadcast<RiskSnapshot>.Subscription subscription = risks.Subscribe();
        RiskSnapshot? before = null;
        var turns = new StreamTurns();
        string prices = "";
        while (await GoesOnAsync(subscription.WaitAsync(PriceEvery, time, over.Token)).ConfigureAwait(false))
        {
            CheckpointInputs? inputs = await LiveAsync(live, over.Token).ConfigureAwait(false);
            if (inputs is not null && views.Prices(inputs, isLive: true) is var now && !string.Equals(now.InputsHash, prices, StringComparison.Ordinal))
            {
                prices = now.InputsHash;
                yield return new SseItem<object>(now, "prices");
            }

            if (risks.Current is not { } snapshot || ReferenceEquals(snapshot, before))
            {
                continue;
            }

            long since = time.GetTimestamp();
            foreach (SseItem<object> item in Changes(views, snapshot, before, inputs, only, turns, json))
            {
                yield return item;
                if (time.GetElapsedTime(since) > LongestPicture)
                {
                    yield break;
                }
            }

            if (turns.IsLost)
            {
                yield break;
            }

            before = snapshot;
        }
    }

    /// <summary>Whether a wait ended by itself: not when the client leaves, nor when the host stops, which would wait for every open stream.</summary>
    public static async Task<bool> GoesOnAsync(Task wait)
    {
        try
        {
            await wait.ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>What is new in a picture. An account is computed and written once, however many streams tell of it.</summary>
    internal static IEnumerable<SseItem<object>> Changes(ProtocolViews views, RiskSnapshot now, RiskSnapshot? before, CheckpointInputs? live, ulong? only, StreamTurns turns, JsonSerializerOptions json)
    {
        foreach (BookAccount account in Concerned(now, before, only, turns))
        {
            yield return new SseItem<object>(now.Told(account, told => JsonSerializer.SerializeToUtf8Bytes(views.View(told, now), json)), "health");
        }

        foreach (BookLot lot in now.Book.Lots.Values)
        {
            if (before is null ? lot.IsOpen : !before.Book.Lots.TryGetValue(lot.Id, out BookLot? same) || same != lot)
            {
                yield return new SseItem<object>(views.View(lot, live), "lot");
            }
        }

        if (now.Book.LatestEpoch is { } epoch && epoch != before?.Book.LatestEpoch && views.Epochs(ulong.MaxValue, 1, CancellationToken.None) is [{ } view, ..])
        {
            yield return new SseItem<object>(view, "epoch");
        }
    }

    private static bool IsKnown(BookAccount account, RiskSnapshot now, RiskSnapshot? before) =>
        before is not null && before.Book.Accounts.TryGetValue(account.Id, out BookAccount? same) && ReferenceEquals(same, account) && before.Followed(account).Figures == now.Followed(account).Figures;

    /// <summary>The accounts whose health is told: one, or those of a small book, where they are not as they were; of a large one those whose turn it is.</summary>
    private static IEnumerable<BookAccount> Concerned(RiskSnapshot now, RiskSnapshot? before, ulong? only, StreamTurns turns)
    {
        AccountTable accounts = now.Book.Accounts;
        if (only is null && accounts.Count > WholeBookAccounts)
        {
            return turns.Next(now, before, MostAccounts).Select(id => accounts[id]);
        }

        IEnumerable<BookAccount> looked = only is not { } one ? accounts.Values : accounts.TryGetValue(one, out BookAccount? account) ? [account] : [];
        return looked.Where(known => !IsKnown(known, now, before));
    }

    private static async Task<CheckpointInputs?> LiveAsync(ILiveInputs live, CancellationToken cancellationToken)
    {
        try
        {
            return await live.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is Ethereum.EthereumException or OperationCanceledException)
        {
            // The node is away for a moment, which /readyz says, and the stream goes on with what the index has; or it ends.
            return null;
        }
    }
}
