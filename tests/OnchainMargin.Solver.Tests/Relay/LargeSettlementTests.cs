using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>Signatures of contracts may have any length, and nodes take no transaction of more than 128 KB.</summary>
public sealed class LargeSettlementTests : RelayWorld
{
    private const int NodeMost = 131_072;

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public async Task Submit_LongSignature_IsTakenUpToABound(int bytes, bool isTaken)
    {
        Clearinghouse.SignedOrder signed = World.Sign(1, -Tenth, Btc, 1) with { Signature = new byte[bytes] };
        OrderOutcome outcome = await Relay.SubmitAsync(signed, null, CancellationToken.None);
        Assert.Equal(isTaken ? "" : "The signature has 2049 bytes, and this relay takes 2048 at most; sign with a key, or with a contract whose signatures are shorter.", outcome.Refusal);
    }

    /// <summary>Nodes take nothing that may cost more than an ether: four fills need 8 million gas, at 200 gwei.</summary>
    [Fact]
    public async Task RunOnce_SettlementCostsMoreThanNodesTake_IsDividedAndNobodyIsAtFault()
    {
        World.Node.Balance = (UInt256)1_000_000_000UL * 100_000_000_000UL;
        World.Node.Asked = new(402_000_000_000UL, 2_000_000_000UL);
        ulong gasOfAFill = 2_000_000;
        World.Node.BeforeEstimate = (data, _) =>
        {
            World.Node.Gas = IsSettlement(data) ? gasOfAFill * (ulong)Call(data).Item3.Length : 21_000;
            return Task.CompletedTask;
        };
        RestingOrder[] orders = await FourMatchesAsync();
        for (int i = 0; i < 6; i++)
        {
            await RoundAsync();
        }

        Assert.Equal([1, 1, 1, 1], Sent().Select(static call => call.Item3.Length));
        Assert.All(orders, static order => Assert.Equal(OrderStatus.Filled, order.Status));

    }

    /// <summary>Two owners rest, for nothing and for weeks, a pair whose fill alone is too dear: others are filled meanwhile, also who met the dear one, and nobody sees size where there is none to have.</summary>
    [Fact]
    public async Task RunOnce_FillAloneCostsMoreThanNodesTake_IsOutOfItsBookUntilGasIsCheaperAndHoldsNobodyUp()
    {
        World.Node.Balance = (UInt256)1_000_000_000UL * 100_000_000_000UL;
        World.Node.Asked = new(402_000_000_000UL, 2_000_000_000UL);
        int dear = 0;
        World.Node.BeforeEstimate = (data, _) =>
        {
            // Account 2 holds options.
            bool isDear = IsSettlement(data) && Call(data).Item1.Any(static input => input.Account == 2);
            World.Node.Gas = isDear ? 6_000_000 : IsSettlement(data) ? 2_000_000 : 21_000UL;
            dear += isDear ? 1 : 0;
            return Task.CompletedTask;
        };
        RestingOrder heavy = await TakenAsync(World.Sign(2, -Tenth, Btc / 100 * 99, 1));
        RestingOrder taker = await TakenAsync(World.Sign(1, Tenth, Btc, 1));
        await RoundAsync();
        Assert.Equal((OrderStatus.Resting, OrderStatus.Resting, true), (heavy.Status, taker.Status, heavy.IsAside));
        Assert.Contains("gas is too dear now for a fill of it", heavy.Reason, StringComparison.Ordinal);
        Assert.Empty(Orders.Levels(Instrument.Perpetual(1)).Asks);

        RestingOrder honest = await TakenAsync(World.Sign(3, -Tenth, Btc, 1));
        await RoundAsync();
        await RoundAsync();
        Assert.Equal([OrderStatus.Filled, OrderStatus.Filled, OrderStatus.Resting], new[] { taker, honest, heavy }.Select(static order => order.Status));

        // Each time that it meets somebody costs an estimate or two, and the times lie further and further apart.
        RestingOrder second = await TakenAsync(World.Sign(1, Tenth, Btc, 2));
        for (int i = 0; i < 40; i++)
        {
            await RoundAsync();
        }

        Assert.InRange(dear, 4, 7);
        World.Node.Asked = new(20_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 64; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((OrderStatus.Filled, OrderStatus.Filled, 0), (heavy.Status, second.Status, heavy.TimesAside));
    }

    /// <summary>An order that may only rest comes back across another that came to rest meanwhile: nobody takes off others' orders by one that is too dear.</summary>
    [Fact]
    public async Task RunOnce_DearOrderThatMayOnlyRestComesBackAcrossAnother_EndsItself()
    {
        World.Node.Balance = (UInt256)1_000_000_000UL * 100_000_000_000UL;
        World.Node.Asked = new(402_000_000_000UL, 2_000_000_000UL);
        World.Node.BeforeEstimate = (data, _) =>
        {
            World.Node.Gas = IsSettlement(data) ? 6_000_000UL : 21_000;
            return Task.CompletedTask;
        };
        RestingOrder heavy = await TakenAsync(World.Sign(2, -Tenth, Btc / 100 * 99, 1, RestingOrder.PostOnly));
        RestingOrder taker = await TakenAsync(World.Sign(1, Tenth, Btc / 100 * 99, 1));
        await RoundAsync();
        Assert.True(heavy.IsAside);
        await CancelAsync(taker);
        RestingOrder bid = await TakenAsync(World.Sign(3, Tenth, Btc, 1, RestingOrder.PostOnly));
        await RoundAsync();
        await RoundAsync();
        Assert.Equal((OrderStatus.Refused, OrderStatus.Resting), (heavy.Status, bid.Status));
    }

    /// <summary>Orders of before the bound lie in the store: three crossings of 64 KB of signatures each, beside an honest one.</summary>
    [Fact]
    public async Task RunOnce_SettlementLargerThanNodesTake_IsDividedAndHoldsNobodyUp()
    {
        World.Node.BeforeBroadcast = static transaction =>
        {
            if (transaction.Raw.Length > NodeMost)
            {
                throw new RpcErrorException("eth_sendRawTransaction", new RpcError(-32000, $"oversized data: transaction size {transaction.Raw.Length}, limit {NodeMost}", null));
            }
        };
        SolverStore store = World.Services.GetRequiredService<SolverStore>();
        for (ulong nonce = 1; nonce <= 3; nonce++)
        {
            store.AddOrder(Long(World.Sign(1, -Tenth, Btc, nonce)));
            store.AddOrder(Long(World.Sign(2, Tenth, Btc, nonce)));
        }

        Restart();
        await RoundAsync();
        RestingOrder honest = await TakenAsync(World.Sign(3, -Tenth, Eth, 1, instrument: Instrument.Perpetual(2)));
        await TakenAsync(World.Sign(1, Tenth, Eth, 9, instrument: Instrument.Perpetual(2)));
        for (int i = 0; i < 5; i++)
        {
            await RoundAsync();
        }

        Assert.Equal(OrderStatus.Filled, honest.Status);
        Assert.Equal(4, Sent().Sum(static call => call.Item3.Length));
        Assert.All(World.Node.Broadcasts, static sent => Assert.InRange(sent.Transaction.Data.Length, 1, 120_000));

        Restart();
        await RoundAsync();
        await TakenAsync(World.Sign(1, -Tenth, Btc, 20));

        static StoredOrder Long(Clearinghouse.SignedOrder signed) => new(signed.Order.Encode(), signed.Signer, new byte[32_000], null);
    }
}
