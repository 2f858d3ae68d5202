using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
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

    /// <summary>The notional of what an account would serve, money E8.</summary>
    public Int128 FacedE8(AccountState state, CheckpointInputs live)
    {
        IEnumerable<Position> faced = state.Positions
            .Where(held => _left.TryGetValue(held.Instrument, out long need) && IsOpposite(need, held))
            .Select(held => held with { SizeE8 = (long)Int128.Min(Int128.Min(Int128.Abs(held.SizeE8), Int128.Abs(_left[held.Instrument])), long.MaxValue) });
        return Liquidations.GrossE8(state with { Positions = [.. faced] }, live);
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
