using System.Collections.Concurrent;
using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Solver.Risk;

/// <summary>The whole book at one checkpoint: who is under water was found by the engine of the whole book, as liquidations find it; one account's figures are computed when somebody looks, as the account is stored (in an open lot what the lot leaves of it), so that the referee gives the same integers.</summary>
/// <param name="book">The book.</param>
/// <param name="inputs">The checkpoint.</param>
/// <param name="underWater">The accounts that can be liquidated, ascending: touched, and at the surfaces that are better for them, equity is below the maintenance margin (CLR-040).</param>
internal sealed class RiskSnapshot(ProtocolBook book, CheckpointInputs inputs, ImmutableArray<ulong> underWater)
{
    private readonly ConcurrentDictionary<ulong, AccountRisk> _followed = new();
    private readonly ConcurrentDictionary<ulong, Lazy<byte[]>> _told = new();
    private readonly ConcurrentDictionary<(AccountTable Accounts, ImmutableArray<ulong> UnderWater), Lazy<ImmutableArray<ulong>>> _moved = new();

    /// <summary>The book.</summary>
    public ProtocolBook Book { get; } = book;

    /// <summary>The checkpoint.</summary>
    public CheckpointInputs Inputs { get; } = inputs;

    /// <summary>The accounts that can be liquidated, ascending.</summary>
    public ImmutableArray<ulong> UnderWater { get; } = underWater;

    /// <summary>How one account's figures are computed: as it is stored, with what has expired settled.</summary>
    public static BookFollower.Form Form { get; } = AccountTouch.Stored;

    /// <summary>A follower that finds who can be liquidated.</summary>
    public static BookFollower Follower(int workers) => new(SurfaceChoice.Better, BookFollower.Touched, BookFollower.Rotation, workers);

    /// <summary>Brings a follower to a book and takes its picture.</summary>
    public static RiskSnapshot Of(BookFollower follower, ProtocolBook book, CheckpointInputs inputs)
    {
        follower.Follow(book, inputs);
        return new RiskSnapshot(book, inputs, [.. follower.Engine.UnderWater().Order()]);
    }

    /// <summary>An account; null when there is none of that number.</summary>
    public AccountRisk? Find(ulong id) => Book.Accounts.TryGetValue(id, out BookAccount? account) ? Of(account) : null;

    /// <summary>An account of this book that streams follow from one picture to the next: computed once for all of them.</summary>
    public AccountRisk Followed(BookAccount account) => _followed.GetOrAdd(account.Id, static (_, asked) => asked.Snapshot.Of(asked.Account), (Snapshot: this, Account: account));

    /// <summary>What streams tell of an account of this book: made once for all of them, and gone with the picture.</summary>
    public byte[] Told(BookAccount account, Func<BookAccount, byte[]> make) => _told.GetOrAdd(account.Id, static (_, asked) => new Lazy<byte[]>(() => asked.Make(asked.Account)), (Account: account, Make: make)).Value;

    /// <summary>What moved since another picture: the accounts that are no longer under water, then those that are so only now, then whatever else changed by itself. Made once for all streams, and kept without that picture.</summary>
    public ImmutableArray<ulong> MovedSince(RiskSnapshot before) => _moved.GetOrAdd(
        (before.Book.Accounts, before.UnderWater),
        static (key, now) => new Lazy<ImmutableArray<ulong>>(() =>
        [
            .. key.UnderWater.Except(now.UnderWater)
                .Concat(now.UnderWater.Except(key.UnderWater))
                .Concat(now.Book.Accounts.Since(key.Accounts).Where(static pair => pair.Now is not null).Select(static pair => pair.Now!.Id))
                .Distinct()
                .Where(now.Book.Accounts.ContainsKey),
        ]),
        this).Value;

    /// <summary>An account of this book.</summary>
    public AccountRisk Of(BookAccount account)
    {
        (AccountState state, ImmutableArray<Balance> balances) = Form(account, Book, Inputs.Checkpoint.Header);
        MarginError error = MarginEngine.TryCompute(state, balances.AsSpan(), Inputs.View, SurfaceChoice.Present, out AccountFigures figures);
        return new AccountRisk(account, figures, error);
    }
}
