using System.Data.Common;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Watching;

/// <summary>The role that computes anew every posted book and every attestation that was used, and challenges what is wrong by itself: leaves that anybody serves or uses and what was signed on demand are refuted, leaves that nobody serves are demanded.</summary>
internal sealed class WatchtowerRole(
    Broadcast<IndexedBook> books,
    AttestedBooks attested,
    IHashSigner key,
    ProtocolCalls calls,
    PeerClient peers,
    TransactionManager transactions,
    WatchtowerOptions options,
    TimeProvider time,
    ILogger<WatchtowerRole> logger) : ISolverRole, IDisposable
{
    private const int HeaderBytes = 64;

    /// <summary>How long a source is not asked again for a book that it did not give. It may only have been away, and to refute by its book takes minutes where a demand takes ten; a book is challenged within days.</summary>
    private static readonly TimeSpan SourceRest = TimeSpan.FromMinutes(5);

    /// <summary>How long that rests which the chain refused, or the node could not estimate: each further time may cost a round its patience, so the rests grow, to a fraction of the days in which a challenge counts.</summary>
    private static readonly TimeSpan FirstRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private const int SpareJudgements = 1024;

    /// <summary>How many corrections, demands and voidings are sent within a day: signers lose nothing by them, so that a quorum could have this node's key emptied by what asks too much, or is served to nobody, before it lies.</summary>
    private const int HarmlessADay = 50;
    private const int DaySeconds = 86_400;

    /// <summary>By what the store tells that they are bounded by the day. They are counted, and not weighed: a keeper with the same key is charged next to nothing for them.</summary>
    private static readonly DayCharge Counted = new(GasE8: 1, RewardE8: 0);

    private static readonly string[] HarmlessSorts = ["correct ", "demand ", "void "];

    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly HashSet<Hash32> _reported = [];

    // What is true of a checkpoint may be false of what a reorganisation puts in its place: judgements are of its content.
    private readonly HashSet<(Hash32 Root, Hash32 Model, Hash32 Inputs)> _sound = [];
    private readonly HashSet<(Hash32 Root, Hash32 Model, Hash32 Inputs)> _harmless = [];
    private readonly HashSet<(Hash32 Attestation, Hash32 Inputs)> _judged = [];
    private readonly Dictionary<string, (long Since, TimeSpan For)> _resting = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Source, Hash32 Root, Hash32 Model), long> _askedInVain = [];
    private readonly RefutationReturns _returns = new(transactions, time);
    private int _harmlessLeft;

    /// <inheritdoc/>
    public string Name => SolverRoles.Watchtower;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { IsCaughtUp: true } indexed)
        {
            return;
        }

        _harmlessLeft = HarmlessADay - transactions.BoundedWithin(DaySeconds).Count(IsHarmless);
        try
        {
            // What was lent on comes before what may be.
            foreach (UsedAttestation used in indexed.Book.Used)
            {
                await EachAsync($"attestation {used.AttestationHash} that was used", () => JudgeAsync(indexed, used, cancellationToken)).ConfigureAwait(false);
            }

            foreach (BookEpoch epoch in indexed.Book.Epochs.Values)
            {
                await EachAsync($"epoch {epoch.Epoch}", () => JudgeAsync(indexed, epoch, cancellationToken)).ConfigureAwait(false);
            }

            await EachAsync("what waits", () => _returns.RunAsync(cancellationToken)).ConfigureAwait(false);
        }
        catch (RpcTransportException)
        {
            // What the node hung in rests now: the next round goes on behind it. So a node that hangs costs a round its patience once, and nothing its turn; one that is away altogether fails the index.
        }

        ForgetBesides(indexed.Book);
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), time, cancellationToken);

    /// <summary>Judges one of several: whatever it breaks on, those behind it are judged too, unless it is the node or the store that is away.</summary>
    private async Task EachAsync(string subject, Func<Task> judge)
    {
        try
        {
            await judge().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (OperationCanceledException or RpcTransportException or DbException))
        {
            logger.JudgingFailed(subject, error.Message);
        }
    }

    /// <summary>Drops judgements of what the book no longer has, now and then.</summary>
    private void ForgetBesides(ProtocolBook book)
    {
        if (_judged.Count > (2 * book.Used.Count) + SpareJudgements)
        {
            _judged.IntersectWith(book.Used.Where(static used => used.Inputs is not null).Select(static used => (used.AttestationHash, used.Inputs!.InputsHash)));
        }

        if (_sound.Count + _harmless.Count > (2 * book.Epochs.Count) + SpareJudgements)
        {
            (Hash32 Root, Hash32 Model, Hash32 Inputs)[] known = [.. book.Epochs.Values.Where(epoch => book.Checkpoints.ContainsKey(epoch.Checkpoint)).Select(epoch => (epoch.BookRoot, epoch.ModelHash, book.Checkpoints[epoch.Checkpoint].InputsHash))];
            _sound.IntersectWith(known);
            _harmless.IntersectWith(known);
        }
    }

    private async Task JudgeAsync(IndexedBook indexed, BookEpoch epoch, CancellationToken cancellationToken)
    {
        if (epoch.IsVoid || !indexed.Book.Checkpoints.TryGetValue(epoch.Checkpoint, out CheckpointInputs? inputs) || !IsOfThisModel(epoch.ModelHash))
        {
            return;
        }

        (Hash32 Root, Hash32 Model, Hash32 Inputs) judged = (epoch.BookRoot, epoch.ModelHash, inputs.InputsHash);
        if (_sound.Contains(judged) || (_harmlessLeft <= 0 && _harmless.Contains(judged)) || attested.Find(indexed, epoch.Checkpoint, cancellationToken) is not { } own)
        {
            return;
        }

        if (own.IsOf(epoch))
        {
            _sound.Add(judged);
        }
        else
        {
            await ChallengeAsync(indexed, epoch, own, judged, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Judges an attestation that was used. What its signers lost already cannot be taken again.</summary>
    private async Task JudgeAsync(IndexedBook indexed, UsedAttestation used, CancellationToken cancellationToken)
    {
        RiskRegistry.RiskAttestation attestation = RiskRegistry.RiskAttestation.Decode(used.Accused.Attestation.Encode());
        if (used.Inputs is null)
        {
            if (_reported.Add(used.AttestationHash))
            {
                logger.UseIsTooOld(attestation.Account, attestation.Checkpoint, used.Accused.Epoch);
            }

            return;
        }

        if (_judged.Contains((used.AttestationHash, used.Inputs.InputsHash)) || !IsOfThisModel(attestation.ModelHash))
        {
            return;
        }

        if (Refutation.Find(attestation, used.Positions, used.Balances, used.Inputs) is not { } refutation)
        {
            _judged.Add((used.AttestationHash, used.Inputs.InputsHash));
            return;
        }

        if (_reported.Add(used.AttestationHash))
        {
            SolverTelemetry.WrongUses.Add(1);
            logger.UseIsWrong(attestation.Account, attestation.Checkpoint, used.AttestationHash);
        }

        // Where the book does not know who signed, the contract does.
        bool isAtStake = used.Signers.IsEmpty || used.Signers.Any(signer => indexed.Book.Bonds.TryGetValue(signer, out BookBond? bond) && bond.AmountRaw != UInt256.Zero);
        if (isAtStake && !indexed.Book.Voided.Contains(used.AttestationHash))
        {
            await ChallengeAsync(indexed, used.Accused, used.AttestationHash, refutation, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ChallengeAsync(IndexedBook indexed, BookEpoch epoch, AttestedBook own, (Hash32 Root, Hash32 Model, Hash32 Inputs) judged, CancellationToken cancellationToken)
    {
        if (_reported.Add(epoch.BookRoot))
        {
            SolverTelemetry.WrongRoots.Add(1);
            logger.RootIsWrong(epoch.Epoch, epoch.Checkpoint, epoch.BookRoot, own.Root);
        }

        if (await FindServedAsync(epoch, own, cancellationToken).ConfigureAwait(false) is not { } theirs)
        {
            await ChallengeUnservedAsync(indexed, epoch, own, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!theirs.Attestations.Any(one => AsksTooLittle(one, own)))
        {
            _harmless.Add(judged);
        }

        // What asks too much harms nobody, and thousands of that must not hide one that asks too little.
        foreach (RiskRegistry.RiskAttestation attestation in theirs.Attestations.OrderByDescending(one => AsksTooLittle(one, own)))
        {
            if (own.Find(attestation.Account)?.Attestation != attestation
                && await JudgeAsync(indexed, epoch, own, attestation, theirs.Find(attestation.Account)!.Value.Proof, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Whether a leaf can be shown to ask too little: of what the account had, as it was here.</summary>
    private static bool AsksTooLittle(RiskRegistry.RiskAttestation attestation, AttestedBook own) => TruthOf(attestation, own) is { } mine
        && attestation.LeastCashE8 != Int128.MaxValue && (attestation.LeastCashE8 < mine.LeastCashE8 || attestation.InitialMarginE8 < mine.InitialMarginE8 || attestation.MaintenanceMarginE8 < mine.MaintenanceMarginE8);

    /// <summary>What is true of the positions and collateral that a leaf names; null where the account had others, of which nobody here has the preimages. Its use would show them.</summary>
    private static RiskRegistry.RiskAttestation? TruthOf(RiskRegistry.RiskAttestation attestation, AttestedBook own) =>
        own.Find(attestation.Account)?.Attestation is { } mine && attestation.PositionsHash == mine.PositionsHash && attestation.CollateralHash == mine.CollateralHash ? mine : null;

    /// <summary>Whether this program can say what is true of a model; of another one it says that it cannot, once.</summary>
    private bool IsOfThisModel(Hash32 model)
    {
        bool isOwn = model == MarginModel.Hash;
        if (!isOwn && _reported.Add(model))
        {
            SolverTelemetry.UnknownModels.Add(1);
            logger.ModelIsNotJudged(model, MarginModel.Hash);
        }

        return isOwn;
    }

    /// <summary>The book of a wrong epoch from whichever source has it. One that did not give it is left for a while: what it sends instead may take seconds each time, and the other epochs wait.</summary>
    private async Task<AttestedBook?> FindServedAsync(BookEpoch epoch, AttestedBook own, CancellationToken cancellationToken)
    {
        foreach (string source in options.Sources)
        {
            (string Source, Hash32 Root, Hash32 Model) question = (source, epoch.BookRoot, epoch.ModelHash);
            if (_askedInVain.TryGetValue(question, out long asked) && time.GetElapsedTime(asked) < SourceRest)
            {
                continue;
            }

            if (await peers.FindBookAsync(source, new RiskRegistry.RiskEpoch(epoch.Epoch, epoch.Checkpoint, epoch.ModelHash, epoch.BookRoot, epoch.Accounts), own, cancellationToken).ConfigureAwait(false) is { } book)
            {
                return book;
            }

            _askedInVain[question] = time.GetTimestamp();
        }

        return null;
    }

    /// <summary>Nobody serves the book: its leaves are asked for on chain, and judged as they come; one that does not come voids the epoch.</summary>
    private async Task ChallengeUnservedAsync(IndexedBook indexed, BookEpoch epoch, AttestedBook own, CancellationToken cancellationToken)
    {
        foreach (ulong account in own.Attestations.Select(static attestation => attestation.Account).Take(options.MaximumDemands))
        {
            (ulong Epoch, ulong Account) subject = (epoch.Epoch, account);
            if (indexed.Book.Supplied.TryGetValue(subject, out SuppliedLeaf? leaf))
            {
                RiskRegistry.RiskAttestation attestation = RiskRegistry.RiskAttestation.Decode(leaf.Attestation.Encode());
                if (own.Find(account)?.Attestation != attestation && await JudgeAsync(indexed, epoch, own, attestation, leaf.MerkleProof, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
            else if (!indexed.Book.Demands.TryGetValue(subject, out ulong deadline))
            {
                await SendAsync(string.Create(CultureInfo.InvariantCulture, $"demand account {account} of epoch {epoch.Epoch}"), calls.Demand(epoch.Epoch, account), cancellationToken).ConfigureAwait(false);
            }
            else if (indexed.Book.BlockTimeSeconds > deadline)
            {
                string voiding = string.Create(CultureInfo.InvariantCulture, $"void epoch {epoch.Epoch} for account {account}");
                if (await SendAsync(voiding, calls.VoidWithheld(epoch.Epoch, account), cancellationToken).ConfigureAwait(false) is not null)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Challenges one leaf; true when that is under way, so that others of the epoch can wait.</summary>
    private async Task<bool> JudgeAsync(
        IndexedBook indexed, BookEpoch epoch, AttestedBook own, RiskRegistry.RiskAttestation attestation, Hash32[] proof, CancellationToken cancellationToken)
    {
        Hash32 attestationHash = AttestedBook.HashOf(attestation);
        if (indexed.Book.Voided.Contains(attestationHash) || TruthOf(attestation, own) is null)
        {
            return false;
        }

        ProtocolBook then = indexed.AtCheckpoints[epoch.Checkpoint];
        BookAccount account = then.Accounts[attestation.Account];
        var accused = new Challenges.Accused(Challenges.RiskAttestation.Decode(attestation.Encode()), epoch.Epoch, proof, []);
        return Refutation.Find(attestation, account.StateBytes[HeaderBytes..], Balances.Pack(Balances.WithoutSettlement(account.Balances)), then.Checkpoints[epoch.Checkpoint]) is { } refutation
            && await ChallengeAsync(indexed, accused, attestationHash, refutation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Corrects an attestation, or commits to its refutation and then refutes it; true when that is under way.</summary>
    private async Task<bool> ChallengeAsync(IndexedBook indexed, Challenges.Accused accused, Hash32 attestationHash, Refutation refutation, CancellationToken cancellationToken)
    {
        // The same attestation may have been signed by others, too: each accusation is one of its own.
        var subjectHash = Keccak256.Hash(accused.Encode());
        string subject = string.Create(CultureInfo.InvariantCulture, $"account {accused.Attestation.Account} of epoch {accused.Epoch} accusation {subjectHash}");
        if (!refutation.IsHarmful)
        {
            return await SendAsync($"correct {subject}", calls.Recompute(accused, refutation.Preimages, default), cancellationToken).ConfigureAwait(false) is not null;
        }

        // Nobody else can know the salt, and it is the same after a restart.
        Hash32 salt = Keccak256.Hash(key.SignHash(subjectHash).ToArray());
        byte[] committed = [.. new byte[12], .. key.Address.ToArray(), .. attestationHash.ToArray(), .. salt.ToArray()];
        OutboxEntry? commitment = await SendAsync($"commit to refute {subject}", calls.Commit(Keccak256.Hash(committed)), cancellationToken).ConfigureAwait(false);
        if (commitment is { State: OutboxState.Mined or OutboxState.Final } && commitment.BlockNumber < indexed.ChainHead + 1)
        {
            TransactionRequest challenge = refutation.Witness is { } witness
                ? calls.Refute(accused, refutation.Preimages, witness, salt)
                : calls.Recompute(accused, refutation.Preimages, salt);
            OutboxEntry? sent = await SendAsync($"{RefutationReturns.Sort}{subject}", challenge, cancellationToken).ConfigureAwait(false);

            // A commitment counts from the block after its own, and some nodes estimate in the newest. Whatever else is refused, or rests, must not hide other leaves.
            return sent is not null || commitment.BlockNumber >= indexed.ChainHead;
        }

        return commitment is not null;
    }

    private static bool IsHarmless(string intent) => Array.Exists(HarmlessSorts, sort => intent.StartsWith(sort, StringComparison.Ordinal));

    /// <summary>Sends what is not under way or done already; null when it is refused, or rests, or is more than the day allows.</summary>
    /// <exception cref="RpcTransportException">Thrown when the node does not answer.</exception>
    private async Task<OutboxEntry?> SendAsync(string intent, TransactionRequest request, CancellationToken cancellationToken)
    {
        bool isHarmless = IsHarmless(intent);

        // Whoever committed to every attestation that was used of late needs only its calldata to be first.
        bool isPrivate = intent.StartsWith(RefutationReturns.Sort, StringComparison.Ordinal);
        if (IsResting(intent) || (isHarmless && _harmlessLeft <= 0 && !transactions.IsUnderWay(intent)))
        {
            return null;
        }

        try
        {
            OutboxEntry entry = await transactions.SubmitAsync(TransactionIntent.From(intent, request) with { IsPrivate = isPrivate, Charge = isHarmless ? Counted : default }, cancellationToken).ConfigureAwait(false);
            _resting.Remove(intent);
            if (entry.IsNew)
            {
                _harmlessLeft -= isHarmless ? 1 : 0;
                SolverTelemetry.Challenges.Add(1);
                logger.ChallengeSent(intent);
            }

            return entry;
        }
        catch (RevertException error)
        {
            logger.ChallengeRefused(intent, error.Reason.ToString() ?? "");
            if (error.Reason is not CustomErrorReason { Error: Challenges.NotCommittedError })
            {
                Rest(intent);
            }

            return null;
        }
        catch (EthereumException error) when (error is RpcErrorException or TransactionTooLargeException)
        {
            logger.ChallengeRests(intent, Rest(intent), error.Message);
            return null;
        }
        catch (RpcTransportException error)
        {
            logger.ChallengeRests(intent, Rest(intent), error.Message);
            throw;
        }
    }

    private bool IsResting(string intent) => _resting.TryGetValue(intent, out (long Since, TimeSpan For) resting) && time.GetElapsedTime(resting.Since) < resting.For;

    /// <summary>Leaves what the chain refuses, or the node cannot estimate, or not in time, for a while, twice as long each time: whoever signs something of that kind must not hide other wrong leaves behind it.</summary>
    /// <returns>For how many seconds.</returns>
    private double Rest(string intent)
    {
        TimeSpan rest = _resting.TryGetValue(intent, out (long Since, TimeSpan For) before) ? before.For * 2 : FirstRest;
        rest = rest < LongestRest ? rest : LongestRest;
        _resting[intent] = (time.GetTimestamp(), rest);
        return rest.TotalSeconds;
    }
}
