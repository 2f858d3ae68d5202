using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Solver.Risk;

/// <summary>Keeps a <see cref="BookEngine"/> in step with the index: what differs between two books, after new blocks as after a reorganisation, is put into it and nothing else. One thread at a time.</summary>
/// <param name="choice">Which surfaces.</param>
/// <param name="form">How an account is judged: its state and collateral from what is stored.</param>
/// <param name="rotation">How many accounts are put in anew at each step although they did not change, because their form moves with the checkpoint's indices; 0 when it does not.</param>
/// <param name="workers">Threads that compute.</param>
internal sealed class BookFollower(SurfaceChoice choice, BookFollower.Form form, int rotation, int workers)
{
    /// <summary>How many accounts are touched anew at each step where they are judged as touched: interest moves all of them, a little, with every second.</summary>
    public const int Rotation = 2048;

    private ProtocolBook _book = ProtocolBook.Empty;
    private ulong _rotated;

    /// <summary>How an account is judged.</summary>
    /// <param name="account">The account.</param>
    /// <param name="book">The book that it is in.</param>
    /// <param name="indices">The header of the checkpoint.</param>
    internal delegate (AccountState State, ImmutableArray<Balance> Balances) Form(BookAccount account, ProtocolBook book, CheckpointHeader indices);

    /// <summary>As an operation finds an account: with interest, swept, settled.</summary>
    public static Form Touched { get; } = AccountTouch.Touched;

    /// <summary>The engine at the last step; not to be changed, nor read while a step runs.</summary>
    public BookEngine Engine { get; } = new(workers, LaneWidths.Best);

    /// <summary>Brings the engine to a book and a checkpoint.</summary>
    /// <param name="book">The book, later or earlier than the last one.</param>
    /// <param name="inputs">The checkpoint, or live inputs.</param>
    /// <returns>How many accounts were computed.</returns>
    public int Follow(ProtocolBook book, CheckpointInputs inputs)
    {
        if (Engine.View is null)
        {
            // With the prices first: which tokens are spot collateral decides where an account goes.
            Engine.Reckon(inputs.Checkpoint, choice);
        }

        CheckpointHeader indices = inputs.Checkpoint.Header;
        foreach ((BookAccount? before, BookAccount? now) in book.Accounts.Since(_book.Accounts))
        {
            if (now is null)
            {
                Engine.Remove(before!.Id);
            }
            else if (before is null || !IsJudgedAlike(before, now))
            {
                Put(now, book, indices);
            }
        }

        PutLots(book, indices);
        if (!ReferenceEquals(book.Settlements, _book.Settlements))
        {
            PutSettled(book, indices);
        }

        foreach (BookAccount account in book.Accounts.After(_rotated).Take(rotation))
        {
            Put(account, book, indices);
            _rotated = account.Id;
        }

        _rotated = book.Accounts.After(_rotated).Any() ? _rotated : 0;
        _book = book;
        return Engine.Reckon(inputs.Checkpoint, choice);
    }

    /// <summary>Accounts whose lots differ: a sale moves their tokens, and of their positions and cash only the lot tells.</summary>
    private void PutLots(ProtocolBook book, CheckpointHeader indices)
    {
        foreach (BookLot lot in book.OpenLots.Concat(_book.OpenLots))
        {
            if (!ReferenceEquals(book.Lots.GetValueOrDefault(lot.Id), _book.Lots.GetValueOrDefault(lot.Id)) && book.Accounts.TryGetValue(lot.Account, out BookAccount? account))
            {
                Put(account, book, indices);
            }
        }
    }

    /// <summary>Accounts that hold what has a settlement price in one of the two books and not in the other.</summary>
    private void PutSettled(ProtocolBook book, CheckpointHeader indices)
    {
        foreach (BookAccount account in book.Accounts.Values)
        {
            foreach (Position position in account.State.Positions)
            {
                if (book.Settlements.PriceE8(position.Instrument) != _book.Settlements.PriceE8(position.Instrument))
                {
                    Put(account, book, indices);
                    break;
                }
            }
        }
    }

    /// <summary>Whether nothing changed that a margin rests on: an account that only entered a lot, or that was read anew from the store.</summary>
    private static bool IsJudgedAlike(BookAccount before, BookAccount now) =>
        (ReferenceEquals(before.State, now.State) || (before.StateHash == now.StateHash && !now.StateHash.IsZero)) && before.Balances.AsSpan().SequenceEqual(now.Balances.AsSpan());

    private void Put(BookAccount account, ProtocolBook book, CheckpointHeader indices)
    {
        (AccountState state, ImmutableArray<Balance> balances) = form(account, book, indices);
        Engine.Set(account.Id, state, balances.AsSpan());
    }
}
