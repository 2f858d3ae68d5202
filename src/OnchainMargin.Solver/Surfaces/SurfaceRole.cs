using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>
/// Publishes surfaces. A node with an attester's key proposes what it fitted when that is due, signs what others propose if it lies near its own, and refuses it otherwise; a node that prices sends what
/// enough of them signed. The first attester by address proposes; the others step in one after another when nothing comes.
/// </summary>
internal sealed class SurfaceRole(
    Broadcast<IndexedBook> books,
    SurfaceDesk desk,
    ProposalExchange exchange,
    IReadOnlyList<IHashSigner> keys,
    ProtocolDigests digests,
    ProtocolCalls calls,
    TransactionManager transactions,
    SolverOptions options,
    TimeProvider time,
    ILogger<SurfaceRole> logger) : ISolverRole, IDisposable
{
    /// <summary>The name under which the health endpoints tell how it fares.</summary>
    public const string RoleName = "surfaces";

    private const double Q32 = 4_294_967_296;
    private const ulong PendingSeconds = 30;
    private const ulong MostAgeSeconds = 300;
    private const int Remembered = 256;

    /// <summary>How long what was sent may take to be seen on chain before something else is proposed.</summary>
    private static readonly TimeSpan LongestSending = TimeSpan.FromSeconds(20);

    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly HashSet<Hash32> _refused = [];
    private readonly HashSet<Hash32> _sent = [];
    private DateTimeOffset? _dueSince;
    private DateTimeOffset _sentAt = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public string Name => RoleName;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { IsCaughtUp: true, Book: { LatestCheckpoint: not null, Threshold: > 0 } book })
        {
            return;
        }

        desk.Refresh(book);
        IReadOnlyList<SurfacePlan> plans = desk.Plan(book);
        IHashSigner[] seated = [.. keys.Where(key => book.Attesters.Contains(key.Address))];
        Proposal[] open = [.. exchange.Of(ProposalKind.Surfaces).Where(proposal => IsOpen(proposal, book))];
        foreach (Proposal proposal in open)
        {
            await JudgeAsync(proposal, plans, seated, book, cancellationToken).ConfigureAwait(false);
        }

        if (MayPropose(plans, seated, open, book))
        {
            open = [await ProposeAsync(plans, seated, book, cancellationToken).ConfigureAwait(false)];
        }

        foreach (Proposal proposal in open)
        {
            await SendAsync(proposal, book, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.Surfaces.PollMilliseconds), time, cancellationToken);

    /// <summary>Whether a proposal can still be published: young, and later than what is in force of each expiry.</summary>
    private static bool IsOpen(Proposal proposal, ProtocolBook book) =>
        proposal.Time + MostAgeSeconds >= book.BlockTimeSeconds
        && proposal.Updates.All(update => update.Expiry > book.BlockTimeSeconds && (!book.Surfaces.TryGetValue((update.Underlying, update.Expiry), out SurfaceHistory? history) || history.Present.Time < update.Time));

    private async Task JudgeAsync(Proposal proposal, IReadOnlyList<SurfacePlan> plans, IHashSigner[] seated, ProtocolBook book, CancellationToken cancellationToken)
    {
        IHashSigner[] unsigned = [.. seated.Where(key => !exchange.IsSignedBy(proposal, key.Address))];
        if (unsigned.Length == 0 || _refused.Contains(proposal.Digest))
        {
            return;
        }

        if (SurfaceComparison.Difference(proposal.Updates, plans, options.Surfaces.ToleranceBps, book.BlockTimeSeconds) is { } reason)
        {
            Remember(_refused, proposal.Digest);
            SolverTelemetry.ProposalsRefused.Add(1, new KeyValuePair<string, object?>("kind", proposal.Kind.ToString()));
            logger.ProposalRefused(proposal.Kind, Short(proposal), reason);
            return;
        }

        await SignAsync(proposal, unsigned, cancellationToken).ConfigureAwait(false);
    }

    private async Task SignAsync(Proposal proposal, IHashSigner[] signers, CancellationToken cancellationToken)
    {
        foreach (IHashSigner key in signers)
        {
            SolverTelemetry.ProposalsSigned.Add(1, new KeyValuePair<string, object?>("kind", proposal.Kind.ToString()));
            logger.ProposalSigned(proposal.Kind, Short(proposal), key.Address);
            await exchange.PublishAsync(proposal, new RiskRegistry.AttesterSignature(key.Address, key.SignHash(proposal.Digest).ToArray()), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether it is this node's turn: something is due, nobody's proposal is on its way, and those before it had their time.</summary>
    private bool MayPropose(IReadOnlyList<SurfacePlan> plans, IHashSigner[] seated, Proposal[] open, ProtocolBook book)
    {
        if (seated.Length == 0 || !plans.Any(static plan => plan.IsDue) || open.Any(proposal => proposal.Time + PendingSeconds > book.BlockTimeSeconds))
        {
            _dueSince = null;
            return false;
        }

        DateTimeOffset now = time.GetUtcNow();
        if (now - _sentAt < LongestSending && open.Any(proposal => _sent.Contains(proposal.Digest)))
        {
            return false;
        }

        _dueSince ??= now;
        int rank = seated.Min(key => book.Attesters.IndexOf(key.Address));
        return now - _dueSince >= TimeSpan.FromSeconds((long)rank * options.Surfaces.TakeoverSeconds);
    }

    private async Task<Proposal> ProposeAsync(IReadOnlyList<SurfacePlan> plans, IHashSigner[] seated, ProtocolBook book, CancellationToken cancellationToken)
    {
        var updates = new List<VolSurfaces.SurfaceUpdate>();
        foreach (SurfacePlan plan in plans.Where(static plan => plan.IsDue))
        {
            foreach (SteppedSurface step in plan.Steps)
            {
                Tell(plan, step);
                if (step.IsPublishable)
                {
                    updates.Add(SurfaceBook.Update(plan.Underlying, book.BlockTimeSeconds, step.Surface));
                }
            }
        }

        _dueSince = null;
        var proposal = Proposal.Of(updates, digests);
        await SignAsync(proposal, seated, cancellationToken).ConfigureAwait(false);
        return proposal;
    }

    private void Tell(SurfacePlan plan, SteppedSurface step)
    {
        DateTimeOffset expiry = DateTimeOffset.FromUnixTimeSeconds(step.Expiry);
        SolverTelemetry.SurfacePart.Record(step.Part, new KeyValuePair<string, object?>("underlying", plan.Name), new KeyValuePair<string, object?>("expiry", (long)step.Expiry));
        if (step.IsPublishable)
        {
            logger.SurfaceProposed(plan.Name, expiry, step.Surface.VolatilityQ32(0) / Q32, step.Part, step.Bound);
        }
        else
        {
            logger.SurfaceStuck(plan.Name, expiry, step.Bound);
        }
    }

    /// <summary>A node that prices sends at once; another one when nobody did for a while.</summary>
    private async Task SendAsync(Proposal proposal, ProtocolBook book, CancellationToken cancellationToken)
    {
        IReadOnlyList<RiskRegistry.AttesterSignature> signatures = exchange.Enough(proposal, book);
        bool isOurs = options.Plays(SolverRoles.Pricer) || proposal.Time + PendingSeconds < book.BlockTimeSeconds;
        if (signatures.Count == 0 || !isOurs || _sent.Contains(proposal.Digest))
        {
            return;
        }

        Remember(_sent, proposal.Digest);
        _sentAt = time.GetUtcNow();
        string key = string.Create(CultureInfo.InvariantCulture, $"surfaces of {proposal.Time} {Short(proposal)}");
        try
        {
            await transactions.SubmitAsync(TransactionIntent.From(key, calls.Publish(proposal.Updates, signatures)), cancellationToken).ConfigureAwait(false);
            SolverTelemetry.ProposalsSent.Add(1, new KeyValuePair<string, object?>("kind", proposal.Kind.ToString()));
            logger.SurfacesSent(proposal.Updates.Count, signatures.Count, key);
        }
        catch (RevertException error)
        {
            // Somebody else was faster, or the market moved on: the next proposal starts from what is in force then.
            _sentAt = DateTimeOffset.MinValue;
            logger.SurfacesRefusedByChain(error.Reason.ToString() ?? "");
        }
    }

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
