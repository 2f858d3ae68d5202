using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Solver.Quorum;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Speaks with other nodes over HTTP. What they say is believed only as far as it proves itself: signatures recover, books have their root. One that does not answer is left out of this round.</summary>
internal sealed class PeerClient(HttpClient http, ILogger<PeerClient> logger)
{
    /// <summary>Room for the signatures of all attesters that there can be.</summary>
    private const long LargestAnswerBytes = 1 << 20;

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

    /// <summary>The book by a model with a root, which does not hold the model, from whichever peer has it; null when none has.</summary>
    public async Task<AttestedBook?> FindBookAsync(IEnumerable<string> peers, ulong checkpoint, Hash32 modelHash, Hash32 root, CancellationToken cancellationToken)
    {
        foreach (string peer in peers)
        {
            AttestedBookView? view = await TryAsync(peer, url => http.GetFromJsonAsync<AttestedBookView>(new Uri(url, string.Create(CultureInfo.InvariantCulture, $"attest/books/{checkpoint}")), Json, cancellationToken))
                .ConfigureAwait(false);
            if (view?.Read() is { } book && book.Root == root && book.ModelHash == modelHash)
            {
                return book;
            }
        }

        return null;
    }

    private Task<object?[]> OfferAsync<TOffer>(IEnumerable<string> peers, string path, TOffer offer, CancellationToken cancellationToken) =>
        Task.WhenAll(peers.Select(peer => TryAsync(peer, async url =>
        {
            using HttpResponseMessage reply = await PostAsync(new Uri(url, path), offer, cancellationToken).ConfigureAwait(false);
            if (!reply.IsSuccessStatusCode)
            {
                logger.PeerFailed(peer, string.Create(CultureInfo.InvariantCulture, $"it answered {(int)reply.StatusCode}"));
            }

            return new object();
        })));

    /// <summary>Posts and reads the answer, as much of it as an honest one can have.</summary>
    private async Task<HttpResponseMessage> PostAsync<TBody>(Uri url, TBody body, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(http.Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = JsonContent.Create(body, options: Json) };
        HttpResponseMessage? reply = null;
        try
        {
            reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            await reply.Content.LoadIntoBufferAsync(LargestAnswerBytes, limit.Token).ConfigureAwait(false);
            return reply;
        }
        catch (Exception failure)
        {
            reply?.Dispose();
            if (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new HttpRequestException("it did not answer in time", failure);
            }

            throw;
        }
    }

    private async Task<T?> TryAsync<T>(string peer, Func<Uri, Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask(new Uri(peer.EndsWith('/') ? peer : peer + "/")).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or InvalidOperationException or TaskCanceledException { InnerException: TimeoutException })
        {
            logger.PeerFailed(peer, error.Message);
            return null;
        }
    }
}
