using OnchainMargin.Margin;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>
/// Publishes surfaces. A node with an attester's key proposes what it fitted when that is due, signs what others propose if it lies near its own, and refuses it otherwise; a node that prices sends what
/// enough of them signed. The first attester by address proposes; the others step in one after another when nothing comes.
/// </summary>
internal sealed class SurfaceRole(
    Broadcast<IndexedBook> books, SurfaceDesk desk, SettlementWindows windows, QuorumSigner quorum, ProtocolDigests digests, ProtocolCalls calls, SolverOptions options, TimeProvider time, ILogger<SurfaceRole> logger) : ISolverRole, IDisposable
{
    /// <summary>The name under which the health endpoints tell how it fares.</summary>
    public const string RoleName = "surfaces";

    /// <summary>For so long a proposal that is not in force is waited for.</summary>
    internal const ulong PendingSeconds = 30;

    private const double Q32 = 4_294_967_296;
    private const ulong MostAgeSeconds = 300;

    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private ulong _proposedAt;
    private Proposal? _proposed;
    private int _mostUpdates = Proposal.MostUpdates;
    private bool _isStopped;

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
        TellStop(book.AreSurfacesStopped);
        if (book.AreSurfacesStopped)
        {
            return;
        }

        IReadOnlyDictionary<ushort, WindowReading> readings = await windows.ReadAsync(book, cancellationToken).ConfigureAwait(false);
        List<Proposal> open = [.. quorum.Open(book, MostAgeSeconds).Where(proposal => proposal.IsLater(book))];
        foreach (Proposal proposal in open)
        {
            await quorum.JudgeAsync(proposal, () => Task.FromResult(IsOfSigned(proposal, book) ? null : SurfaceComparison.Difference(proposal.Updates, desk.Beside(book, readings, proposal.Updates), options.Surfaces, book.BlockTimeSeconds)), book, cancellationToken).ConfigureAwait(false);
        }

        // What was refused just now keeps nobody silent: whoever proposes something bad each round would have all others wait for ever.
        open.RemoveAll(quorum.IsRefused);
        List<Proposal> pending = [.. open.Where(proposal => quorum.IsSending([proposal]) || IsWaitedFor(proposal, book))];
        IReadOnlyList<SurfacePlan> Plans() => desk.Plan(book, readings, pending.SelectMany(static proposal => proposal.Updates));
        IReadOnlyList<SurfacePlan> plans = Plans();
        if (quorum.IsTurn(_proposedAt + PendingSeconds <= book.BlockTimeSeconds && plans.Any(static plan => plan.IsDue), book, options.Surfaces.TakeoverSeconds))
        {
            // Also when the chain refuses it at once: the next one gets his turn meanwhile.
            _proposedAt = book.BlockTimeSeconds;
            var own = new List<Proposal>();
            if (PartOfRefused(book, readings, pending) is { } part)
            {
                own.Add(part);
                pending.Add(part);
                plans = Plans();
            }

            if (plans.Any(static plan => plan.IsDue))
            {
                Learn(book);
                own.Add(_proposed = Propose(plans, book));
            }

            foreach (Proposal proposal in own)
            {
                await quorum.SignAsync(proposal, book, cancellationToken).ConfigureAwait(false);
                open.Add(proposal);
            }
        }

        // A node that prices sends at once; another one when nobody did for a while.
        foreach (Proposal proposal in open.Where(proposal => options.Plays(SolverRoles.Pricer) || proposal.Time + PendingSeconds < book.BlockTimeSeconds))
        {
            await quorum.SendAsync(proposal, book, signatures => calls.Publish(proposal.Updates, signatures), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.Surfaces.PollMilliseconds), time, cancellationToken);

    private void TellStop(bool isStopped)
    {
        if (isStopped && !_isStopped)
        {
            logger.SurfacesStopped();
        }
        else if (_isStopped && !isStopped)
        {
            logger.SurfacesReleased();
        }

        _isStopped = isStopped;
    }

    /// <summary>The most that this node agrees with of a proposal that it refused for the rest, as it was proposed: whoever proposed it signs that. Two whose quotes differ each go short of the other at some expiry: of all together neither would sign the other's.</summary>
    private Proposal? PartOfRefused(ProtocolBook book, IReadOnlyDictionary<ushort, WindowReading> readings, IReadOnlyList<Proposal> pending)
    {
        HashSet<(ushort, uint)> waited = [.. pending.SelectMany(static proposal => proposal.Updates).Select(static update => (update.Underlying, update.Expiry))];
        IReadOnlyList<VolSurfaces.SurfaceUpdate>? most = quorum.Known
            .Where(proposal => quorum.IsRefused(proposal) && IsWaitedFor(proposal, book) && proposal.IsLater(book))
            .Select(proposal => (Of: proposal, Agreed: desk.Agreed(book, readings, [.. proposal.Updates.Where(update => !waited.Contains((update.Underlying, update.Expiry)))])))
            .Where(static one => one.Agreed.Count < one.Of.Updates.Count)
            .Select(static one => one.Agreed)
            .MaxBy(static agreed => agreed.Count);
        return most is { Count: > 0 } ? Proposal.Of(most, digests) : null;
    }

    /// <summary>Whether a proposal is part of one that this node signed: beside fewer neighbours its own steps may be others, and it would refuse what it had proposed itself.</summary>
    private bool IsOfSigned(Proposal proposal, ProtocolBook book) =>
        quorum.Known.Any(other => quorum.IsSignedHere(other) && IsWaitedFor(other, book) && proposal.Updates.All(other.Updates.Contains));

    private static bool IsWaitedFor(Proposal proposal, ProtocolBook book) => proposal.Time + PendingSeconds > book.BlockTimeSeconds;

    /// <summary>Proposes half as much as last time where enough signed that and it has not landed: gas may be too dear for so large a transaction (<see cref="QuorumSigner.SendAsync"/>), which only who sends it is told. Twice as much again where it has. What is too old to land says neither: the chain stood still, or this node was away.</summary>
    private void Learn(ProtocolBook book)
    {
        if (_proposed is { } last)
        {
            _mostUpdates = !last.IsLater(book) ? Math.Min(Proposal.MostUpdates, 2 * _mostUpdates) : last.CanLand(book) && quorum.HasEnough(last, book) ? Math.Max(1, last.Updates.Count / 2) : _mostUpdates;
        }
    }

    /// <summary>Proposes what is due, the longest unpublished first. Underlyings that one proposal has no room for are due again when it has landed. Each goes whole: beside fewer neighbours its steps would be others.</summary>
    private Proposal Propose(IReadOnlyList<SurfacePlan> plans, ProtocolBook book)
    {
        var updates = new List<VolSurfaces.SurfaceUpdate>();
        foreach (SurfacePlan plan in plans.Where(static plan => plan.IsDue).OrderBy(static plan => plan.OldestSeconds))
        {
            if (updates.Count + plan.Steps.Count(static step => step.IsPublishable) > (updates.Count == 0 ? Proposal.MostUpdates : _mostUpdates))
            {
                continue;
            }

            foreach (SteppedSurface step in plan.Steps)
            {
                Tell(plan, step);
                if (step.IsPublishable)
                {
                    updates.Add(SurfaceBook.Update(plan.Underlying, book.BlockTimeSeconds, step.Surface));
                }
            }
        }

        return Proposal.Of(updates, digests);
    }

    private void Tell(SurfacePlan plan, SteppedSurface step)
    {
        DateTimeOffset expiry = DateTimeOffset.FromUnixTimeSeconds(step.Expiry);
        desk.Note(plan, step);
        if (step.IsPublishable)
        {
            logger.SurfaceProposed(plan.Name, expiry, step.Surface.VolatilityQ32(0) / Q32, step.Part, step.Bound);
        }
        else
        {
            logger.SurfaceStuck(plan.Name, expiry, step.Bound);
        }
    }
}
