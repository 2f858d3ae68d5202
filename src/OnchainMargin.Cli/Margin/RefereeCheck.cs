using System.Numerics;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;
using Held = OnchainMargin.Protocol.Book.Balances;

namespace OnchainMargin.Cli.Margin;

/// <summary>Compares every integer of the engine's reports with the Solidity referee's.</summary>
internal sealed class RefereeCheck(RefereeNode node, Book book)
{
    private const int BatchSize = 25;
    private const byte Present = (byte)SurfaceChoice.Present;

    private readonly byte[] _checkpoint = book.Checkpoint.InputsPreimage(bytes => Keccak256.Hash(bytes).ToArray());
    private readonly byte[] _records = [.. book.Checkpoint.Underlyings.SelectMany(u => u.Pack())];
    private long _compared;

    /// <summary>Runs the referee on a local node over all accounts.</summary>
    /// <param name="book">The book.</param>
    /// <param name="reports">The engine's reports.</param>
    /// <param name="root">The repository, or null to look for it.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The number of integers compared, all equal.</returns>
    /// <exception cref="CliException">An integer differs, or the referee cannot be run.</exception>
    public static async Task<long> RunAsync(Book book, IReadOnlyList<AccountReport> reports, string? root, CancellationToken cancellation)
    {
        await using RefereeNode node = await RefereeNode.StartAsync(RepositoryRoot.Find(root), cancellation);
        var check = new RefereeCheck(node, book);
        foreach (AccountReport[] batch in reports.Chunk(BatchSize))
        {
            await check.CompareAsync(batch, cancellation);
        }

        return check._compared;
    }

    private async Task CompareAsync(AccountReport[] batch, CancellationToken cancellation)
    {
        Input[] inputs = [.. batch.Select(report => new Input(report.Account.State.Pack(), Held.Pack(report.Account.Balances), Best(report)))];
        RefereeReports.Breakdown[] breakdowns = await CallAsync<RefereeReports.Breakdown>(
            inputs, (state, balances, _) => new RefereeReports.BreakdownCall(state, balances, _checkpoint, _records, Present), node.Reports, cancellation);
        Referee.Figures[] figures = await CallAsync<Referee.Figures>(
            inputs, (state, balances, _) => new Referee.HealthCall(state, balances, _checkpoint, _records, Present), node.Referee, cancellation);
        Ethereum.UInt256[] standards = await CallAsync<Ethereum.UInt256>(
            inputs, (state, balances, _) => new Referee.StandardMarginCall(state, balances, _checkpoint, _records, Present), node.Referee, cancellation);
        Referee.WitnessMarginResult[] witnesses = await CallAsync<Referee.WitnessMarginResult>(
            inputs, (state, balances, witness) => new Referee.WitnessMarginCall(state, balances, _checkpoint, _records, Present, witness), node.Referee, cancellation);
        for (int i = 0; i < batch.Length; i++)
        {
            var account = new AccountCheck(this, batch[i]);
            account.Figures(figures[i].EquityE8, figures[i].MaintenanceE8, figures[i].InitialE8, figures[i].FloorE8, figures[i].FloorEquityE8, figures[i].LeastCashE8);
            account.Equal("standardMargin", batch[i].Report.StandardE8, standards[i]);
            account.Witness(book, inputs[i].Witness, witnesses[i]);
            account.Breakdown(breakdowns[i]);
        }
    }

    private byte[] Best(AccountReport report) => OnchainMargin.Margin.Witness.Best(report.Account.State, report.Account.Balances.AsSpan(), book.View, SurfaceChoice.Present);

    private async Task<TResult[]> CallAsync<TResult>(
        Input[] inputs, Func<byte[], byte[], byte[], IContractCall<TResult>> call, Ethereum.Address contract, CancellationToken cancellation) =>
        await node.Node.CallManyAsync(contract, [.. inputs.Select(input => call(input.State, input.Balances, input.Witness))], cancellationToken: cancellation);

    private sealed record Input(byte[] State, byte[] Balances, byte[] Witness);

    /// <summary>Compares the integers of one account.</summary>
    private sealed class AccountCheck(RefereeCheck check, AccountReport account)
    {
        private MarginReport Report => account.Report;

        public void Equal(string what, Int128 engine, BigInteger referee)
        {
            check._compared++;
            if ((BigInteger)engine != referee)
            {
                throw new CliException($"The {what} of account {account.Account.Name} differs: the engine has {engine}, the referee {referee}. Report both numbers with this book; one of the two implementations is wrong.");
            }
        }

        public void Figures(BigInteger equity, BigInteger maintenance, BigInteger initial, BigInteger floor, BigInteger floorEquity, BigInteger leastCash)
        {
            AccountFigures figures = Report.Figures;
            Equal("equity", figures.EquityE8, equity);
            Equal("maintenanceMargin", figures.MaintenanceE8, maintenance);
            Equal("initialMargin", figures.InitialE8, initial);
            Equal("floorMargin", figures.FloorE8, floor);
            Equal("floorEquity", figures.FloorEquityE8, floorEquity);
            Equal("leastCash", figures.LeastCashE8, leastCash);
        }

        public void Witness(Book book, byte[] witness, Referee.WitnessMarginResult referee)
        {
            OnchainMargin.Margin.Witness.Evaluate(account.Account.State, account.Account.Balances.AsSpan(), book.View, SurfaceChoice.Present, witness, out Int128 equityE8, out Int128 shownE8);
            (var equityThere, var shownThere) = referee;
            Equal("equity under the witness", equityE8, equityThere);
            Equal("margin that the witness shows", shownE8, shownThere);
        }

        public void Breakdown(RefereeReports.Breakdown referee)
        {
            RefereeReports.Figures f = referee.Figures;
            Figures(f.EquityE8, f.MaintenanceE8, f.InitialE8, f.FloorE8, f.FloorEquityE8, f.LeastCashE8);
            Equal("collateralValue", Report.CollateralValueE8, referee.CollateralValueE8);
            Equal("haircut", Report.HaircutE8, referee.HaircutE8);
            Equal("number of underlyings", Report.Underlyings.Length, referee.Underlyings.Length);
            Equal("number of groups", Report.Groups.Length, referee.Groups.Length);
            for (int i = 0; i < referee.Underlyings.Length; i++)
            {
                Underlying(Report.Underlyings[i], referee.Underlyings[i]);
            }

            for (int i = 0; i < referee.Groups.Length; i++)
            {
                Group(Report.Groups[i], referee.Groups[i]);
            }
        }

        private void Underlying(UnderlyingReport engine, RefereeReports.UnderlyingBreakdown referee)
        {
            string of = $"of underlying {engine.Underlying}";
            Equal($"number {of}", engine.Underlying, referee.Underlying);
            Equal($"group {of}", engine.Group, referee.Group);
            Equal($"scenario {of}", engine.Scenario24E8, referee.Scenario24E8);
            Equal($"between {of}", engine.Between24E8, referee.Between24E8);
            Equal($"worst point {of}", engine.Worst.Code, referee.WorstPoint);
            Equal($"shortOptionMinimum {of}", engine.ShortMinimumE8, referee.ShortMinimumE8);
            for (int s = 0; s < engine.Weighted24E8.Length; s++)
            {
                Equal($"scenario {s} {of}", engine.Weighted24E8[s], referee.Weighted24E8[s]);
            }

            Equal($"netDelta {of}", engine.NetE8, referee.NetE8);
            Equal($"grossDelta {of}", engine.GrossE8, referee.GrossE8);
            Equal($"basis {of}", engine.BasisE8, referee.BasisE8);
            Equal($"liquidity {of}", engine.LiquidityE8, referee.LiquidityE8);
            Equal($"vega {of}", engine.VegaE8, referee.VegaE8);
            Equal($"stale {of}", engine.StaleE8, referee.StaleE8);
            Equal($"rate {of}", engine.RateE8, referee.RateE8);
            Equal($"spread {of}", engine.SpreadE8, referee.SpreadE8);
        }

        private void Group(GroupReport engine, RefereeReports.GroupBreakdown referee)
        {
            string of = $"of group {engine.Group}";
            Equal($"number {of}", engine.Group, referee.Group);
            Equal($"scenario {of}", engine.Scenario24E8, referee.Scenario24E8);
            Equal($"between {of}", engine.Between24E8, referee.Between24E8);
            Equal($"worst point {of}", engine.Worst.Code, referee.WorstPoint);
            Equal($"losses alone {of}", engine.Loss24E8, referee.Loss24E8);
            Equal($"nettingFloor {of}", engine.NettingFloor24E8, referee.NettingFloor24E8);
            Equal($"shortOptionMinimum {of}", engine.ShortMinimumE8, referee.ShortMinimumE8);
            Equal($"margin {of}", engine.MaintenanceE8, referee.MaintenanceE8);
        }
    }
}
