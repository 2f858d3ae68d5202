using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace OnchainMargin.Protocol.Book;

/// <summary>
/// Accounts by number, as a value: a change gives another table that shares all but a few nodes with this one. So snapshots of a million accounts cost nothing, and what differs between any
/// two of them, also across a reorganisation, is found by the nodes that they do not share.
/// </summary>
/// <remarks>A tree of 32 ways over the bits of the number; accounts are numbered one after another, so it is dense.</remarks>
public sealed class AccountTable
{
    private const int WayBits = 5;
    private const int Ways = 1 << WayBits;

    private readonly object?[] _root;
    private readonly int _levels;

    private AccountTable(object?[] root, int levels, int count)
    {
        _root = root;
        _levels = levels;
        Count = count;
    }

    /// <summary>No accounts.</summary>
    public static AccountTable Empty { get; } = new(new object?[Ways + 1], 1, 0);

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The numbers, ascending.</summary>
    public IEnumerable<ulong> Keys => After(0, isIncluded: true).Select(static account => account.Id);

    /// <summary>The accounts, ascending by number.</summary>
    public IEnumerable<BookAccount> Values => After(0, isIncluded: true);

    /// <summary>The account of a number.</summary>
    /// <exception cref="KeyNotFoundException">Thrown when there is none.</exception>
    public BookAccount this[ulong key] => TryGetValue(key, out BookAccount? account) ? account : throw new KeyNotFoundException($"Account {key} is not in the book; give the number of one that was opened.");

    /// <summary>A table of accounts.</summary>
    public static AccountTable Of(IEnumerable<BookAccount> accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        object edit = new();
        AccountTable table = Empty;
        foreach (BookAccount account in accounts)
        {
            table = table.With(account, edit);
        }

        return table;
    }

    /// <summary>Whether there is an account of a number.</summary>
    public bool ContainsKey(ulong key) => TryGetValue(key, out _);

    /// <summary>The account of a number; false when there is none.</summary>
    public bool TryGetValue(ulong key, [MaybeNullWhen(false)] out BookAccount value)
    {
        object?[]? node = LevelsOf(key) <= _levels ? _root : null;
        for (int level = _levels - 1; level > 0 && node is not null; level--)
        {
            node = (object?[]?)node[(int)(Digit(key, level) & (Ways - 1))];
        }

        value = (BookAccount?)node?[(int)(key & (Ways - 1))];
        return value is not null;
    }

    /// <summary>With an account, in the place of one of its number.</summary>
    public AccountTable With(BookAccount account) => With(account, new object());

    /// <summary>The accounts behind a number, ascending.</summary>
    /// <param name="number">The number; 0 for all.</param>
    public IEnumerable<BookAccount> After(ulong number) => After(number, isIncluded: false);

    /// <summary>What differs from another table, ascending by number: the account there and here, null where there is none.</summary>
    public IEnumerable<(BookAccount? Before, BookAccount? Now)> Since(AccountTable before)
    {
        ArgumentNullException.ThrowIfNull(before);
        int levels = Math.Max(_levels, before._levels);
        return Differences(before.Raised(levels), Raised(levels), levels - 1);
    }

    /// <summary>With an account; nodes that were made for the same edit are written to, all others copied. Whoever made the edit must not have shown a table of it to anybody yet.</summary>
    internal AccountTable With(BookAccount account, object edit)
    {
        int levels = Math.Max(_levels, LevelsOf(account.Id));
        object?[] root = Own(Raised(levels), edit);
        object?[] node = root;
        for (int level = levels - 1; level > 0; level--)
        {
            ref object? next = ref node[(int)(Digit(account.Id, level) & (Ways - 1))];
            node = Own((object?[]?)next ?? new object?[Ways + 1], edit);
            next = node;
        }

        ref object? place = ref node[(int)(account.Id & (Ways - 1))];
        int count = place is null ? Count + 1 : Count;
        place = account;
        return new AccountTable(root, levels, count);
    }

    private static ulong Digit(ulong key, int level) => level * WayBits >= 64 ? 0 : key >> (level * WayBits);

    private static int LevelsOf(ulong key) => Math.Max(1, (64 - BitOperations.LeadingZeroCount(key) + WayBits - 1) / WayBits);

    /// <summary>The node itself when it belongs to the edit, else a copy that does. The last element of a node names its edit.</summary>
    private static object?[] Own(object?[] node, object edit)
    {
        if (ReferenceEquals(node[Ways], edit))
        {
            return node;
        }

        var own = (object?[])node.Clone();
        own[Ways] = edit;
        return own;
    }

    /// <summary>The root as one of a tree of more levels.</summary>
    private object?[] Raised(int levels)
    {
        object?[] root = _root;
        for (int level = _levels; level < levels; level++)
        {
            var above = new object?[Ways + 1];
            above[0] = root;
            root = above;
        }

        return root;
    }

    private IEnumerable<BookAccount> After(ulong number, bool isIncluded) => Enumerate(_root, _levels - 1, number, isIncluded, 0);

    private static IEnumerable<BookAccount> Enumerate(object?[] node, int level, ulong number, bool isIncluded, ulong prefix)
    {
        for (int way = 0; way < Ways; way++)
        {
            ulong first = (prefix << WayBits) | (uint)way;
            if (node[way] is not { } below || first < Digit(number, level))
            {
                continue;
            }

            if (level == 0)
            {
                if (first > number || isIncluded)
                {
                    yield return (BookAccount)below;
                }

                continue;
            }

            foreach (BookAccount account in Enumerate((object?[])below, level - 1, number, isIncluded, first))
            {
                yield return account;
            }
        }
    }

    private static IEnumerable<(BookAccount? Before, BookAccount? Now)> Differences(object?[]? before, object?[]? now, int level)
    {
        if (ReferenceEquals(before, now))
        {
            yield break;
        }

        for (int way = 0; way < Ways; way++)
        {
            object? then = before?[way];
            object? here = now?[way];
            if (ReferenceEquals(then, here))
            {
                continue;
            }

            if (level == 0)
            {
                yield return ((BookAccount?)then, (BookAccount?)here);
                continue;
            }

            foreach ((BookAccount? Before, BookAccount? Now) difference in Differences((object?[]?)then, (object?[]?)here, level - 1))
            {
                yield return difference;
            }
        }
    }
}
