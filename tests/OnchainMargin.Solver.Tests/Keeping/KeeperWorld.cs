using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Tests.Transactions;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>A key, a store, a node and prices, over which keepers can be made again and again, as after a restart.</summary>
public abstract class KeeperWorld : IDisposable
{
    private protected const int Sinking = 12;

    private protected KeeperWorld()
    {
    }

    private protected static DeploymentRecord Deployment { get; } = new() { ChainId = 31337, Block = 1, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [] };

    private protected PrivateKey Key { get; } = PrivateKey.Parse("0x" + new string('1', 64), "a test");

    private protected SolverStore Store { get; } = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);

    private protected FakeTransactionNode Node { get; } = new();

    private protected CheckpointInputs Live { get; } = Books.Inputs(1, Books.Start, 100);

    public void Dispose()
    {
        Store.Dispose();
        Key.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected IEnumerable<string> Sent() => Node.Broadcasts.Select(static sent => HexData.Encode(sent.Transaction.Data.ToArray()));

    private protected static string Hex(TransactionRequest request) => HexData.Encode(request.Data.ToArray());

    /// <summary>The key of what is done with an account.</summary>
    private protected static string Intent(string decision, BookAccount account) => $"{decision} account {account.Id} at {account.StateHash}";

    /// <summary>Makes a block of all that was sent, and has it seen.</summary>
    private protected async Task MineAsync(TransactionManager manager)
    {
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
    }

    /// <summary>An account that may bid.</summary>
    private protected BookAccount Bidding()
    {
        BookAccount bidder = Books.Account(99, 1000 * Books.One, 0, 0);
        return bidder with { Owner = Key.Address, State = bidder.State with { InterestIndexE12 = 1_000_000_000_000, Positions = [] } };
    }

    /// <summary>A lot that is half sold for some proceeds, or not sold at all where those are negative.</summary>
    private protected static (BookAccount Account, BookLot Lot) Lot(ulong id, ulong of, int cash, int proceeds)
    {
        BookAccount account = UnderWater(of, 1) with { OpenLot = id };
        AccountState state = account.State with { CashE8 = cash * Books.One, Positions = [account.State.Positions[0] with { SizeE8 = Books.One, CostE8 = 120 * Books.One }] };
        bool isSold = proceeds >= 0;
        return (account, new BookLot
        {
            Id = id,
            Account = of,
            Keeper = default,
            LotHash = Keccak256.HashUtf8($"lot {id}"),
            State = state.Pack(),
            Balances = [],
            EquityE8 = 0,
            MaintenanceE8 = 14 * (UInt128)Books.One,
            ForSaleE8 = 100_000_000,
            SoldE8 = isSold ? 50_000_000UL : 0,
            ProceedsE8 = isSold ? (UInt128)(proceeds * Books.One) : 0,
            BiddingFromSeconds = 0,
            StartSeconds = 0,
            StartedInBlock = 4,
        });
    }

    private protected static ProtocolBook Book(byte last = 1, int cash = 1) => BookOf([], [.. Enumerable.Range(1, Sinking).Select(id => UnderWater((ulong)id, last, cash))]);

    private protected static ProtocolBook BookOf(IEnumerable<BookLot> lots, params BookAccount[] accounts) => Books.Of([Books.Inputs(1, Books.Start, 100)], accounts) with
    {
        BlockNumber = 5,
        BlockHash = Keccak256.HashUtf8("block 5"),
        Lots = lots.ToImmutableSortedDictionary(static lot => lot.Id, static lot => lot),
        Parameters = ProtocolBook.Empty.Parameters with { Liquidation = ProtocolBook.Empty.Parameters.Liquidation with { TargetE8 = 110_000_000 } },
    };

    private protected static KeeperOptions Paying { get; } = new() { DutyCostE8 = Books.One / 100, NativePriceE8 = 1000 * Books.One };

    /// <summary>A book whose starts are paid for.</summary>
    private protected static ProtocolBook PayingBook()
    {
        ProtocolBook book = Book(cash: 100);
        return book with { Parameters = book.Parameters with { Liquidation = book.Parameters.Liquidation with { NativeUnderlying = 1, RewardGas = 200_000, RewardMaxE8 = 5_000_000, RewardMostE8 = 1000 * (ulong)Books.One } } };
    }

    /// <summary>Has the chain refuse a call the first time, and take it from then on.</summary>
    /// <returns>Each time that it was asked for.</returns>
    private protected List<string> RefuseOnce(TransactionRequest request, IContractError error)
    {
        var asked = new List<string>();
        string call = Hex(request);
        Node.BeforeEstimate = (data, _) =>
        {
            if (string.Equals(HexData.Encode(data), call, StringComparison.Ordinal))
            {
                asked.Add(call);
            }

            return asked.Count != 1 ? Task.CompletedTask : throw new RevertException("The call", new CustomErrorReason([], error));
        };
        return asked;
    }

    private protected TransactionManager Manager(TimeProvider time, int gasRoom = 1_000_000, decimal maxCostEther = 1) => new(Node, new SigningKey(Key, 31337), Store, new TransactionOptions { GasRoom = gasRoom, MaxCostEther = maxCostEther }, time, NullLogger<TransactionManager>.Instance);

    private protected static BookAccount UnderWater(ulong id, byte last, int cash = 1)
    {
        BookAccount account = Books.Account(id, cash * Books.One, 10 * Books.One, 100 * Books.One);
        return account with { State = account.State with { InterestIndexE12 = 1_000_000_000_000 }, StateHash = new Hash32([.. Keccak256.HashUtf8($"state {id}").ToArray()[..31], last]) };
    }

    private protected async Task LookAsync(ProtocolBook book, TimeProvider? clock = null, KeeperOptions? options = null, ILogger<KeeperRole>? logger = null, TransactionManager? manager = null, int pay = 0, ulong heldUntil = 0)
    {
        TimeProvider time = clock ?? TimeProvider.System;
        using TransactionManager own = Manager(time);
        using KeeperLooks keeper = await KeeperAsync(manager ?? own, time, options, logger, pay, heldUntil);
        await keeper.LookAsync(book);
    }

    private protected async Task<KeeperLooks> KeeperAsync(TransactionManager manager, TimeProvider time, KeeperOptions? options = null, ILogger<KeeperRole>? logger = null, int pay = 0, ulong heldUntil = 0, PricesNode? prices = null)
    {
        ProtocolClient client = await ProtocolClient.ConnectAsync(new EthereumNode(prices ?? new PricesNode(Live, pay, heldUntil)), Deployment);
        var books = new Broadcast<IndexedBook>();
        return new KeeperLooks(
            new KeeperRole(books, new Broadcast<HeadTick>(), client, manager, Node, options ?? new KeeperOptions { DutyCostE8 = long.MaxValue, NativePriceE8 = Books.One }, time, logger ?? NullLogger<KeeperRole>.Instance), books);
    }
}
