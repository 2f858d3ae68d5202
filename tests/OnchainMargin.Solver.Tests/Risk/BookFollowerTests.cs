using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Tests.Risk;

public sealed class BookFollowerTests
{
    private readonly Random _random = new(5);

    [Fact]
    public void Follow_AnyBookAfterAnyOther_GivesTheFiguresOfEachAccountAlone()
    {
        var follower = new BookFollower(SurfaceChoice.Present, RiskSnapshot.Form, rotation: 0, workers: 2);
        ProtocolBook[] books = Books(60);

        // Forward, back to earlier ones and across to others: what a reorganisation does.
        foreach (int at in (int[])[0, 1, 2, 3, 1, 5, 4, 0, 5])
        {
            ProtocolBook book = books[at];
            RiskSnapshot snapshot = RiskSnapshot.Of(follower, book, book.LatestCheckpoint!);

            Assert.Equal(book.Accounts.Count, follower.Engine.Count);
            foreach (BookAccount account in book.Accounts.Values)
            {
                AccountRisk alone = snapshot.Of(account);
                Assert.True(follower.Engine.TryFind(account.Id, out AccountFigures figures, out MarginError error));
                Assert.Equal(alone.Error, error);
                Assert.Equal(alone.Figures, figures);
                Assert.Equal(alone.IsUnderWater, snapshot.UnderWater.Contains(account.Id));
            }
        }
    }

    [Fact]
    public void Build_AnyBookAfterAnyOther_SignsTheIntegersOfEachAccountAlone()
    {
        var builder = new AttestationBuilder(workers: 2);
        ProtocolBook[] books = Books(60);
        AttestedBook? before = null;
        foreach (int at in (int[])[0, 1, 2, 3, 1, 5, 4, 0, 5])
        {
            ProtocolBook book = books[at];
            CheckpointInputs inputs = book.LatestCheckpoint!;
            RiskRegistry.RiskAttestation[] alone = [.. book.Accounts.Values.Select(account => AttestationBuilder.Attest(account, book, inputs))];

            AttestedBook made = builder.Build(book, inputs, before?.Checkpoint == inputs.Id ? before : null, CancellationToken.None);

            Assert.Equal(alone, made.Attestations);
            Assert.Equal(new AttestedBook(inputs.Id, alone).Root, made.Root);
            before = made;
        }
    }

    [Fact]
    public void Nearest_AnyCount_ListsThoseWithTheLeastExcessForTheirMargin()
    {
        ProtocolBook book = Books(200)[0];
        var follower = new BookFollower(SurfaceChoice.Present, RiskSnapshot.Form, rotation: 0, workers: 2);
        follower.Follow(book, book.LatestCheckpoint!);
        var listed = new List<ulong>();

        follower.Engine.Nearest(20, listed);

        decimal Share(ulong id) => follower.Engine.TryFind(id, out AccountFigures f, out MarginError error) && error == MarginError.None && f.MaintenanceE8 > 0 ? (decimal)(f.EquityE8 - f.MaintenanceE8) / (decimal)f.MaintenanceE8 : -1;
        ulong[] healthy = [.. book.Accounts.Keys.Where(id => Share(id) >= 0)];
        Assert.Equal(20, listed.Count);
        Assert.True(healthy.Length > 40);
        Assert.All(listed, id => Assert.True(Share(id) >= 0));

        // Shares are ordered in steps of 2⁻¹⁶.
        decimal largest = listed.Max(Share);
        Assert.All(healthy.Except(listed), id => Assert.True(Share(id) >= largest - (1m / 32768)));
    }

    /// <summary>Books of the same market that grow, change and lose accounts, at three checkpoints.</summary>
    private ProtocolBook[] Books(int accounts)
    {
        CheckpointInputs[] inputs = [Solver.Tests.Books.Inputs(1, Solver.Tests.Books.Start, 2000), Solver.Tests.Books.Inputs(2, Solver.Tests.Books.Start + 60, 1700), Solver.Tests.Books.Inputs(3, Solver.Tests.Books.Start + 120, 2400)];
        ProtocolBook first = Solver.Tests.Books.Of([inputs[0]], [.. Enumerable.Range(1, accounts).Select(i => Account((ulong)i))]);
        ProtocolBook Then(ProtocolBook book, CheckpointInputs at, params BookAccount[] changed) => book with
        {
            Accounts = changed.Aggregate(book.Accounts, static (table, account) => table.With(account)),
            Checkpoints = book.Checkpoints.SetItem(at.Id, at),
        };
        ProtocolBook second = Then(first, inputs[0], Account(3), Account(17), Account((ulong)accounts + 1));
        ProtocolBook third = Then(second, inputs[1], Account(17));
        ProtocolBook fourth = Then(third, inputs[2], Account(2), Account(1000));
        return [first, second, third, Then(third, inputs[2]), fourth, Then(first, inputs[0], Account(9))];
    }

    private BookAccount Account(ulong id)
    {
        ImmutableArray<Balance> balances = _random.Next(3) switch
        {
            0 => [],
            1 => [new Balance(0, (UInt128)_random.Next(1, 1_000_000_000))],
            _ => [new Balance(0, (UInt128)_random.Next(1, 1_000_000_000)), new Balance(1, (UInt128)_random.NextInt64(1, 2_000_000_000_000_000_000))],
        };
        BookAccount account = Solver.Tests.Books.Account(id, _random.NextInt64(-100, 1500) * Solver.Tests.Books.One, _random.NextInt64(-3, 4) * Solver.Tests.Books.One + 7, 2000 * Solver.Tests.Books.One, balances);

        // One in ten holds what the checkpoint does not know: it can be held, but not computed.
        AccountState state = _random.Next(10) == 0 ? account.State with { Positions = [new Position(Instrument.Perpetual(5), 1, 0)] } : account.State;
        byte[] bytes = state.Pack();
        return account with { State = state, StateBytes = bytes, StateHash = Ethereum.Hashing.Keccak256.Hash(bytes) };
    }
}
