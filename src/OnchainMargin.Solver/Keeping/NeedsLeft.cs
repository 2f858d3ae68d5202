using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Keeping;

namespace OnchainMargin.Solver.Keeping;

/// <summary>What is left of open needs beside what serves that are under way take of them: who is asked for what is gone is reverted (<c>NothingToServe</c>).</summary>
internal sealed class NeedsLeft
{
    private readonly Dictionary<Instrument, long> _left;

    /// <summary>What is left at the beginning of a round.</summary>
    public NeedsLeft(KeeperRound round)
    {
        _left = new Dictionary<Instrument, long>(round.Book.Needs);
        foreach (string intent in _left.Count == 0 ? [] : round.UnderWay().Select(static entry => entry.Intent))
        {
            if (Serving(intent, round) is { } state)
            {
                Take(state);
            }
        }
    }

    /// <summary>Whether nothing is left.</summary>
    public bool IsEmpty => _left.Count == 0;

    /// <summary>Whether a position faces a need of the opposite side.</summary>
    /// <param name="state">What is held.</param>
    /// <param name="needs">Needs, by instrument.</param>
    /// <param name="parts">A need below this part of the position does not count.</param>
    public static bool Faces(AccountState state, IReadOnlyDictionary<Instrument, long> needs, int parts = int.MaxValue) =>
        state.Positions.Any(held => needs.TryGetValue(held.Instrument, out long need) && IsOpposite(need, held) && Int128.Abs(need) * parts >= Int128.Abs(held.SizeE8));

    /// <summary>Whether a position faces what is left of a need.</summary>
    public bool Faces(AccountState state, int parts = int.MaxValue) => Faces(state, _left, parts);

    /// <summary>What is at stake in that part of needs which an account or lot would serve, money E8.</summary>
    public Int128 StakeE8(AccountState state, KeeperRound round) => StakeE8(
        state.Positions
            .Where(held => _left.TryGetValue(held.Instrument, out long need) && IsOpposite(need, held))
            .Select(held => new Position(held.Instrument, held.SizeE8 > 0 ? Math.Max(_left[held.Instrument], -held.SizeE8) : Math.Min(_left[held.Instrument], -held.SizeE8), 0)),
        round);

    /// <summary>What is at stake in needs, money E8: what those settle at that have their price, and for the others, whose gain or loss is nobody's meanwhile, the margin that would be asked of who had them.</summary>
    /// <param name="needs">Needs, by instrument in order.</param>
    /// <param name="round">The round.</param>
    public static Int128 StakeE8(IEnumerable<Position> needs, KeeperRound round)
    {
        AccountState left = round.Book.Settlements.Settle(AccountState.Empty with { Positions = [.. needs] });
        return Int128.Abs(left.CashE8) + (Liquidations.Figures(left, [], round.Live)?.MaintenanceE8 ?? 0);
    }

    /// <summary>Takes what an account or lot serves.</summary>
    public void Take(AccountState state)
    {
        foreach (Position held in state.Positions)
        {
            if (!_left.TryGetValue(held.Instrument, out long need) || !IsOpposite(need, held))
            {
                continue;
            }

            // Of opposite signs, so that the sum cannot overflow; past zero nothing is left.
            long left = need + held.SizeE8;
            if (left == 0 || (left > 0) != (need > 0))
            {
                _left.Remove(held.Instrument);
            }
            else
            {
                _left[held.Instrument] = left;
            }
        }
    }

    private static bool IsOpposite(long need, Position held) => (need > 0) != (held.SizeE8 > 0);

    /// <summary>What an intent has serve, as the book has it; null where it has nothing serve, or the book has it otherwise by now.</summary>
    private static AccountState? Serving(string intent, KeeperRound round)
    {
        if (!KeeperKeys.TryRead(intent, out string decision, out bool isLot, out ulong number) || decision is not "serve")
        {
            return null;
        }

        return isLot
            ? round.Book.Lots.TryGetValue(number, out BookLot? lot) && lot.IsOpen && KeeperKeys.IsOf(intent, KeeperKeys.Of(decision, lot)) ? OfLot(lot, round) : null
            : round.Book.Accounts.TryGetValue(number, out BookAccount? account) && KeeperKeys.IsOf(intent, KeeperKeys.Of(decision, account)) ? account.State : null;
    }

    /// <summary>What a lot serves with: legs that have expired, too, since those serve before they settle.</summary>
    public static AccountState OfLot(BookLot lot, KeeperRound round) => LotParts.Rest(lot, round.Book.Accounts[lot.Account], round.Live.Checkpoint.Header, SettlementPrices.Empty).State;
}
