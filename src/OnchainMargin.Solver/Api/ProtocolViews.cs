using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Models.Portfolios;
using OnchainMargin.Models.Simulation;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Api;

/// <summary>Turns the solver's snapshots into what the API answers. Every margin in an answer was computed by the margin engine.</summary>
internal sealed class ProtocolViews(Broadcast<IndexedBook> books, Broadcast<RiskSnapshot> risks, AttestedBooks attested)
{
    /// <summary>The newest book; null while the index is empty.</summary>
    public ProtocolBook? Book => books.Current?.Book;

    /// <summary>An account; null when it was never opened.</summary>
    public AccountView? Account(ulong id) => Book is { } book && book.Accounts.TryGetValue(id, out BookAccount? account) ? View(account) : null;

    /// <summary>A page of accounts, ascending.</summary>
    public PageOfAccounts? Accounts(ulong after, int limit, bool onlyUnderWater)
    {
        if (Book is not { } book)
        {
            return null;
        }

        AccountView[] items =
        [
            .. book.Accounts.Values.Where(account => account.Id > after && (!onlyUnderWater || Risk(account.Id) is { IsUnderWater: true })).Take(limit + 1).Select(View),
        ];
        return new PageOfAccounts(ApiNumbers.Text(book.BlockNumber), [.. items.Take(limit)], items.Length > limit ? items[limit - 1].Id : null);
    }

    /// <summary>Every term of an account's margin at the last checkpoint; null when there is none.</summary>
    public BreakdownView? Breakdown(ulong id)
    {
        if (Risk(id) is not { Error: MarginError.None } risk || risks.Current is not { } snapshot)
        {
            return null;
        }

        MarginReport report = MarginEngine.Report(snapshot.Book.Settlements.Settle(risk.Account.State), risk.Account.Balances.AsSpan(), snapshot.Inputs.View);
        return new BreakdownView(
            Figures(risk, snapshot.Inputs),
            ApiNumbers.Text(report.StandardE8),
            ApiNumbers.Text(report.CollateralValueE8),
            ApiNumbers.Text(report.HaircutE8),
            [.. report.Underlyings.Select(static u => new UnderlyingView(
                ApiNumbers.Text(u.Underlying), ApiNumbers.Text(u.Group), u.WorstScenario, [.. u.Weighted24E8.Select(ApiNumbers.Text)], ApiNumbers.Text(u.BasisE8), ApiNumbers.Text(u.LiquidityE8), ApiNumbers.Text(u.VegaE8), ApiNumbers.Text(u.RateE8), ApiNumbers.Text(u.NetE8), ApiNumbers.Text(u.GrossE8)))],
            [.. report.Groups.Select(static g => new GroupView(ApiNumbers.Text(g.Group), ApiNumbers.Text(g.MaintenanceE8), ApiNumbers.Text(g.Joint24E8), g.WorstScenario))]);
    }

    /// <summary>The simulated tail of an account's loss at the last checkpoint; null when there is none. Part of no decision.</summary>
    public TailView? Tail(ulong id, int horizonHours, double level)
    {
        if (Risk(id) is not { Error: MarginError.None } risk || risks.Current is not { } snapshot)
        {
            return null;
        }

        Checkpoint checkpoint = snapshot.Inputs.Checkpoint;
        AccountState state = snapshot.Book.Settlements.Settle(risk.Account.State);
        var revaluation = new Revaluation(checkpoint);
        RiskPosition[] positions = revaluation.Add(state, risk.Account.Balances.AsSpan());
        double years = horizonHours / TailView.HoursPerYear;
        AccountTail tail = new PortfolioRisk(revaluation.Instruments, MonteCarlo.Draw(BookModel.Of(checkpoint), years, TailView.Scenarios, TailView.Seed), years).Explain(positions, level);
        return new TailView(
            ApiNumbers.Text(snapshot.Inputs.Id),
            horizonHours,
            level,
            tail.Tail.ValueAtRisk,
            tail.Tail.ValueAtRiskLow,
            tail.Tail.ValueAtRiskHigh,
            tail.Tail.Shortfall,
            tail.Tail.ShortfallLow,
            tail.Tail.ShortfallHigh,
            Figures(risk, snapshot.Inputs),
            [.. tail.Contributions.TakeLast(state.Positions.Length).Select((value, i) => new ContributionView(state.Positions[i].Instrument.Packed.ToString(CultureInfo.InvariantCulture), value))],
            tail.Contributions.Take(tail.Contributions.Count - state.Positions.Length).Sum());
    }

    /// <summary>The last epochs, newest first.</summary>
    public IReadOnlyList<EpochView> Epochs(int limit) => [.. (Book?.Epochs.Values ?? []).Reverse().Take(limit).Select(static epoch => new EpochView(
        ApiNumbers.Text(epoch.Epoch), ApiNumbers.Text(epoch.Checkpoint), epoch.ModelHash.ToString(), epoch.BookRoot.ToString(), ApiNumbers.Text(epoch.Accounts), ApiNumbers.Text(epoch.Signatures), ApiNumbers.Text(epoch.PostedInBlock)))];

    /// <summary>An account's proof under the last epoch; null with the reason when there is none.</summary>
    public (ProofView? Proof, string Reason) Proof(ulong id, CancellationToken cancellationToken)
    {
        if (books.Current is not { } indexed || indexed.Book.LatestEpoch is not { } epoch)
        {
            return (null, "No epoch was posted yet; wait for the attesters, or prove by computation.");
        }

        if (attested.Find(indexed, epoch.Checkpoint, cancellationToken) is not { } made || made.Root != epoch.BookRoot)
        {
            return (null, $"The book of epoch {epoch.Epoch} is not the one that is computed here; ask the attesters that signed it.");
        }

        if (made.Find(id) is not { } leaf || !indexed.AtCheckpoints.TryGetValue(epoch.Checkpoint, out ProtocolBook? then) || !then.Accounts.TryGetValue(id, out BookAccount? account))
        {
            return (null, $"Account {id} is not in the book of epoch {epoch.Epoch}; it was opened later.");
        }

        CheckpointInputs inputs = then.Checkpoints[epoch.Checkpoint];
        System.Collections.Immutable.ImmutableArray<Balance> collateral = Balances.WithoutSettlement(account.Balances);
        Clearinghouse.Proof proof = Proofs.Leaf(leaf.Attestation, epoch.Epoch, leaf.Proof, collateral, inputs, inputs.RecordsFor(account.State, collateral));
        return (
            new ProofView(
                ApiNumbers.Text(epoch.Epoch),
                epoch.BookRoot.ToString(),
                HexData.Encode(leaf.Attestation.Encode()),
                ApiNumbers.Text(leaf.Attestation.LeastCashE8),
                ApiNumbers.Text(leaf.Attestation.ValidUntil),
                AttestedBook.LeafOf(leaf.Attestation).ToString(),
                [.. leaf.Proof.Select(static sibling => sibling.ToString())],
                proof.Kind,
                HexData.Encode(proof.Data)),
            "");
    }

    /// <summary>Lots, newest first.</summary>
    public IReadOnlyList<AuctionView> Auctions(bool onlyOpen) => [.. (Book?.Lots.Values ?? []).Where(lot => !onlyOpen || lot.IsOpen).Reverse().Select(View)];

    /// <summary>The last checkpoint; null before the first.</summary>
    public PricesView? Prices() => Book?.LatestCheckpoint is { } inputs
        ? new PricesView(
            ApiNumbers.Text(inputs.Id),
            ApiNumbers.Text(inputs.Checkpoint.Header.Time),
            inputs.InputsHash.ToString(),
            [.. inputs.Checkpoint.Underlyings.Select(static u => new PriceView(
                ApiNumbers.Text(u.Underlying), ApiNumbers.Text(u.SpotE8), ApiNumbers.Text(u.PerpetualMarkE8), ApiNumbers.Text(u.AverageSpotE8), ApiNumbers.Text(u.CumulativeFundingE8), ApiNumbers.Text(u.OpenInterestE8), u.MarketState.ToString()))])
        : null;

    /// <summary>A lot as the API shows it.</summary>
    public static AuctionView View(BookLot lot) => new(
        ApiNumbers.Text(lot.Id),
        ApiNumbers.Text(lot.Account),
        lot.IsOpen,
        ApiNumbers.Text(lot.ForSaleE8),
        ApiNumbers.Text(lot.SoldE8),
        lot.ProceedsE8.ToString(CultureInfo.InvariantCulture),
        lot.InsuredE8.ToString(CultureInfo.InvariantCulture),
        ApiNumbers.Text(lot.BiddingFromSeconds),
        ApiNumbers.Text(lot.EquityE8),
        lot.MaintenanceE8.ToString(CultureInfo.InvariantCulture),
        lot.Bids,
        lot.LotHash.ToString(),
        HexData.Encode(lot.State),
        HexData.Encode(lot.Balances));

    private AccountRisk? Risk(ulong id) => risks.Current is { } snapshot && snapshot.Accounts.TryGetValue(id, out AccountRisk? risk) ? risk : null;

    private AccountView View(BookAccount account) => new(
        ApiNumbers.Text(account.Id),
        account.Owner.ToString(),
        account.StateHash.ToString(),
        HexData.Encode(account.StateBytes),
        ApiNumbers.Text(account.State.Version),
        ApiNumbers.Text(account.State.CashE8),
        ApiNumbers.Text(account.OpenLot),
        [.. account.Balances.Select(static balance => new BalanceView(ApiNumbers.Text(balance.Token), balance.AmountRaw.ToString(CultureInfo.InvariantCulture)))],
        [.. account.State.Positions.Select(static position => new PositionView(
            position.Instrument.Packed.ToString(CultureInfo.InvariantCulture), ApiNumbers.Text(position.Instrument.Underlying), position.Instrument.Kind.ToString(), ApiNumbers.Text(position.Instrument.Expiry), ApiNumbers.Text(position.Instrument.StrikeE4), ApiNumbers.Text(position.SizeE8), ApiNumbers.Text(position.CostE8)))],
        Risk(account.Id) is { Error: MarginError.None } risk && risks.Current is { } snapshot ? Figures(risk, snapshot.Inputs) : null);

    private static FiguresView Figures(AccountRisk risk, CheckpointInputs inputs) => new(
        ApiNumbers.Text(inputs.Id),
        ApiNumbers.Text(risk.Figures.EquityE8),
        ApiNumbers.Text(risk.Figures.InitialE8),
        ApiNumbers.Text(risk.Figures.MaintenanceE8),
        ApiNumbers.Text(risk.Figures.FloorE8),
        ApiNumbers.Text(risk.Figures.FloorEquityE8),
        ApiNumbers.Text(risk.Figures.LeastCashE8),
        ApiNumbers.Text(risk.HealthE8));
}
