using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Protocol.Tests.Book;

public sealed class AccountTableTests
{
    [Fact]
    public void Table_AnyChanges_IsASortedDictionaryAndOlderOnesStay()
    {
        var random = new Random(2);
        var known = new List<(AccountTable Table, SortedDictionary<ulong, BookAccount> Expected)> { (AccountTable.Empty, []) };
        for (int step = 0; step < 400; step++)
        {
            (AccountTable table, SortedDictionary<ulong, BookAccount> expected) = known[random.Next(known.Count)];
            ulong id = random.Next(4) switch { 0 => (ulong)random.Next(70), 1 => (ulong)random.Next(5000), 2 => (ulong)random.NextInt64(), _ => ulong.MaxValue - (ulong)random.Next(3) };
            BookAccount account = Account(id);
            known.Add((table.With(account), new SortedDictionary<ulong, BookAccount>(expected) { [id] = account }));
        }

        foreach ((AccountTable table, SortedDictionary<ulong, BookAccount> expected) in known)
        {
            Assert.Equal(expected.Count, table.Count);
            Assert.Equal(expected.Keys, table.Keys);
            Assert.True(expected.Values.SequenceEqual(table.Values, ReferenceEqualityComparer.Instance));
            ulong behind = (ulong)random.Next(100);
            Assert.Equal(expected.Keys.Where(id => id > behind), table.After(behind).Select(static account => account.Id));
            Assert.All(expected.Keys, id => Assert.Same(expected[id], table[id]));
            Assert.False(table.ContainsKey(71));
        }

        for (int pair = 0; pair < 300; pair++)
        {
            (AccountTable before, SortedDictionary<ulong, BookAccount> then) = known[random.Next(known.Count)];
            (AccountTable now, SortedDictionary<ulong, BookAccount> here) = known[random.Next(known.Count)];
            (BookAccount? Before, BookAccount? Now)[] expected =
            [
                .. then.Keys.Union(here.Keys).Order().Select(id => (then.GetValueOrDefault(id), here.GetValueOrDefault(id))).Where(static both => !ReferenceEquals(both.Item1, both.Item2)),
            ];
            Assert.Equal(expected, now.Since(before));
        }
    }

    [Fact]
    public void Of_ManyAccounts_HoldsThemInOrder()
    {
        AccountTable table = AccountTable.Of(Enumerable.Range(1, 40_000).Reverse().Select(static id => Account((ulong)id)));

        Assert.Equal(40_000, table.Count);
        Assert.Equal(Enumerable.Range(1, 40_000).Select(static id => (ulong)id), table.Keys);
        Assert.Contains("Account 40001 is not in the book", Assert.Throws<KeyNotFoundException>(() => table[40_001]).Message, StringComparison.Ordinal);
    }

    private static BookAccount Account(ulong id) => new() { Id = id, Owner = default, StateBytes = [], StateHash = default, State = AccountState.Empty, ChangedInBlock = 1 };
}
