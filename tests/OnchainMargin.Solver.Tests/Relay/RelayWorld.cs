using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>A relay with its role, over a node that does as it is told.</summary>
public abstract class RelayWorld : IAsyncLifetime
{
    private protected const long One = ApiWorld.One;
    private protected const long Tenth = One / 10;
    private protected const long Btc = ApiWorld.BtcE8;
    private protected const long Eth = ApiWorld.EthE8;
    private protected const ulong MostGas = 1 << 24;

    private protected ApiWorld World { get; init; } = new();

    private protected OrderBooks Orders { get; private set; } = null!;

    private protected OrderRelay Relay { get; private set; } = null!;

    private protected RelayRole Role { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await World.InitializeAsync();
        World.Trial.Attested = (null, "no attestation fits");
        Use(World.Orders, World.OrderRelay);
    }

    public async Task DisposeAsync()
    {
        Role.Dispose();
        await World.DisposeAsync();
    }

    private protected static TransactionTooLargeException TooMuchGas() => new(new RpcErrorException("eth_estimateGas", new RpcError(-32000, "gas required exceeds allowance (16777216)", null)));

    private protected static RevertException Reverted(IContractError error) => new("The transaction, when simulated,", new CustomErrorReason([], error));

    private protected static bool IsSettlement(byte[] data) => data.Length > 0;

    private protected static Clearinghouse.SettleCall Call(ReadOnlyMemory<byte> data) => Clearinghouse.SettleCall.Decode(data.Span);

    private protected static BookAccount With(BookAccount account)
    {
        AccountState richer = account.State with { CashE8 = account.State.CashE8 + One };
        byte[] packed = richer.Pack();
        return account with { State = richer, StateBytes = packed, StateHash = Ethereum.Hashing.Keccak256.Hash(packed) };
    }

    private protected Clearinghouse.SettleCall[] Sent() => [.. World.Node.Broadcasts.Select(static sent => Call(sent.Transaction.Data))];

    private protected TransactionManager Manager => World.Services.GetRequiredService<TransactionManagers>().Of(World.Services.GetRequiredService<SolverKeys>().Relay!);

    private protected void Use(OrderBooks orders, OrderRelay relay, RelayClock? clock = null)
    {
        (Orders, Relay) = (orders, relay);
        Role = ActivatorUtilities.CreateInstance<RelayRole>(World.Services, orders, relay, new ProtocolCalls(World.Deployment.Contracts), Manager, new RelayOptions(), clock ?? World.Services.GetRequiredService<RelayClock>());
    }

    /// <summary>The process ends and another begins with the same store.</summary>
    private protected void Restart()
    {
        Role.Dispose();
        var clock = ActivatorUtilities.CreateInstance<RelayClock>(World.Services);
        var orders = ActivatorUtilities.CreateInstance<OrderBooks>(World.Services);
        Use(orders, ActivatorUtilities.CreateInstance<OrderRelay>(World.Services, orders, clock), clock);
    }

    /// <summary>A block comes, and the relay has a round on it.</summary>
    private protected async Task RoundAsync()
    {
        await MineAsync();
        await Role.RunOnceAsync(CancellationToken.None);
    }

    /// <summary>What was sent is reverted in a block, and the relay has a round on it.</summary>
    private protected async Task RevertedRoundAsync()
    {
        World.Node.RevertsWhenMined = true;
        await MineAsync();
        World.Node.RevertsWhenMined = false;
        await Role.RunOnceAsync(CancellationToken.None);
    }

    /// <summary>Does something to the store behind its back.</summary>
    private protected void Execute(string statement)
    {
        using DbCommand command = World.Services.GetRequiredService<SolverStore>().Connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    /// <summary>The chain tells something in the next block.</summary>
    private protected void Tell(string declaration, params object[] values)
    {
        SolverStore store = World.Services.GetRequiredService<SolverStore>();
        ulong number = World.Books.Current!.Book.BlockNumber + 1;
        StoredBlock? head = store.Head();
        uint index = head?.Number == number ? (uint)store.LogsFrom(number).Count() : 0;
        LogEntry log = TestLogs.Make(World.Deployment.Contracts.Clearinghouse, declaration, number, values) with { LogIndex = index };
        store.Append(head?.Number == number ? [] : [new StoredBlock(number, new Hash32(number, 1, 2, 3), new Hash32(number - 1, 1, 2, 3), World.Books.Current!.Book.BlockTimeSeconds)], [log]);
    }

    private protected async Task MineAsync(UInt256 leastFeeWei = default)
    {
        World.Node.Mine(leastFeeWei);
        await Manager.RunOnceAsync(CancellationToken.None);
        World.Change(static book => book with { BlockNumber = book.BlockNumber + 1 });
    }

    private protected async Task<RestingOrder[]> FourMatchesAsync(ulong firstNonce = 1)
    {
        var orders = new List<RestingOrder>();
        for (ulong nonce = firstNonce; nonce < firstNonce + 4; nonce++)
        {
            orders.Add(await TakenAsync(World.Sign(1, -Tenth, Btc, nonce)));
            orders.Add(await TakenAsync(World.Sign(2, Tenth, Btc, nonce)));
        }

        return [.. orders];
    }

    private protected async Task CancelAsync(RestingOrder order) => Assert.Equal("", (await Relay.CancelAsync(order.Account, order.Nonce, null, [1, 2], CancellationToken.None)).Refusal);

    private protected async Task<RestingOrder> TakenAsync(Clearinghouse.SignedOrder signed)
    {
        OrderOutcome outcome = await Relay.SubmitAsync(signed, null, CancellationToken.None);
        Assert.Equal("", outcome.Refusal);
        return outcome.Order!;
    }
}
