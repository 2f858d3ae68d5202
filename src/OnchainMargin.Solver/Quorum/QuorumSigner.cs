using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Quorum;

/// <summary>What a node does with proposals of one kind: signs its own, signs others' that it agrees with and refuses the rest once, sends what enough have signed once.</summary>
internal sealed class QuorumSigner(ProposalKind kind, ProposalExchange exchange, IReadOnlyList<IHashSigner> keys, TransactionManager? transactions, TimeProvider time, ILogger<QuorumSigner> logger)
{
    private const int Remembered = 256;

    /// <summary>How long what was sent may take to be seen on chain before something else is proposed.</summary>
    private static readonly TimeSpan LongestSending = TimeSpan.FromSeconds(20);

    /// <summary>How long after an offer it is made again to peers while signatures are missing: one that was down, or behind, has missed it.</summary>
    private static readonly TimeSpan OfferedAgainAfter = TimeSpan.FromSeconds(5);

    private readonly HashSet<Hash32> _refused = [];
    private readonly Dictionary<Hash32, long> _offeredAt = [];
    private readonly HashSet<Hash32> _sent = [];
    private readonly CoolDowns _tooLarge = new(OfferedAgainAfter, time);

    // Moments of this process, not of the day: a clock that is set back keeps nobody silent.
    private long? _sentAt;
    private long? _dueSince;

    /// <summary>Whether a key of this node sits among the attesters.</summary>
    public bool IsSeated(ProtocolBook book) => keys.Any(key => book.Attesters.Contains(key.Address));

    /// <summary>
    /// The proposals that this node speaks of now, oldest first. One of a second that its book has not come to waits until it has: a node that is behind would refuse for ever what it is about to compute itself.
    /// One that it refused, or the chain, is no reason to keep silent: nobody can hold up the others by proposing what they do not sign, or what cannot land.
    /// </summary>
    /// <param name="book">The node's book.</param>
    /// <param name="mostAgeSeconds">How old a proposal may be, in seconds of the chain.</param>
    public IEnumerable<Proposal> Open(ProtocolBook book, ulong mostAgeSeconds) => Known
        .Where(proposal => proposal.Time <= book.BlockTimeSeconds && book.BlockTimeSeconds - proposal.Time <= mostAgeSeconds && !IsRefused(proposal));

    /// <summary>The known proposals of the kind, oldest first.</summary>
    public IReadOnlyList<Proposal> Known => exchange.Of(kind);

    /// <summary>Whether this node refused a proposal, or the chain did when it was sent from here: nobody waits for it.</summary>
    public bool IsRefused(Proposal proposal) => _refused.Contains(proposal.Digest);

    /// <summary>Whether a key of this node signed a proposal.</summary>
    public bool IsSignedHere(Proposal proposal) => keys.Any(key => exchange.IsSignedBy(proposal, key.Address));

    /// <summary>Whether enough attesters signed a proposal.</summary>
    public bool HasEnough(Proposal proposal, ProtocolBook book) => exchange.Enough(proposal, book).Count > 0;

    /// <summary>Whether one of some proposals was sent from here just now.</summary>
    public bool IsSending(IEnumerable<Proposal> some) => _sentAt is { } sentAt && time.GetElapsedTime(sentAt) < LongestSending && some.Any(proposal => _sent.Contains(proposal.Digest));

    /// <summary>Whether it is this node's turn to propose: the first attester by address at once, each next one a pause later.</summary>
    /// <param name="isDue">Whether something is to be proposed that nobody has.</param>
    /// <param name="book">The attesters.</param>
    /// <param name="takeoverSeconds">The pause.</param>
    public bool IsTurn(bool isDue, ProtocolBook book, int takeoverSeconds)
    {
        if (!isDue || Seats.RankOf(keys, book, first: 0) is not { } rank)
        {
            _dueSince = null;
            return false;
        }

        _dueSince ??= time.GetTimestamp();
        return time.GetElapsedTime(_dueSince.Value) >= TimeSpan.FromSeconds((long)rank * takeoverSeconds);
    }

    /// <summary>Signs a proposal of another with every key that has not, unless there is a difference, which is told once.</summary>
    /// <returns>Whether a key of this node signed now.</returns>
    public async Task<bool> JudgeAsync(Proposal proposal, Func<Task<string?>> difference, ProtocolBook book, CancellationToken cancellationToken)
    {
        if (!keys.Any(key => IsMissing(proposal, key, book)))
        {
            await OfferAgainAsync(proposal, book, cancellationToken).ConfigureAwait(false);
            return false;
        }

        if (await difference().ConfigureAwait(false) is { } reason)
        {
            Remember(_refused, proposal.Digest);
            SolverTelemetry.ProposalsRefused.Add(1, new KeyValuePair<string, object?>("kind", kind.ToString()));
            logger.ProposalRefused(kind, Short(proposal), reason);
            return false;
        }

        await SignAsync(proposal, book, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Signs a proposal with every key that has not, and tells the peers.</summary>
    public async Task SignAsync(Proposal proposal, ProtocolBook book, CancellationToken cancellationToken)
    {
        if (_offeredAt.Count >= Remembered)
        {
            _offeredAt.Clear();
        }

        _offeredAt[proposal.Digest] = time.GetTimestamp();
        foreach (IHashSigner key in keys.Where(key => IsMissing(proposal, key, book)))
        {
            SolverTelemetry.ProposalsSigned.Add(1, new KeyValuePair<string, object?>("kind", kind.ToString()));
            logger.ProposalSigned(kind, Short(proposal), key.Address);
            await exchange.PublishAsync(proposal, new RiskRegistry.AttesterSignature(key.Address, key.SignHash(proposal.Digest).ToArray()), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a proposal that enough attesters signed, once. One that needs more gas than a transaction may have, or may cost now, waits and leaves the others their turn.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="book">The attesters and how many are needed.</param>
    /// <param name="call">The transaction with the signatures.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task SendAsync(Proposal proposal, ProtocolBook book, Func<IReadOnlyList<RiskRegistry.AttesterSignature>, TransactionRequest> call, CancellationToken cancellationToken)
    {
        if (transactions is null || _sent.Contains(proposal.Digest) || IsRefused(proposal) || exchange.Enough(proposal, book) is not { Count: > 0 } signatures)
        {
            return;
        }

        string sort = $"{kind} of ";
        if (!await transactions.MakesWayAsync(sort, key => IsVain(key[sort.Length..], book), cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        string key = string.Create(CultureInfo.InvariantCulture, $"{sort}{proposal.Time} {Short(proposal)}");
        if (_tooLarge.Has(key))
        {
            return;
        }

        try
        {
            await transactions.SubmitAsync(TransactionIntent.From(key, call(signatures)), cancellationToken).ConfigureAwait(false);
            Remember(_sent, proposal.Digest);
            _sentAt = time.GetTimestamp();
            SolverTelemetry.ProposalsSent.Add(1, new KeyValuePair<string, object?>("kind", kind.ToString()));
            logger.ProposalSent(kind, Short(proposal), signatures.Count);
        }
        catch (RevertException error)
        {
            // Somebody else was faster, or the chain moved on: the next proposal starts from what is in force then. A node that was away said nothing of it, and is asked again; so is the chain, without a signer whom it refused.
            if (!exchange.LeaveOut(proposal, error))
            {
                Remember(_refused, proposal.Digest);
                _sentAt = null;
            }

            logger.ProposalRefusedByChain(kind, Short(proposal), error.Reason.ToString() ?? "");
        }
        catch (TransactionTooLargeException error)
        {
            _tooLarge.Add(key);
            logger.ProposalTooLarge(kind, Short(proposal), error.Message);
        }
    }

    /// <summary>Whether the contract would refuse by now what was sent of a second.</summary>
    private static bool IsVain(string ofSecond, ProtocolBook book) =>
        ulong.TryParse(ofSecond.AsSpan(0, Math.Max(0, ofSecond.IndexOf(' ', StringComparison.Ordinal))), CultureInfo.InvariantCulture, out ulong second) && book.BlockTimeSeconds > second + Proposal.LongestSeconds;

    private async Task OfferAgainAsync(Proposal proposal, ProtocolBook book, CancellationToken cancellationToken)
    {
        if (exchange.Enough(proposal, book).Count == 0 && _offeredAt.TryGetValue(proposal.Digest, out long last) && time.GetElapsedTime(last) >= OfferedAgainAfter)
        {
            _offeredAt[proposal.Digest] = time.GetTimestamp();
            foreach (IHashSigner key in keys)
            {
                await exchange.OfferAgainAsync(proposal, key.Address, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool IsMissing(Proposal proposal, IHashSigner key, ProtocolBook book) => book.Attesters.Contains(key.Address) && !exchange.IsSignedBy(proposal, key.Address);

    private static void Remember(HashSet<Hash32> digests, Hash32 digest)
    {
        if (digests.Count >= Remembered)
        {
            digests.Clear();
        }

        digests.Add(digest);
    }

    private static string Short(Proposal proposal) => proposal.Digest.ToString()[..10];
}
