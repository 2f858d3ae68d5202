using System.Runtime.InteropServices;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Api;

/// <summary>
/// Whose accounts are which: of each address the accounts that it owns or ever was a delegate of. It follows the book by what differs between two snapshots, so that a question looks at a few accounts instead of all;
/// only the first one passes over the whole book.
/// </summary>
internal sealed class HolderIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Address, List<ulong>> _accounts = [];
    private AccountTable _seen = AccountTable.Empty;

    /// <summary>The accounts behind a number, ascending, that somebody owns or is named a delegate of; beside them such as he was named in before a reorganisation.</summary>
    public IEnumerable<BookAccount> Of(Address who, AccountTable accounts, ulong after)
    {
        ulong[] found;
        lock (_lock)
        {
            Follow(accounts);
            List<ulong> all = _accounts.GetValueOrDefault(who) ?? [];
            int place = all.BinarySearch(after);
            found = CollectionsMarshal.AsSpan(all)[(place < 0 ? ~place : place + 1)..].ToArray();
        }

        return found.Select(id => accounts.TryGetValue(id, out BookAccount? account) ? account : null).OfType<BookAccount>();
    }

    private void Follow(AccountTable accounts)
    {
        foreach ((BookAccount? before, BookAccount? now) in accounts.Since(_seen))
        {
            if (now is null)
            {
                continue;
            }

            if (before?.Owner != now.Owner)
            {
                Add(now.Owner, now.Id);
            }

            if (before is null || before.Delegates != now.Delegates)
            {
                foreach (Address given in now.Delegates.Keys)
                {
                    Add(given, now.Id);
                }
            }
        }

        _seen = accounts;
    }

    private void Add(Address who, ulong id)
    {
        ref List<ulong>? all = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, who, out _);
        all ??= new List<ulong>(1);
        int place = all.Count == 0 || all[^1] < id ? ~all.Count : all.BinarySearch(id);
        if (place < 0)
        {
            all.Insert(~place, id);
        }
    }
}
