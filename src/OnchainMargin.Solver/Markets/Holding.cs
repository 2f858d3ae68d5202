using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Solver.Markets;

/// <summary>What an account has, as an operation would find it: interest accrued and the settlement token swept into cash; in an open lot what the lot leaves of it.</summary>
/// <param name="State">The state.</param>
/// <param name="Balances">Collateral, without the settlement token.</param>
internal sealed record Holding(AccountState State, ImmutableArray<Balance> Balances)
{
    private const long One = 100_000_000;

    /// <summary>The account as an operation at these inputs would find it.</summary>
    public static Holding Of(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        (AccountState state, ImmutableArray<Balance> balances) = AccountTouch.Touched(account, book, inputs.Checkpoint.Header);
        return new Holding(state, balances);
    }

    /// <summary>The account as it is stored, so that the referee gives the same integers for the same preimages; in an open lot what the lot leaves of it.</summary>
    public static Holding Stored(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        (AccountState state, ImmutableArray<Balance> balances) = AccountTouch.Stored(account, book, inputs.Checkpoint.Header);
        return new Holding(state, balances);
    }

    /// <summary>What it becomes by a fill and its fee.</summary>
    /// <param name="instrument">The instrument; of kind spot a token against cash.</param>
    /// <param name="sizeE8">Signed size.</param>
    /// <param name="priceE8">Price.</param>
    /// <param name="feeRateE8">Fee of notional.</param>
    /// <param name="inputs">The market.</param>
    /// <returns>The holding, or null and the sentence that says why there is none.</returns>
    public (Holding? After, string Refusal) Trade(Instrument instrument, long sizeE8, long priceE8, long feeRateE8, CheckpointInputs inputs)
    {
        if (OddStrikes.Refusal(instrument, State.SizeOf(instrument), sizeE8) is { } odd)
        {
            return (null, odd);
        }

        (Holding? traded, string refusal) = SpotOrders.IsSpot(instrument) ? Swap(instrument, sizeE8, priceE8, inputs.Checkpoint)
            : Fills.Add(State, instrument, sizeE8, Fills.ValueUp(sizeE8, priceE8, Quotes.FundingE8(instrument, inputs.View))) is { } outcome ? (this with { State = outcome.State }, "")
            : (null, "The position would be too large; trade a smaller size.");
        return traded is null ? (null, refusal) : (traded with { State = traded.State with { CashE8 = traded.State.CashE8 - Fees.FeeUp(sizeE8, priceE8, feeRateE8) } }, "");
    }

    /// <summary>What it becomes when an amount of a token goes, or null and the sentence that says why it cannot.</summary>
    public (Holding? After, string Refusal) Pay(ulong account, ushort token, UInt128 amountRaw, ProtocolBook book)
    {
        if (token == 0)
        {
            return amountRaw > (UInt128)long.MaxValue
                ? (null, $"The amount {amountRaw} is more than any account can have; give it in base units of the token.")
                : (this with { State = State with { CashE8 = State.CashE8 - CashE8(amountRaw, book) } }, "");
        }

        UInt128 held = Balances.FirstOrDefault(balance => balance.Token == token).AmountRaw;
        return held < amountRaw
            ? (null, $"Account {account} has {held} base units of token {token}, less than {amountRaw}; ask for at most what it has.")
            : (this with { Balances = With(token, held - amountRaw) }, "");
    }

    /// <summary>What it becomes when an amount of a token that another account had comes.</summary>
    public Holding Receive(ushort token, UInt128 amountRaw, ProtocolBook book) => token == 0
        ? this with { State = State with { CashE8 = State.CashE8 + CashE8(amountRaw, book) } }
        : this with { Balances = With(token, Balances.FirstOrDefault(balance => balance.Token == token).AmountRaw + amountRaw) };

    /// <summary>Why nothing can be written of it, whatever it is worth; empty where it can. On the way there fills may leave more positions than an account may have.</summary>
    public string Misfit(ulong account) =>
        State.HasTooManyPositions ? $"Account {account} would have {State.Positions.Length} positions, and may have {AccountState.PositionsMax}; close some of them first." : "";

    /// <summary>The figures at a market; null when it does not hold what the account touches.</summary>
    public AccountFigures? Figures(CheckpointView view, SurfaceChoice choice = SurfaceChoice.Present) =>
        MarginEngine.TryCompute(State, Balances.AsSpan(), view, choice, out AccountFigures figures) == MarginError.None ? figures : null;

    /// <summary>The figures that a trade is judged by: at the surfaces that are worse for the account, without tokens of halted markets (CLR-016, CLR-020); null when the market does not hold what the account touches.</summary>
    public AccountFigures? TradeFigures(Checkpoint checkpoint, CheckpointView view) => RestingOn(checkpoint, MarketState.ReduceOnly).Figures(view, SurfaceChoice.Worse);

    /// <summary>The underlyings whose price it feels, ascending.</summary>
    public IReadOnlyList<ushort> Underlyings(Checkpoint checkpoint) =>
    [
        .. State.Positions.Select(static position => position.Instrument.Underlying)
            .Concat(Balances.Select(balance => checkpoint.Collaterals.FirstOrDefault(record => record.Token == balance.Token)?.Underlying ?? 0).Where(static underlying => underlying != 0))
            .Distinct().Order(),
    ];

    /// <summary>Without tokens of markets whose prices are in a state worse than one: what an operation may rest on (CLR-016, CLR-021).</summary>
    public Holding RestingOn(Checkpoint checkpoint, MarketState worst) =>
        Balances.All(balance => StateOf(balance, checkpoint) <= worst) ? this : this with { Balances = [.. Balances.Where(balance => StateOf(balance, checkpoint) <= worst)] };

    /// <summary>What those tokens are worth, rounded up.</summary>
    public Int128 BesideE8(Checkpoint checkpoint, MarketState worst)
    {
        Int128 sumE16 = 0;
        foreach (Balance balance in Balances.Where(balance => StateOf(balance, checkpoint) > worst))
        {
            CollateralRecord listed = checkpoint.Collaterals.First(listed => listed.Token == balance.Token);
            sumE16 += (Int128)Collaterals.SizeE8(listed, balance.AmountRaw) * checkpoint.Underlyings.First(record => record.Underlying == listed.Underlying).SpotE8;
        }

        return (sumE16 + One - 1) / One;
    }

    /// <summary>The first underlying of a position whose market's prices are in a state worse than one; 0 where there is none.</summary>
    public ushort WaitsFor(CheckpointView view, MarketState worst) =>
        State.Positions.FirstOrDefault(position => Quotes.State(position.Instrument, view).OfPrices() > worst).Instrument.Underlying;

    /// <summary>Whether it has a position that has expired and has no settlement price yet (CLR-018).</summary>
    public bool IsPending(Checkpoint checkpoint) =>
        State.Positions.Any(position => position.Instrument.Expiry != 0 && position.Instrument.Expiry <= checkpoint.Header.Time);

    private static MarketState StateOf(Balance balance, Checkpoint checkpoint)
    {
        ushort underlying = checkpoint.Collaterals.FirstOrDefault(listed => listed.Token == balance.Token)?.Underlying ?? 0;
        return underlying == 0 ? MarketState.Normal : checkpoint.Underlyings.FirstOrDefault(listed => listed.Underlying == underlying)?.MarketState.OfPrices() ?? MarketState.Normal;
    }

    private ImmutableArray<Balance> With(ushort token, UInt128 amountRaw) =>
        [.. Balances.Where(balance => balance.Token != token).Append(new Balance(token, amountRaw)).Where(static balance => balance.AmountRaw != 0).OrderBy(static balance => balance.Token)];

    private static Int128 CashE8(UInt128 amountRaw, ProtocolBook book) => AccountTouch.SweptE8([new Balance(0, amountRaw)], book.SettlementDecimals);

    private (Holding? After, string Refusal) Swap(Instrument instrument, long sizeE8, long priceE8, Checkpoint checkpoint)
    {
        if (SpotOrders.Record(instrument, checkpoint) is not { } record)
        {
            return (null, $"Token {SpotOrders.TokenOf(instrument)} cannot be swapped here; take an instrument of /api/instruments.");
        }

        if (SpotOrders.Raw(sizeE8, record.Decimals) is not { } raw)
        {
            return (null, $"The size is no whole number of the token's smallest units, of which it has {record.Decimals} decimals; give fewer decimals.");
        }

        return SpotOrders.Swap(State, Balances, record.Token, raw, sizeE8, priceE8) is { } after
            ? (new Holding(after.State, after.Balances), "")
            : (null, "The account has less of the token than it would sell; deposit more or sell less.");
    }
}
