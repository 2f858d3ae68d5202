using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The role that signs the book of each checkpoint with its keys, gathers the others' signatures and posts the epoch when there are enough, if that is its turn.</summary>
internal sealed partial class AttesterRole(
    Broadcast<IndexedBook> books,
    AttestedBooks attested,
    IReadOnlyList<IHashSigner> keys,
    ISignatureExchange exchange,
    PeerClient peers,
    ProtocolDigests digests,
    ProtocolCalls calls,
    TransactionManager transactions,
    SolverStore store,
    AttesterOptions options,
    TimeProvider time,
    ILogger<AttesterRole> logger) : ISolverRole, IDisposable
{
    private const int MostDifferences = 10;

    /// <summary>How long an attester waits for the one before it to post: a transaction that was sent at once is in a block by then, and in the book.</summary>
    private static readonly TimeSpan PostTurn = TimeSpan.FromSeconds(15);

    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly HashSet<Address> _refused = [];
    private readonly HashSet<Hash32> _models = [];
    private readonly RefusedSigners _unfit = new();
    private readonly Dictionary<Address, ulong> _compared = [];
    private (ulong Epoch, long Since)? _complete;
    private Task _comparing = Task.CompletedTask;

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

        try
        {
            await AttestAsync(indexed, inputs, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await SupplyAsync(indexed, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), time, cancellationToken);

    private async Task AttestAsync(IndexedBook indexed, CheckpointInputs inputs, CancellationToken cancellationToken)
    {
        ProtocolBook book = indexed.Book;
        if (book.LatestEpoch is { } latest && latest.Checkpoint >= inputs.Id)
        {
            return;
        }

        if (book.ModelHash != MarginModel.Hash)
        {
            if (_models.Add(book.ModelHash))
            {
                logger.ModelIsAnother(book.ModelHash, MarginModel.Hash);
            }

            return;
        }

        if (attested.Find(indexed, inputs.Id, cancellationToken) is not { Attestations.Length: > 0 } made)
        {
            return;
        }

        RiskRegistry.RiskEpoch epoch = made.ToEpoch((book.LatestEpoch?.Epoch ?? 0) + 1);
        Hash32 digest = digests.Of(epoch, inputs.InputsHash);
        await SignAsync(book, made, epoch, digest, cancellationToken).ConfigureAwait(false);
        RiskRegistry.AttesterSignature[] signatures = await GatherAsync(book, epoch, digest, cancellationToken).ConfigureAwait(false);
        if (signatures.Length < book.Threshold)
        {
            logger.SignaturesMissing(epoch.Epoch, signatures.Length, book.Threshold);
        }
        else if (IsTurnToPost(epoch.Epoch, book) && await transactions.MakesWayAsync(EpochKeys.Sort, key => EpochKeys.IsVain(key, book), cancellationToken).ConfigureAwait(false))
        {
            await SubmitAsync(EpochKeys.Of(epoch), calls.Post(epoch, inputs, signatures), epoch.Epoch, digest, cancellationToken).ConfigureAwait(false);
        }

        // Beside what else is to be done, one at a time: a large book takes minutes to come, and demands and the next epoch do not wait for it.
        if (_comparing.IsCompleted)
        {
            Task compared = _comparing;
            _comparing = CompareAsync(made, epoch, digest, cancellationToken);

            // What one broke on is told once: awaited before the next has taken its place it would fail every round from then on.
            await compared.ConfigureAwait(false);
        }
    }

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

    /// <summary>One good signature of each attester, ascending, as many as are needed. What others sent is believed only as far as it recovers, and as the chain has not refused it.</summary>
    private async Task<RiskRegistry.AttesterSignature[]> GatherAsync(ProtocolBook book, RiskRegistry.RiskEpoch epoch, Hash32 digest, CancellationToken cancellationToken)
    {
        IReadOnlyList<RiskRegistry.AttesterSignature> offered = await exchange.CollectAsync(epoch.Epoch, digest, cancellationToken).ConfigureAwait(false);
        return
        [
            .. offered
                .Where(offer => book.Attesters.Contains(offer.Signer) && !_unfit.Contains(digest, offer.Signer))
                .Select(offer => OnDemandSigner.Own(digest, offer))
                .OfType<RiskRegistry.AttesterSignature>()
                .DistinctBy(static offer => offer.Signer)
                .OrderBy(static offer => offer.Signer)
                .Take((int)book.Threshold),
        ];
    }

    /// <summary>Whether this node is to post an epoch that enough have signed, of whatever checkpoint by now: the contract takes one, and whoever is behind it pays for nothing.</summary>
    private bool IsTurnToPost(ulong epoch, ProtocolBook book)
    {
        if (_complete is not { } complete || complete.Epoch != epoch)
        {
            _complete = complete = (epoch, time.GetTimestamp());
        }

        return time.GetElapsedTime(complete.Since) >= RankOf(epoch, book) * PostTurn;
    }

    /// <summary>How many attesters do before this node what falls on one of them by its number: none before the seat that it falls on, and all before who has no seat any more.</summary>
    private int RankOf(ulong number, ProtocolBook book)
    {
        int seats = book.Attesters.Count;
        return seats == 0 ? 0 : Seats.RankOf(keys, book, (int)(number % (ulong)seats)) ?? seats;
    }

    /// <summary>Another attester computed another book of the same checkpoint: says where, and lets the others see that it happens. What this node signed stays its own. Once for each attester and checkpoint:
    /// one who signs root after root shall not have this node fetch book after book.</summary>
    private async Task CompareAsync(AttestedBook own, RiskRegistry.RiskEpoch epoch, Hash32 digest, CancellationToken cancellationToken)
    {
        foreach ((RiskRegistry.RiskEpoch other, Address signer) in exchange.Others(epoch.Epoch, digest))
        {
            if (other.Checkpoint != epoch.Checkpoint || _compared.GetValueOrDefault(signer) == epoch.Checkpoint)
            {
                continue;
            }

            _compared[signer] = epoch.Checkpoint;
            SolverTelemetry.Disagreements.Add(1);
            logger.BookDiffers(signer, epoch.Epoch, epoch.Checkpoint, other.BookRoot, own.Root);
            foreach (string peer in options.Peers)
            {
                if (await peers.FindBookAsync(peer, other, own, cancellationToken).ConfigureAwait(false) is { } theirs)
                {
                    foreach (BookDifference difference in BookDifference.Between(own, theirs).Take(MostDifferences))
                    {
                        logger.TermDiffers(difference.Account, difference.Term, difference.Own, difference.Theirs);
                    }

                    break;
                }
            }
        }
    }

    /// <summary>Sends what is not under way or done already. A signer whom the chain refuses over the digest is left out of the next round's posting.</summary>
    /// <returns>Whether it was sent now.</returns>
    private async Task<bool> SubmitAsync(string key, TransactionRequest request, ulong epoch, Hash32 digest, CancellationToken cancellationToken)
    {
        try
        {
            return (await transactions.SubmitAsync(TransactionIntent.From(key, request), cancellationToken).ConfigureAwait(false)).IsNew;
        }
        catch (RevertException error)
        {
            _unfit.Add(digest, error);
            logger.EpochRefused(epoch, error.Reason.ToString() ?? "");
            return false;
        }
    }
}
