using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Keeping;

/// <summary>
/// Who is under water at live prices, in two looks: first at the accounts that were nearest to it, some milliseconds after a price; then at the whole book, which misses nobody and says who is
/// nearest now. Both only say whom to look at: what is sent to the chain is computed for the account alone, at the same prices.
/// </summary>
/// <param name="nearest">How many accounts the first look has.</param>
/// <param name="workers">Threads that compute.</param>
internal sealed class WaterLine(int nearest, int workers)
{
    /// <summary>Indices that differ by less than one part in so many count as equal: a dollar on a million of cash, some minutes' interest at 10 % a year.</summary>
    private const int IndexParts = 1_000_000;

    /// <summary>One processor is left to the first look of the next price, which runs beside the look at the whole book.</summary>
    private readonly BookFollower _all = new(SurfaceChoice.Better, BookFollower.Touched, BookFollower.Rotation, Math.Max(1, workers - 1));
    private readonly BookEngine _near = new(workers, LaneWidths.Best);
    private readonly HashSet<ulong> _members = [];
    private AccountTable _accounts = AccountTable.Empty;
    private SettlementPrices? _settlements;
    private CheckpointHeader? _indices;

    /// <summary>The accounts under water among those that were nearest to it; none before the first <see cref="Take"/>.</summary>
    public IReadOnlyList<ulong> First(ProtocolBook book, CheckpointInputs live)
    {
        if (_near.View is null)
        {
            return [];
        }

        Follow(book, live.Checkpoint.Header);
        _near.Reckon(live.Checkpoint, SurfaceChoice.Better);
        return LargestFirst(_near);
    }

    /// <summary>Looks at the whole book. It may run beside <see cref="First"/>, but not beside itself.</summary>
    public WholeLook Whole(ProtocolBook book, CheckpointInputs live)
    {
        _all.Follow(book, live);
        var listed = new List<ulong>();
        _all.Engine.Nearest(nearest, listed);
        return new WholeLook(LargestFirst(_all.Engine), listed);
    }

    /// <summary>Takes over what a look at the whole book found: the first look of the next time is at those nearest to water, and at those under it.</summary>
    /// <returns>The accounts under water of the whole book, at the prices of that look.</returns>
    public IReadOnlyList<ulong> Take(WholeLook look, ProtocolBook book, CheckpointInputs live)
    {
        if (_near.View is null)
        {
            _near.Reckon(live.Checkpoint, SurfaceChoice.Better);
        }

        Follow(book, live.Checkpoint.Header);
        var wanted = new HashSet<ulong>(look.Nearest.Concat(look.Under.Take(nearest)));
        foreach (ulong id in _members.Where(id => !wanted.Contains(id)).ToArray())
        {
            Drop(id);
        }

        foreach (ulong id in wanted.Where(id => !_members.Contains(id)))
        {
            if (book.Accounts.TryGetValue(id, out BookAccount? account))
            {
                Put(account, book, live.Checkpoint.Header);
            }
        }

        _near.Reckon(live.Checkpoint, SurfaceChoice.Better);
        return look.Under;
    }

    /// <summary>Those under water, by what is at stake: anybody opens a thousand accounts of a dollar, and sinks them with one that is worth a start.</summary>
    private static IReadOnlyList<ulong> LargestFirst(BookEngine engine) =>
        [.. engine.UnderWater().OrderByDescending(id => engine.TryFind(id, out AccountFigures figures, out _) ? figures.MaintenanceE8 : 0).ThenBy(static id => id)];

    /// <summary>Brings the accounts of the first look to a book: what differs from the last one, or all of them when interest has moved noticeably, or settlement prices have.</summary>
    private void Follow(ProtocolBook book, CheckpointHeader header)
    {
        bool isAnew = !IsNear(_indices, header) || !ReferenceEquals(_settlements, book.Settlements);
        IEnumerable<ulong> moved = isAnew
            ? _members.ToArray()
            : book.Accounts.Since(_accounts).Select(static change => (change.Now ?? change.Before)!.Id).Where(_members.Contains);
        foreach (ulong id in moved)
        {
            if (book.Accounts.TryGetValue(id, out BookAccount? account))
            {
                Put(account, book, header);
            }
            else
            {
                Drop(id);
            }
        }

        // The indices stay those at which all were touched, so that many small moves are one large one.
        (_accounts, _settlements, _indices) = (book.Accounts, book.Settlements, isAnew ? header : _indices);
    }

    private static bool IsNear(CheckpointHeader? before, CheckpointHeader now) =>
        before is not null && IsNear(before.DebtIndexE12, now.DebtIndexE12) && IsNear(before.CreditIndexE12, now.CreditIndexE12);

    private static bool IsNear(ulong before, ulong now) => (now > before ? now - before : before - now) <= before / IndexParts;

    private void Drop(ulong id)
    {
        _near.Remove(id);
        _members.Remove(id);
    }

    private void Put(BookAccount account, ProtocolBook book, CheckpointHeader indices)
    {
        (AccountState state, ImmutableArray<Balance> balances) = BookFollower.Touched(account, book, indices);
        _near.Set(account.Id, state, balances.AsSpan());
        _members.Add(account.Id);
    }
}
