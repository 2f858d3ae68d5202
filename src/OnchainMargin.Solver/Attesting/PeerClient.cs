using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Quorum;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Speaks with other nodes over HTTP. What they say is believed only as far as it proves itself: signatures recover, books have their root. One that does not answer is left out of this round.</summary>
internal sealed class PeerClient(HttpClient http, ILogger<PeerClient> logger)
{
    /// <summary>Room for the signatures of all attesters that there can be.</summary>
    private const long LargestAnswerBytes = 1 << 20;

    /// <summary>A wrong book may have accounts that nobody opened. As many more as this take 20 MB; a book of more is judged by its leaves, as they are demanded.</summary>
    private const int FurtherAccounts = 100_000;

    /// <summary>What a whole book may take beside the time of an answer, for each of its accounts: 581 bytes at two megabytes a second. A million of them are 581 MB.</summary>
    private static readonly TimeSpan PerAccount = TimeSpan.FromMicroseconds(300);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>Offers a signature of an epoch to each peer.</summary>
    public Task OfferAsync(IEnumerable<string> peers, EpochOffer offer, CancellationToken cancellationToken) => OfferAsync(peers, "attest/signatures", offer, cancellationToken);

    /// <summary>Offers a signature of a proposal to each peer.</summary>
    public Task OfferAsync(IEnumerable<string> peers, ProposalOffer offer, CancellationToken cancellationToken) => OfferAsync(peers, "attest/proposals", offer, cancellationToken);

    /// <summary>Asks each peer to sign an attestation; answers come as they come in.</summary>
    public async IAsyncEnumerable<SignedAttestation> AskAsync(IEnumerable<string> peers, AttestationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Task<SignedAttestation?> answer in Task.WhenEach(peers.Select(peer => TryAsync(peer, async url =>
        {
            using HttpResponseMessage reply = await PostAsync(new Uri(url, "attest/attestations"), request, cancellationToken).ConfigureAwait(false);
            return reply.IsSuccessStatusCode ? await reply.Content.ReadFromJsonAsync<SignedAttestation>(Json, cancellationToken).ConfigureAwait(false) : null;
        }))).ConfigureAwait(false))
        {
            if (await answer.ConfigureAwait(false) is { } signed && !signed.Signatures.Contains(null!))
            {
                yield return signed;
            }
        }
    }

    /// <summary>The book of an epoch as a peer has it; null when it has none with that root by that model, which the root does not hold.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="own">This node's book of the same checkpoint: one of many more accounts is not read, however many its signers say there are.</param>
    /// <param name="cancellationToken">Stops.</param>
    public Task<AttestedBook?> FindBookAsync(string peer, RiskRegistry.RiskEpoch epoch, AttestedBook own, CancellationToken cancellationToken)
    {
        long mostAccounts = Math.Min(epoch.Accounts, (long)own.Attestations.Length + FurtherAccounts);
        return TryAsync(peer, url => InTimeAsync(
            async token =>
            {
                using HttpResponseMessage reply = await http.GetAsync(new Uri(url, string.Create(CultureInfo.InvariantCulture, $"attest/books/{epoch.Checkpoint}")), HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
                await using Stream sent = await reply.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(token).ConfigureAwait(false);
                AttestedBook book = await AttestedBookReader.ReadAsync(sent, epoch.Checkpoint, mostAccounts, token).ConfigureAwait(false);
                return book.Root == epoch.BookRoot && book.ModelHash == epoch.ModelHash ? book : null;
            },
            http.Timeout + (mostAccounts * PerAccount),
            cancellationToken));
    }

    private Task<object?[]> OfferAsync<TOffer>(IEnumerable<string> peers, string path, TOffer offer, CancellationToken cancellationToken) =>
        Task.WhenAll(peers.Select(peer => TryAsync(peer, async url =>
        {
            using HttpResponseMessage reply = await PostAsync(new Uri(url, path), offer, cancellationToken).ConfigureAwait(false);
            if (!reply.IsSuccessStatusCode)
            {
                logger.PeerFailed(NameOf(peer), string.Create(CultureInfo.InvariantCulture, $"it answered {(int)reply.StatusCode}"));
            }

            return new object();
        })));

    /// <summary>Posts and reads the answer, as much of it as an honest one can have.</summary>
    private Task<HttpResponseMessage> PostAsync<TBody>(Uri url, TBody body, CancellationToken cancellationToken) => InTimeAsync(
        async token =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = JsonContent.Create(body, options: Json) };
            HttpResponseMessage reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
            try
            {
                await reply.Content.LoadIntoBufferAsync(LargestAnswerBytes, token).ConfigureAwait(false);
                return reply;
            }
            catch (Exception)
            {
                reply.Dispose();
                throw;
            }
        },
        http.Timeout,
        cancellationToken);

    /// <summary>The time that the client allows counts for the headers only where an answer is read as it comes: here there is one for all of it.</summary>
    private static async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(atMost);
        try
        {
            return await ask(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("it did not answer in time", late);
        }
    }

    private async Task<T?> TryAsync<T>(string peer, Func<Uri, Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask(new Uri(peer.EndsWith('/') ? peer : peer + "/")).ConfigureAwait(false);
        }
        catch (Exception error) when (error is (not OperationCanceledException) or TaskCanceledException { InnerException: TimeoutException })
        {
            // Whatever it is: bytes of a stranger's led to it, and who asks goes on with the next peer.
            logger.PeerFailed(NameOf(peer), error.Message);
            return null;
        }
    }

    /// <summary>What may be told of a peer: its path may be a secret between its operator and this one.</summary>
    private static string NameOf(string peer) => UrlOrigin.Of(new Uri(peer));
}
