using System.Globalization;
using System.Threading.RateLimiting;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Who may have this node compute and sign attestations on demand: those who may trade for the account, so many times in ten seconds. Nobody can use up what is another's, because it is counted by account and after the signature;
/// and by requests and orders apart, because everybody has the signature of an order that was filled in part.</summary>
internal sealed class ProofAccess(Broadcast<IndexedBook> books, IWalletSignatures signatures, ProtocolDigests digests, SolverOptions options) : IDisposable
{
    /// <summary>So that a request that leaked counts for a day at most.</summary>
    private const ulong LongestSeconds = 86_400;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly PartitionedRateLimiter<(ulong Account, bool IsByOrder)> _budget = PartitionedRateLimiter.Create<(ulong Account, bool IsByOrder), (ulong Account, bool IsByOrder)>(asked => RateLimitPartition.GetFixedWindowLimiter(
        asked, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.Attester.AttestationsPerTenSeconds, Window = Window, QueueLimit = 0 }));

    /// <inheritdoc/>
    public void Dispose() => _budget.Dispose();

    /// <summary>Why nobody works for whoever asks; null when he is served.</summary>
    public async Task<string?> RefusalAsync(ulong account, ProofAsker? asker, CancellationToken cancellationToken)
    {
        if (books.Current?.Book is not { } book || !book.Accounts.TryGetValue(account, out BookAccount? asked))
        {
            return $"Account {account} is not known here; it was never opened, or the index is empty still.";
        }

        if (asker is null || !Address.TryParse(asker.Signer, out Address signer) || HexText.Bytes(asker.Signature) is not { } signature)
        {
            return "Who asks is not understood; give the signer's address and the signature in hexadecimal.";
        }

        if (Digest(account, asker, book.BlockTimeSeconds, out string refusal) is not { } digest)
        {
            return refusal;
        }

        if (!asked.May(signer, DelegateRights.Trade, book.BlockTimeSeconds))
        {
            return $"{signer} neither owns account {account} nor may trade for it; sign with a key that does.";
        }

        if (!await signatures.IsSignedAsync(digest, signer, signature, cancellationToken).ConfigureAwait(false))
        {
            return $"The signature is not one of {signer} over this; sign the request for account {account} on this chain, or one of its orders.";
        }

        using RateLimitLease lease = _budget.AttemptAcquire((account, asker.Order is not null));
        return lease.IsAcquired ? null
            : $"Account {account} had its {options.Attester.AttestationsPerTenSeconds} attestations of these ten seconds; ask again in a moment, or prove by computation.";
    }

    private Hash32? Digest(ulong account, ProofAsker asker, ulong now, out string refusal)
    {
        refusal = "";
        if (asker.Order is { } fields)
        {
            if (fields.Read() is not { } order || order.Account != account || order.Expiry < now)
            {
                refusal = $"The order is none of account {account}, or its time is over; give one that can be filled now.";
                return null;
            }

            return digests.Of(order);
        }

        if (asker.Until is not { } until || until < now || until > now + LongestSeconds)
        {
            refusal = string.Create(CultureInfo.InvariantCulture, $"The request counts until '{asker.ValidUntilSeconds}'; sign one for a second from {now} to {now + LongestSeconds}.");
            return null;
        }

        return digests.OfProofRequest(account, until);
    }
}
