using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Api;

namespace OnchainMargin.Solver.Tests.Api;

public sealed class HolderIndexTests
{
    private const int Accounts = 300;
    private const int People = 12;

    /// <summary>Books in any order, as questions at a reorganisation come: every account that a person owns or may act for is found, and in order.</summary>
    [Fact]
    public void Of_AnyBooks_FindsWhatAPassOverAllAccountsFinds()
    {
        var random = new Random(6);
        List<AccountTable> books = [AccountTable.Empty];
        for (int step = 0; step < 400; step++)
        {
            AccountTable book = books[random.Next(books.Count)];
            for (int change = random.Next(20); change > 0; change--)
            {
                ulong id = (ulong)random.Next(1, Accounts);
                book = book.With(Opened(id, Person(random), [.. Enumerable.Range(0, random.Next(3)).Select(_ => new BookAppointment(Person(random), DelegateRights.Trade, 10))]));
            }

            books.Add(book);
        }

        var index = new HolderIndex();
        for (int question = 0; question < 2_000; question++)
        {
            AccountTable book = books[random.Next(books.Count)];
            Address who = Person(random);
            ulong after = (ulong)random.Next(Accounts);
            Assert.Equal(book.After(after).Where(account => Holds(account, who)), index.Of(who, book, after).Where(account => Holds(account, who)));
        }
    }

    /// <summary>Whoever appoints a hundred thousand, and then one in each block, has no question wait for a pass over all of them.</summary>
    [Fact]
    public void Of_AnAccountOfManyDelegatesChangesAgainAndAgain_PassesOverThemOnce()
    {
        AccountTable book = AccountTable.Empty.With(Opened(1, Named(0), [.. Enumerable.Range(1, 100_000).Select(static number => new BookAppointment(Named(number), DelegateRights.Trade, 10))]));
        var index = new HolderIndex();
        Assert.Single(index.Of(Named(5), book, 0));
        for (int number = 200_000; number < 201_000; number++)
        {
            BookAccount account = book[1];
            book = book.With(account with { Delegates = account.Delegates.Add(Named(number), new BookAppointment(Named(number), DelegateRights.Trade, 10)) });
            Assert.Single(index.Of(Named(number), book, 0));
        }

        Assert.Equal(100_000, index.Passed);
        Assert.Empty(index.Of(Named(5), book, 1));

        static Address Named(int number) => Address.Parse($"0x{number.ToString("x40", CultureInfo.InvariantCulture)}");
    }

    private static bool Holds(BookAccount account, Address who) => account.Owner == who || account.Delegates.ContainsKey(who);

    private static Address Person(Random random) => Address.Parse($"0x{random.Next(People).ToString("x40", CultureInfo.InvariantCulture)}");

    private static BookAccount Opened(ulong id, Address owner, BookAppointment[] delegates)
    {
        byte[] state = AccountState.Empty.Pack();
        return new BookAccount { Id = id, Owner = owner, StateBytes = state, StateHash = Keccak256.Hash(state), State = AccountState.Empty, Delegates = delegates.ToImmutableSortedDictionary(static given => given.Delegate, static given => given), ChangedInBlock = 1 };
    }
}
