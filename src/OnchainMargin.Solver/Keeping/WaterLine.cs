using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
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
    /// <summary>Accounts of the whole book that are touched anew at each look: interest moves all of them, a little, at every checkpoint.</summary>
    private const int Rotation = 2048;

    private const byte UnknownDecimals = 6;

    private readonly BookFollower _all = new(SurfaceChoice.Better, Touched, Rotation, workers);
    private readonly BookEngine _near = new(workers, LaneWidths.Best);
    private readonly Dictionary<ulong, BookAccount> _members = [];
    private readonly List<ulong> _listed = [];
    private readonly HashSet<ulong> _wanted = [];
    private CheckpointHeader? _indices;

    /// <summary>The accounts under water among those that were nearest to it.</summary>
    public IReadOnlyList<ulong> First(ProtocolBook book, CheckpointInputs live)
    {
        if (_near.View is null)
        {
            return [];
        }

        CheckpointHeader header = live.Checkpoint.Header;
        CheckpointHeader indices = header with { Id = 0, Time = 0 };
        bool isMoved = _indices != indices;
        _indices = indices;
        foreach (ulong id in _listed)
        {
            if (!book.Accounts.TryGetValue(id, out BookAccount? account))
            {
                _near.Remove(id);
                _members.Remove(id);
            }
            else if (isMoved || !ReferenceEquals(_members[id], account))
            {
                Put(account, book, header);
            }
        }

        _listed.RemoveAll(id => !_members.ContainsKey(id));
        _near.Reckon(live.Checkpoint, SurfaceChoice.Better);
        return _near.UnderWater();
    }

    /// <summary>The accounts under water of the whole book; the first look of the next time is at those nearest to it, and at these.</summary>
    public IReadOnlyList<ulong> All(ProtocolBook book, CheckpointInputs live)
    {
        _all.Follow(book, live);
        IReadOnlyList<ulong> under = _all.Engine.UnderWater();
        if (_near.View is null)
        {
            _near.Reckon(live.Checkpoint, SurfaceChoice.Better);
        }

        _all.Engine.Nearest(nearest, _listed);
        _listed.AddRange(under.Take(nearest));
        _wanted.Clear();
        _wanted.UnionWith(_listed);
        foreach (ulong id in _members.Keys.Where(id => !_wanted.Contains(id)).ToArray())
        {
            _near.Remove(id);
            _members.Remove(id);
        }

        foreach (ulong id in _listed)
        {
            BookAccount account = book.Accounts[id];
            if (!_members.TryGetValue(id, out BookAccount? member) || !ReferenceEquals(member, account))
            {
                Put(account, book, live.Checkpoint.Header);
            }
        }

        _near.Reckon(live.Checkpoint, SurfaceChoice.Better);
        return under;
    }

    private void Put(BookAccount account, ProtocolBook book, CheckpointHeader indices)
    {
        (AccountState state, ImmutableArray<Balance> balances) = Touched(account, book, indices);
        _near.Set(account.Id, state, balances.AsSpan());
        _members[account.Id] = account;
    }

    /// <summary>As the liquidation house finds an account: with interest, swept, settled.</summary>
    private static (AccountState State, ImmutableArray<Balance> Balances) Touched(BookAccount account, ProtocolBook book, CheckpointHeader indices) =>
        AccountTouch.Touched(account.State, account.Balances, indices, book.Tokens.TryGetValue(0, out BookToken? settlement) ? settlement.Decimals : UnknownDecimals, book.Settlements);
}
