using System.Collections.Immutable;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Api;

/// <summary>
/// Which accounts of a large book a stream tells of in which picture: so many at once, and what had no room in those that follow. First what moved, in turn: whoever was told that an account is under water must hear that it recovered.
/// Then round those under water, of all of whom each checkpoint makes other figures.
/// </summary>
internal sealed class StreamTurns
{
    /// <summary>Of how many that moved a stream owes word at most. One that owes more ends: its reader asks for the pages, and begins anew.</summary>
    private const int MostOwed = 100_000;

    private readonly Queue<ImmutableArray<ulong>> _moved = [];
    private int _from;
    private int _owed;
    private ulong _last;
    private int _left;

    /// <summary>Whether more moved than is told in time.</summary>
    public bool IsLost => _owed > MostOwed;

    /// <summary>The accounts to tell of in the next picture, ascending.</summary>
    /// <param name="now">The picture.</param>
    /// <param name="before">The one before; null for none.</param>
    /// <param name="most">So many at most.</param>
    public IReadOnlyList<ulong> Next(RiskSnapshot now, RiskSnapshot? before, int most)
    {
        if (before is not null && now.MovedSince(before) is { Length: > 0 } moved)
        {
            _moved.Enqueue(moved);
            _owed += moved.Length;
        }

        if (before?.Inputs.InputsHash != now.Inputs.InputsHash)
        {
            _left = now.UnderWater.Length;
        }

        HashSet<ulong> told = [];
        TakeMoved(most, told);
        TakeUnderWater(now.UnderWater, most, told);
        return [.. told.Where(now.Book.Accounts.ContainsKey).Order()];
    }

    private void TakeMoved(int most, HashSet<ulong> told)
    {
        while (told.Count < most && _moved.TryPeek(out ImmutableArray<ulong> first))
        {
            told.Add(first[_from++]);
            _owed--;
            if (_from == first.Length)
            {
                _moved.Dequeue();
                _from = 0;
            }
        }
    }

    /// <summary>Those under water behind the one that was told last, once each for a checkpoint.</summary>
    private void TakeUnderWater(ImmutableArray<ulong> underWater, int most, HashSet<ulong> told)
    {
        _left = Math.Min(_left, underWater.Length);
        int place = underWater.BinarySearch(_last + 1);
        place = place < 0 ? ~place : place;
        while (_left > 0 && told.Count < most)
        {
            _last = underWater[place % underWater.Length];
            told.Add(_last);
            place++;
            _left--;
        }
    }
}
