using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Models.Portfolios;
using OnchainMargin.Models.Simulation;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Api;

/// <summary>Turns the solver's snapshots into what the API answers. Every margin in an answer was computed by the margin engine.</summary>
internal sealed partial class ProtocolViews(Broadcast<IndexedBook> books, Broadcast<RiskSnapshot> risks, AttestedBooks attested, DeploymentRecord deployment)
{
    /// <summary>An owner names as many delegates as he pays for; who asks for the account is told of these and how many there are.</summary>
    private const int MostDelegates = 100;

    private readonly InstrumentNames _names = new(deployment);
    private readonly HolderIndex _holders = new();

    /// <summary>Names of instruments.</summary>
    public InstrumentNames Names => _names;

    /// <summary>The newest book; null while the index is empty.</summary>
    public ProtocolBook? Book => books.Current?.Book;

    /// <summary>An account; null when it was never opened.</summary>
    public BookAccount? Find(ulong id) => Book is { } book && book.Accounts.TryGetValue(id, out BookAccount? account) ? account : null;

    /// <summary>An account at the last checkpoint: its cash without the interest since it was stored, as its figures have it and the referee computes them.</summary>
    public AccountView View(BookAccount account)
    {
        (CheckpointInputs? inputs, FiguresView? figures) = risks.Current is { } snapshot && snapshot.Find(account.Id) is { Error: MarginError.None } risk
            ? (snapshot.Inputs, Figures(risk.Figures, snapshot.Inputs, isLive: false))
            : (Book?.LatestCheckpoint, null);
        return View(account, inputs is null ? account.State : Holding.Stored(account, Book!, inputs).State, inputs, figures);
    }

    /// <summary>An account at live inputs: what it owes with interest until then, as its next operation finds it.</summary>
    public AccountView ViewLive(BookAccount account, CheckpointInputs live) =>
        View(account, AccountTouch.Due(account, Book!, live.Checkpoint.Header), live, Holding.Of(account, Book!, live).Figures(live.View) is { } figures ? Figures(figures, live, isLive: true) : null);

    /// <summary>An account as a picture of the book has it, for those who follow pictures.</summary>
    public AccountView View(BookAccount account, RiskSnapshot snapshot) =>
        View(account, Holding.Stored(account, snapshot.Book, snapshot.Inputs).State, snapshot.Inputs, snapshot.Followed(account) is { Error: MarginError.None } risk ? Figures(risk.Figures, snapshot.Inputs, isLive: false) : null);

    /// <summary>A page of accounts, ascending.</summary>
    public PageOfAccounts? Accounts(ulong after, int limit, bool onlyUnderWater, Address? owner, Address? acting)
    {
        if (Book is not { } book)
        {
            return null;
        }

        AccountView[] items =
        [
            .. (onlyUnderWater ? UnderWater(book, after) : (owner ?? acting) is { } who ? _holders.Of(who, book.Accounts, after) : book.Accounts.After(after))
                .Where(account => (owner is null || account.Owner == owner) && (acting is null || IsActing(account, acting.Value, book.BlockTimeSeconds)))
                .Take(limit + 1).Select(account => View(account)),
        ];
        return new PageOfAccounts(ApiNumbers.Text(book.BlockNumber), [.. items.Take(limit)], items.Length > limit ? items[limit - 1].Id : null);
    }

    /// <summary>Those under water behind a number, as the engine of the whole book lists them.</summary>
    private IEnumerable<BookAccount> UnderWater(ProtocolBook book, ulong after)
    {
        foreach (ulong id in risks.Current?.UnderWater ?? [])
        {
            if (id > after && book.Accounts.TryGetValue(id, out BookAccount? account))
            {
                yield return account;
            }
        }
    }

    private static bool IsActing(BookAccount account, Address who, ulong nowSeconds) => who != account.Owner && account.Delegates.TryGetValue(who, out BookAppointment? given) && nowSeconds <= given.UntilSeconds;

    /// <summary>The simulated tail of an account's loss at the last checkpoint; null when there is none. Part of no decision.</summary>
    public TailView? Tail(ulong id, int horizonHours, double level, CancellationToken cancellationToken)
    {
        if (Risk(id) is not { Error: MarginError.None } risk || risks.Current is not { } snapshot)
        {
            return null;
        }

        Checkpoint checkpoint = snapshot.Inputs.Checkpoint;
        (AccountState state, ImmutableArray<Balance> balances) = AccountTouch.Stored(risk.Account, snapshot.Book, checkpoint.Header);
        var revaluation = new Revaluation(checkpoint);
        RiskPosition[] positions = revaluation.Add(state, balances.AsSpan());
        double years = horizonHours / TailView.HoursPerYear;
        MarketPaths paths = MonteCarlo.Draw(BookModel.Of(checkpoint), years, TailView.Scenarios, TailView.Seed, cancellationToken);
        AccountTail tail = new PortfolioRisk(revaluation.Instruments, paths, years, cancellationToken).Explain(positions, level);
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
            Figures(risk.Figures, snapshot.Inputs, isLive: false),
            [.. tail.Contributions.TakeLast(state.Positions.Length).Select((value, i) => new ContributionView(state.Positions[i].Instrument.Packed.ToString(CultureInfo.InvariantCulture), value))],
            tail.Contributions.Take(tail.Contributions.Count - state.Positions.Length).Sum());
    }

    /// <summary>Epochs, newest first.</summary>
    /// <param name="before">Only those of smaller numbers.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Stops.</param>
    public IReadOnlyList<EpochView> Epochs(ulong before, int limit, CancellationToken cancellationToken) => [.. (Book?.Epochs.Values ?? []).Where(epoch => epoch.Epoch < before).Reverse().Take(limit).Select(epoch => new EpochView(
        ApiNumbers.Text(epoch.Epoch),
        ApiNumbers.Text(epoch.Checkpoint),
        epoch.ModelHash.ToString(),
        epoch.BookRoot.ToString(),
        ApiNumbers.Text(epoch.Accounts),
        ApiNumbers.Text(epoch.Signatures),
        ApiNumbers.Text(Book!.Threshold),
        ApiNumbers.Text(epoch.PostedInBlock),
        Made(epoch, cancellationToken)?.IsOf(epoch) ?? false,
        Made(epoch, cancellationToken)?.Root.ToString()))];

    /// <summary>An account's proof under the last epoch; null with the reason when there is none.</summary>
    public (ProofView? Proof, string Reason) Proof(ulong id, CancellationToken cancellationToken)
    {
        IndexedBook? indexed = books.Current;
        (PostedLeaf? leaf, string refusal) = PostedLeaf.Find(id, indexed, attested, cancellationToken);
        if (leaf is null)
        {
            return (null, refusal);
        }

        CreditQuote? credit = indexed!.Book.LatestCheckpoint is { } latest && indexed.Book.Accounts.TryGetValue(id, out BookAccount? present) ? CreditQuote.Of(Holding.Of(present, indexed.Book, latest), isWithdrawal: true, indexed.Book, latest) : null;
        Clearinghouse.Proof proof = leaf.Proof;
        return (
            new ProofView(
                ApiNumbers.Text(leaf.Epoch.Epoch),
                leaf.Epoch.BookRoot.ToString(),
                HexData.Encode(leaf.Attestation.Encode()),
                ApiNumbers.Text(leaf.Attestation.LeastCashE8),
                ApiNumbers.Text(leaf.Attestation.ValidUntil),
                ApiNumbers.Text(credit?.CreditE8),
                ApiNumbers.Text(credit?.FeeE8),
                AttestedBook.LeafOf(leaf.Attestation).ToString(),
                [.. leaf.Path.Select(static sibling => sibling.ToString())],
                proof.Kind,
                HexData.Encode(proof.Data)),
            "");
    }

    /// <summary>What waits for auto-deleveraging.</summary>
    public IReadOnlyList<NeedView> Needs() =>
        Book is null ? [] : [.. Book.Needs.Select(need => new NeedView(need.Key.Packed.ToString(CultureInfo.InvariantCulture), _names.Format(need.Key), ApiNumbers.Text(need.Value)))];

    /// <summary>Everybody who signs or ever joined, those who sit first.</summary>
    /// <param name="isHere">Whether this solver holds an attester's key.</param>
    public IReadOnlyList<AttesterView> Attesters(Func<Address, bool> isHere)
    {
        if (Book is not { } book)
        {
            return [];
        }

        return [.. book.Attesters.Union(book.Bonds.Keys).OrderBy(attester => !book.Attesters.Contains(attester)).ThenBy(static attester => attester).Select(attester =>
        {
            BookBond bond = book.Bonds.GetValueOrDefault(attester) ?? new BookBond(UInt256.Zero, 0, IsSlashed: false);
            return new AttesterView(attester.ToString(), isHere(attester), book.Attesters.Contains(attester), bond.AmountRaw.ToString(), ApiNumbers.Text(bond.ReleaseSeconds), bond.IsSlashed);
        })];
    }

    /// <summary>Lots, newest first.</summary>
    /// <param name="isOpen">Only those that are open, or that are not; all without it.</param>
    /// <param name="before">Only those of smaller numbers.</param>
    /// <param name="limit">How many at most: each of its legs is valued.</param>
    public IReadOnlyList<BookLot> Lots(bool? isOpen, ulong before, int limit) =>
        [.. (Book?.Lots.Values ?? []).Where(lot => lot.Id < before && (isOpen is null || lot.IsOpen == isOpen)).Reverse().Take(limit)];

    /// <summary>A lot; null when there is none of that number.</summary>
    public BookLot? Lot(ulong id) => Book is { } book && book.Lots.TryGetValue(id, out BookLot? lot) ? lot : null;

    /// <summary>A lot as the API shows it.</summary>
    /// <param name="lot">The lot.</param>
    /// <param name="live">The prices of now, by which a bid is judged; the last checkpoint's where they are not known.</param>
    public AuctionView View(BookLot lot, CheckpointInputs? live)
    {
        CheckpointInputs? inputs = live ?? Book?.LatestCheckpoint;
        bool isReckoned = lot.IsOpen && inputs is not null;
        // What is over stays as it was sold.
        (AccountState whole, ImmutableArray<Balance> tokens) = isReckoned ? LotParts.Whole(lot, inputs!.Checkpoint.Header, Book!.Settlements) : LotParts.Started(lot);
        (string? restoredAtE8, string? bidMostE8) = isReckoned && Find(lot.Account) is { } account ? Restoring(lot, account, inputs!) : (null, null);
        return new AuctionView(
            ApiNumbers.Text(lot.Id),
            ApiNumbers.Text(lot.Account),
            lot.IsOpen,
            ApiNumbers.Text(lot.ForSaleE8),
            bidMostE8,
            ApiNumbers.Text(lot.SoldE8),
            lot.ProceedsE8.ToString(CultureInfo.InvariantCulture),
            lot.InsuredE8.ToString(CultureInfo.InvariantCulture),
            ApiNumbers.Text(lot.BiddingFromSeconds),
            ApiNumbers.Text(lot.StartSeconds),
            ApiNumbers.Text(DiscountE8(lot)),
            ApiNumbers.Text(lot.EquityE8),
            lot.MaintenanceE8.ToString(CultureInfo.InvariantCulture),
            restoredAtE8,
            lot.Bids,
            lot.LotHash.ToString(),
            HexData.Encode(lot.State),
            HexData.Encode(lot.Balances),
            [.. whole.Positions.Select(position => View(position, inputs))],
            Views(tokens),
            ApiNumbers.Text(whole.CashE8));
    }

    /// <summary>The equity from which on no bid for a lot is taken, and the most that one takes.</summary>
    private (string? RestoredAtE8, string? BidMostE8) Restoring(BookLot lot, BookAccount account, CheckpointInputs inputs)
    {
        Protocol.Generated.RiskParameters.LiquidationParameters terms = Book!.Parameters.Liquidation;
        (AccountState left, ImmutableArray<Balance> balances) = LotParts.Rest(lot, account, inputs.Checkpoint.Header, Book.Settlements);
        ulong mostE8 = LotParts.BidMostE8(lot, left, Liquidations.Figures(left, balances, inputs), terms);
        return (ApiNumbers.Text(LotParts.RestoredAtE8(lot, left, terms)), mostE8 == 0 ? null : ApiNumbers.Text(mostE8));
    }

    /// <summary>The discount at the newest block.</summary>
    private ulong DiscountE8(BookLot lot) => Book is { } book && lot.IsOpen ? lot.DiscountE8(book.BlockTimeSeconds, book.Parameters.Liquidation) : 0;

    /// <summary>The attested book that this solver made of an epoch's checkpoint; null when it keeps none.</summary>
    private AttestedBook? Made(BookEpoch epoch, CancellationToken cancellationToken) =>
        books.Current is { } indexed ? attested.FindServed(indexed, epoch.Checkpoint, cancellationToken) : null;

    private AccountRisk? Risk(ulong id) => risks.Current?.Find(id);

    /// <summary>Positions and cash of an account in an open lot are what the lot leaves of them; its state stays the preimage of its hash.</summary>
    private AccountView View(BookAccount account, AccountState now, CheckpointInputs? inputs, FiguresView? figures) => new(
        ApiNumbers.Text(account.Id),
        account.Owner.ToString(),
        account.StateHash.ToString(),
        HexData.Encode(account.StateBytes),
        ApiNumbers.Text(account.State.Version),
        ApiNumbers.Text(now.CashE8),
        ApiNumbers.Text(account.State.LockedGainE8),
        ApiNumbers.Text(account.OpenLot),
        Views(account.Balances),
        Views(account.Idle),
        [.. now.Positions.Select(position => View(position, inputs))],
        [.. account.Delegates.Values.Take(MostDelegates).Select(static given => new DelegateView(given.Delegate.ToString(), (int)given.Rights, ApiNumbers.Text(given.UntilSeconds)))],
        account.Delegates.Count,
        figures);

    private BalanceView[] Views(ImmutableArray<Balance> balances) =>
        [.. balances.Select(balance => new BalanceView(ApiNumbers.Text(balance.Token), _names.Token(balance.Token), Decimals(balance.Token), balance.AmountRaw.ToString(CultureInfo.InvariantCulture)))];

    /// <summary>Decimals of a token, listed since the deployment was recorded or not: anybody may deposit it anywhere.</summary>
    private int Decimals(ushort token) => Book is { } book && book.Tokens.TryGetValue(token, out BookToken? listed) ? listed.Decimals : 0;

    private PositionView View(Position position, CheckpointInputs? inputs)
    {
        Instrument instrument = position.Instrument;
        long funding = inputs is null ? 0 : Quotes.FundingE8(instrument, inputs.View);
        return new PositionView(
            instrument.Packed.ToString(CultureInfo.InvariantCulture),
            _names.Format(instrument),
            ApiNumbers.Text(instrument.Underlying),
            instrument.Kind.ToString(),
            ApiNumbers.Text(instrument.Expiry),
            ApiNumbers.Text(instrument.StrikeE4),
            ApiNumbers.Text(position.SizeE8),
            ApiNumbers.Text(position.CostE8),
            ApiNumbers.Text(inputs is null ? null : Quotes.MarkE8(instrument, inputs.View)),
            ApiNumbers.Text(inputs is null ? null : Quotes.GainE8(position, inputs.View)),
            instrument.IsOption ? null : ApiNumbers.Text((position.CostE8 * Shock.One / position.SizeE8) + funding));
    }

    private static FiguresView Figures(AccountFigures figures, CheckpointInputs inputs, bool isLive) => new(
        ApiNumbers.Text(inputs.Id),
        ApiNumbers.Text(inputs.Checkpoint.Header.Time),
        isLive,
        ApiNumbers.Text(figures.EquityE8),
        ApiNumbers.Text(figures.InitialE8),
        ApiNumbers.Text(figures.MaintenanceE8),
        ApiNumbers.Text(figures.FloorE8),
        ApiNumbers.Text(figures.FloorEquityE8),
        ApiNumbers.Text(figures.LeastCashE8),
        figures.MaintenanceE8 > 0 ? ApiNumbers.Text(figures.EquityE8 * 100_000_000 / figures.MaintenanceE8) : null);
}
