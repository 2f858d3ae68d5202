using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Tests.Transactions;
using OnchainMargin.Solver.Transactions;
using Xunit.Abstractions;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>The day on which keepers elsewhere fell silent: 12 March 2020, with the gas that blocks asked and the price of ether, ten minutes by ten minutes. The profit model and the
/// transaction manager are the solver's own; blocks are made every 15 seconds of what offers at least the 60th percentile of the price that was paid in those ten minutes.</summary>
public sealed class GasReplayTests(ITestOutputHelper output)
{
    private const long One = BidModel.One;
    private const ulong BidGas = 600_000;
    private const int BlockSeconds = 15;
    private const int BarSeconds = 600;
    private const int RampSeconds = 1200;
    private static readonly long[] Equities = [20, 100, 500, 2_000, 10_000, 50_000];
    private static readonly Address Target = Address.Parse("0x00000000000000000000000000000000000000bb");

    [SharedDataFact("oracle/eth_gas_price_2020-03-12_stablesims.csv")]
    public async Task Keeper_OnTheTwelfthOfMarch_BuysOrSaysWhyNotAndNeverAtALoss()
    {
        using var key = PrivateKey.Parse("0x" + new string('1', 64), "a test");
        using SolverStore store = TestStore.Open(31337, Target);
        var node = new FakeTransactionNode();
        var time = new FakeTime();
        using var manager = new TransactionManager(
            node, new SigningKey(key, 31337), store, new TransactionOptions { MaxFeePerGasGwei = 2_000, MaxCostEther = 10, SettledAfterBlocks = 3 }, time, NullLogger<TransactionManager>.Instance);

        (UInt256 AskedWei, long EtherE8)[] bars = Bars();
        var open = new List<ReplayLot>();
        var lots = new List<ReplayLot>();
        Int128 profit = 0, withdrawals = 0;
        int withdrawn = 0;
        UInt256 suggested = bars[0].AskedWei;
        for (int bar = 0; bar < bars.Length; bar++)
        {
            (UInt256 asked, long ether) = bars[bar];

            // What a node suggests is what was paid of late, so it lags by a bar; no lots begin in the last hour, so that each has its time.
            node.Asked = new GasOffer(suggested, suggested);
            if (bar < bars.Length - 6)
            {
                ReplayLot[] begun = [.. Equities.Select(equity => new ReplayLot($"lot {lots.Count}/{equity}", equity * One))];
                lots.AddRange(begun);
                open.AddRange(begun);
            }

            for (int second = 0; second < BarSeconds; second += BlockSeconds)
            {
                foreach (ReplayLot lot in open)
                {
                    lot.AgeSeconds += BlockSeconds;
                    await ConsiderAsync(manager, lot, suggested, ether);
                }

                await manager.RunOnceAsync(CancellationToken.None);
                foreach (SignedTransaction mined in node.Mine(asked))
                {
                    var transaction = (FeeMarketTransaction)mined.Transaction;
                    if (transaction.Data.IsEmpty)
                    {
                        withdrawn++;
                        withdrawals += BidModel.GasE8(transaction.GasLimit, transaction.MaxFeePerGasWei, ether);
                        continue;
                    }

                    // Gas was paid as bid in those days. Later blocks ask less for the lot, so what was planned to be paid is the most.
                    ReplayLot bought = open.Single(lot => lot.Plan is { } plan && lot.Data.AsSpan().SequenceEqual(transaction.Data.Span));
                    BidTerms terms = bought.Plan!.Terms;
                    Int128 net = terms.ShareE8 - terms.PayE8 - terms.HedgeE8 - BidModel.GasE8(BidGas, transaction.MaxFeePerGasWei, ether);
                    Assert.True(net > 0, $"{bought.Name} was bought at a loss of {BidModel.Money(-net)}: gas at {BidModel.Gwei(transaction.MaxFeePerGasWei)} gwei");
                    profit += net;
                    bought.IsBought = true;
                    open.Remove(bought);
                }

                time.Pass(BlockSeconds);
            }

            suggested = asked;
        }

        foreach (long equity in Equities)
        {
            ReplayLot[] such = [.. lots.Where(lot => lot.EquityE8 == equity * One)];
            ReplayLot[] bought = [.. such.Where(static lot => lot.IsBought)];
            output.WriteLine($"equity {equity}: {bought.Length} of {such.Length} bought, in {(bought.Length == 0 ? 0 : bought.Average(static lot => lot.AgeSeconds)):0} s on average");
        }

        output.WriteLine($"profit {BidModel.Money(profit)}, {withdrawn} nonces given back for {BidModel.Money(withdrawals)}");
        Assert.All(lots.Where(static lot => !lot.IsBought), static lot => Assert.Contains("least profit", lot.Reason, StringComparison.Ordinal));
        Assert.All(lots.Where(static lot => lot.EquityE8 >= 2_000 * One), static lot => Assert.True(lot.IsBought, $"{lot.Name} was not bought: {lot.Reason}"));
        Assert.Contains(lots, static lot => !lot.IsBought);
        Assert.True(profit > withdrawals);
    }

    private static async Task ConsiderAsync(TransactionManager manager, ReplayLot lot, UInt256 suggested, long etherE8)
    {
        if (manager.IsUnderWay(lot.Name))
        {
            return;
        }

        // The discount grows to a fifth in twenty minutes; hedging costs three tenths of a percent of a notional five times the equity.
        Int128 discount = lot.EquityE8 / 5 * Math.Min(lot.AgeSeconds, RampSeconds) / RampSeconds;
        var terms = new BidTerms
        {
            FractionE8 = 100_000_000,
            ShareE8 = lot.EquityE8,
            PayE8 = lot.EquityE8 - discount,
            HedgeE8 = lot.EquityE8 * 5 * 3 / 1000,
            Gas = manager.WithMargin(BidGas),
            OfferWei = suggested,
            CapWei = manager.CapWei,
            NativePriceE8 = etherE8,
            MinimumProfitE8 = One,
        };
        if (BidModel.Judge(terms, out string reason) is not { } plan)
        {
            lot.Reason = reason;
            return;
        }

        lot.Plan = plan;
        lot.Data = System.Text.Encoding.UTF8.GetBytes($"{lot.Name} at {lot.AgeSeconds}");
        await manager.SubmitAsync(new TransactionIntent(lot.Name, Target, lot.Data) { GasLimits = manager.GasLimitsOf(0, BidGas), MostFeePerGasWei = plan.CeilingWei }, CancellationToken.None);
    }

    private static (UInt256 AskedWei, long EtherE8)[] Bars()
    {
        var prices = TestFiles.Rows("prices/eth_usd_10m_2020-03-12_stablesims.csv").ToDictionary(static row => row["timestamp"], static row => row["close"], StringComparer.Ordinal);
        return [.. TestFiles.Rows("oracle/eth_gas_price_2020-03-12_stablesims.csv").Select(row => (
            (UInt256)(ulong)double.Parse(row["p60_wei"], CultureInfo.InvariantCulture),
            (long)(double.Parse(prices[row["timestamp"]], CultureInfo.InvariantCulture) * One)))];
    }

    private sealed class ReplayLot(string name, long equityE8)
    {
        public string Name { get; } = name;

        public long EquityE8 { get; } = equityE8;

        public int AgeSeconds { get; set; }

        public bool IsBought { get; set; }

        public string Reason { get; set; } = "";

        public BidPlan? Plan { get; set; }

        public byte[] Data { get; set; } = [];
    }
}
