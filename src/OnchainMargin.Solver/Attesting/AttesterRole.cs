using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The role that signs the book of each checkpoint with its keys, gathers the others' signatures and posts the epoch when there are enough.</summary>
internal sealed class AttesterRole(
    Broadcast<IndexedBook> books,
    AttestedBooks attested,
    IReadOnlyList<IHashSigner> keys,
    ISignatureExchange exchange,
    ProtocolDigests digests,
    ProtocolCalls calls,
    TransactionManager transactions,
    SolverStore store,
    AttesterOptions options,
    TimeProvider time,
    ILogger<AttesterRole> logger) : ISolverRole, IDisposable
{
    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly HashSet<Address> _refused = [];

    /// <inheritdoc/>
    public string Name => SolverRoles.Attester;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { IsCaughtUp: true } indexed || indexed.Book.LatestCheckpoint is not { } inputs || indexed.Book.Threshold == 0)
        {
            return;
        }

        ProtocolBook book = indexed.Book;
        if (book.LatestEpoch is { } latest && latest.Checkpoint >= inputs.Id)
        {
            return;
        }

        if (attested.Find(indexed, inputs.Id, cancellationToken) is not { Attestations.Length: > 0 } made)
        {
            return;
        }

        RiskRegistry.RiskEpoch epoch = made.ToEpoch((book.LatestEpoch?.Epoch ?? 0) + 1, book.ModelHash);
        Hash32 digest = digests.Of(epoch);
        await SignAsync(book, made, epoch, digest, cancellationToken).ConfigureAwait(false);
        RiskRegistry.AttesterSignature[] signatures = await GatherAsync(book, epoch, digest, cancellationToken).ConfigureAwait(false);
        if (signatures.Length < book.Threshold)
        {
            logger.SignaturesMissing(epoch.Epoch, signatures.Length, book.Threshold);
            return;
        }

        string key = string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch} of checkpoint {epoch.Checkpoint} root {epoch.BookRoot.ToString()[..10]}");
        try
        {
            await transactions.SubmitAsync(TransactionIntent.From(key, calls.Post(epoch, inputs, signatures)), cancellationToken).ConfigureAwait(false);
        }
        catch (RevertException error)
        {
            logger.EpochRefused(epoch.Epoch, error.Reason.ToString() ?? "");
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), time, cancellationToken);

    private async Task SignAsync(ProtocolBook book, AttestedBook made, RiskRegistry.RiskEpoch epoch, Hash32 digest, CancellationToken cancellationToken)
    {
        foreach (IHashSigner key in keys)
        {
            if (!book.Attesters.Contains(key.Address))
            {
                if (_refused.Add(key.Address))
                {
                    logger.NotAnAttester(key.Address);
                }

                continue;
            }

            byte[]? signature = store.SignaturesOf(key.Address, epoch.Epoch).Where(signed => signed.Digest == digest).Select(static signed => signed.Signature).FirstOrDefault();
            if (signature is null)
            {
                signature = key.SignHash(digest).ToArray();
                store.AddSignature(key.Address, epoch.Epoch, digest, signature);
                logger.EpochSigned(epoch.Epoch, epoch.Checkpoint, made.Attestations.Length, key.Address);
            }

            await exchange.PublishAsync(epoch, digest, new RiskRegistry.AttesterSignature(key.Address, signature), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One good signature of each attester, ascending, as many as are needed. What others sent is believed only as far as it recovers.</summary>
    private async Task<RiskRegistry.AttesterSignature[]> GatherAsync(ProtocolBook book, RiskRegistry.RiskEpoch epoch, Hash32 digest, CancellationToken cancellationToken)
    {
        IReadOnlyList<RiskRegistry.AttesterSignature> offered = await exchange.CollectAsync(epoch.Epoch, digest, cancellationToken).ConfigureAwait(false);
        return
        [
            .. offered
                .Where(offer => book.Attesters.Contains(offer.Signer) && IsGood(digest, offer))
                .DistinctBy(static offer => offer.Signer)
                .OrderBy(static offer => offer.Signer)
                .Take((int)book.Threshold),
        ];
    }

    private static bool IsGood(Hash32 digest, RiskRegistry.AttesterSignature offer)
    {
        try
        {
            return Secp256k1.TryRecoverAddress(digest, Signature.FromBytes(offer.Signature), out Address signer) && signer == offer.Signer;
        }
        catch (EthereumFormatException)
        {
            return false;
        }
    }
}
