using System.Runtime.InteropServices;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Api;

/// <summary>
/// Whose accounts are which: of each address the accounts that it owns or ever was a delegate of. It follows the book by what differs between two snapshots, so that a question looks at a few accounts instead of all;
/// only the first one passes over the whole book. Of an account whose delegates changed a question looks whether its address is one of them: there may be any number, and a pass over all of them at each change would be long.
/// </summary>
internal sealed class HolderIndex
{
    /// <summary>Of so many accounts at most whose delegates changed: then all of these are passed over at once.</summary>
    private const int MostChanged = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<Address, List<ulong>> _accounts = [];
    private readonly SortedSet<ulong> _changed = [];
    private AccountTable _seen = AccountTable.Empty;

    /// <summary>How many appointments were passed over so far, those that were passed over anew counted again.</summary>
    public long Passed { get; private set; }

    /// <summary>The accounts behind a number, ascending, that somebody owns or is named a delegate of; beside them such as he was named in before a reorganisation.</summary>
    public IEnumerable<BookAccount> Of(Address who, AccountTable accounts, ulong after)
    {
        ulong[] found;
        ulong[] changed;
        lock (_lock)
        {
            Follow(accounts);
            List<ulong> all = _accounts.GetValueOrDefault(who) ?? [];
            int place = all.BinarySearch(after);
            found = CollectionsMarshal.AsSpan(all)[(place < 0 ? ~place : place + 1)..].ToArray();
            changed = [.. _changed.Where(id => id > after)];
        }

        ulong[] given = [.. changed.Where(id => accounts.TryGetValue(id, out BookAccount? account) && account.Delegates.ContainsKey(who))];
        IEnumerable<ulong> ids = given.Length == 0 ? found : found.Union(given).Order();
        return ids.Select(id => accounts.TryGetValue(id, out BookAccount? account) ? account : null).OfType<BookAccount>();
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

            if (before is null)
            {
                AddDelegates(now);
            }
            else if (before.Delegates != now.Delegates)
            {
                _changed.Add(now.Id);
            }
        }

        _seen = accounts;
        if (_changed.Count > MostChanged)
        {
            foreach (BookAccount account in _changed.Select(id => accounts.TryGetValue(id, out BookAccount? known) ? known : null).OfType<BookAccount>())
            {
                AddDelegates(account);
            }

            _changed.Clear();
        }
    }

    private void AddDelegates(BookAccount account)
    {
        Passed += account.Delegates.Count;
        foreach (Address given in account.Delegates.Keys)
        {
            Add(given, account.Id);
        }
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
