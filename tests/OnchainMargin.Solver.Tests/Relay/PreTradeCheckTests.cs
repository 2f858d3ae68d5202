using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Proving;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Markets;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>What the relay lets an account order, as the gate would judge it.</summary>
public sealed class PreTradeCheckTests
{
    private static readonly UInt128 Ether = 1_000_000_000_000_000_000;

    /// <summary>Tokens whose last good price nobody confirms carry no trade in another market (CLR-016).</summary>
    [Theory]
    [InlineData(MarketState.Normal, true)]
    [InlineData(MarketState.ReduceOnly, true)]
    [InlineData(MarketState.Halted, false)]
    public void Judge_TokensOfAMarket_BackATradeElsewhereUnlessItIsHalted(MarketState state, bool isAllowed)
    {
        BookAccount account = Account(ethers: 20);

        PreTradeVerdict verdict = Judge(account, Books.One, state);

        Assert.Equal(isAllowed, verdict.IsAllowed);
        Assert.Equal(state == MarketState.Halted ? 40_000 * (Int128)Books.One : 0, CreditQuote.Of(verdict.After!, isWithdrawal: false, Book(account), Books.TwoMarkets(state))!.Value.AsideE8);
    }

    [Theory]
    [InlineData(1, false, "Account 1 has a position in market 1, which is halted: until it opens again the account can only make positions smaller.")]
    [InlineData(-1, true, "")]
    public void Judge_PositionInAHaltedMarket_OnlyReducesElsewhere(long size, bool isAllowed, string reason)
    {
        BookAccount account = Account(0, new Position(Instrument.Perpetual(1), Books.One, 2_000 * (Int128)Books.One), new Position(Instrument.Perpetual(2), 2 * Books.One, 100_000 * (Int128)Books.One));
        account = account with { State = account.State with { CashE8 = 500_000 * (Int128)Books.One } };

        PreTradeVerdict verdict = Judge(account, size * Books.One, MarketState.Halted);

        Assert.Equal((isAllowed, isAllowed, reason), (verdict.IsAllowed, verdict.IsReducing, verdict.Reason));
    }

    /// <summary>Beside the mark such a reduction pays others out of what may not be there: a tenth of the band of 5 % is let through.</summary>
    [Theory]
    [InlineData(MarketState.Halted, 49_750, true)]
    [InlineData(MarketState.Halted, 49_749, false)]
    [InlineData(MarketState.ReduceOnly, 48_000, true)]
    public void Judge_ReductionBesideAPositionInAHaltedMarket_StaysNearTheMark(MarketState state, long price, bool isAllowed)
    {
        BookAccount account = Account(0, new Position(Instrument.Perpetual(1), Books.One, 2_000 * (Int128)Books.One), new Position(Instrument.Perpetual(2), 2 * Books.One, 100_000 * (Int128)Books.One));
        account = account with { State = account.State with { CashE8 = 500_000 * (Int128)Books.One } };

        Assert.Equal(isAllowed, Judge(account, -Books.One, state, price).IsAllowed);
    }

    /// <summary>The same of coins that carry it; whoever has cash for it, and for the margin of what is left, gives away his own.</summary>
    [Theory]
    [InlineData(0, 49_000, false)]
    [InlineData(0, 49_800, true)]
    [InlineData(2_000, 49_000, false)]
    [InlineData(9_000, 49_000, true)]
    public void Judge_ReductionOnCoinsOfAHaltedMarket_StaysNearTheMark(long cash, long price, bool isAllowed)
    {
        BookAccount account = Account(ethers: 200, new Position(Instrument.Perpetual(2), 2 * Books.One, 100_000 * (Int128)Books.One));
        account = account with { State = account.State with { CashE8 = cash * (Int128)Books.One } };

        Assert.Equal(isAllowed, Judge(account, -Books.One, MarketState.Halted, price).IsAllowed);
    }

    /// <summary>Coins of less than a hundredth of the margin that is left carry nobody: whoever lacks margin has the whole band beside a unit that a stranger deposited (CLR-016).</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(35_000_000_000_000_000, true)]
    [InlineData(35_100_000_000_000_000, false)]
    public void Judge_ReductionBelowMarginBesideCoinsOfAHaltedMarket_HasTheWholeBandBelowAHundredth(long raw, bool isAllowed)
    {
        BookAccount account = Account(0, new Position(Instrument.Perpetual(2), 2 * Books.One, 100_000 * (Int128)Books.One)) with { Balances = [new Balance(1, (UInt128)raw)] };
        account = account with { State = account.State with { CashE8 = 3_000 * (Int128)Books.One } };

        Assert.Equal(isAllowed, Judge(account, -Books.One, MarketState.Halted, 49_000).IsAllowed);
    }

    /// <summary>In a market that is not normal, and in a pause, a token pays what its seller owes, and nothing else (CLR-025).</summary>
    [Theory]
    [InlineData(MarketState.ReduceOnly, false, -30_000, 10, "")]
    [InlineData(MarketState.Uninsured, false, -30_000, 10, "")]
    [InlineData(MarketState.Normal, true, -30_000, 10, "")]
    [InlineData(MarketState.ReduceOnly, false, -30_000, 16, "The market of this token is reduce-only: until that is over tokens are sold only to pay debts, and this would bring account 1 more than it owes; sell less.")]
    [InlineData(MarketState.ReduceOnly, false, 0, 1, "The market of this token is reduce-only: until that is over tokens are sold only to pay debts, and account 1 owes nothing.")]
    [InlineData(MarketState.Normal, true, 0, 1, "Trading is paused by the guardian: until that is over tokens are sold only to pay debts, and account 1 owes nothing.")]
    [InlineData(MarketState.Halted, false, -30_000, 10, "The market of this token is halted; it is swapped when that opens again.")]
    [InlineData(MarketState.Normal, false, 0, 1, "")]
    public void Judge_ASaleOfATokenInAMarketThatIsNotNormal_PaysADebt(MarketState state, bool isPaused, long cash, long ethers, string reason)
    {
        BookAccount account = Account(ethers: 40);
        account = account with { State = account.State with { CashE8 = cash * (Int128)Books.One } };

        PreTradeVerdict verdict = PreTradeCheck.Judge(account, [Swap(-ethers)], Book(account) with { IsPaused = isPaused }, Books.TwoMarkets(state));

        Assert.Equal((reason.Length == 0, reason, false), (verdict.IsAllowed, verdict.Reason, verdict.PaysOut));
    }

    /// <summary>Its buyer pays with cash that neither his positions nor what he has just won needs, as if he withdrew it: the token backs nothing.</summary>
    [Theory]
    [InlineData(MarketState.ReduceOnly, 40_000, 0, true)]
    [InlineData(MarketState.ReduceOnly, 40_000, 15_000, false)]
    [InlineData(MarketState.ReduceOnly, 25_000, 0, false)]
    [InlineData(MarketState.Normal, 25_000, 0, true)]
    public void Judge_APurchaseOfATokenInAMarketThatIsNotNormal_IsAWithdrawal(MarketState state, long cash, long locked, bool isAllowed)
    {
        BookAccount account = Account(0, new Position(Instrument.Perpetual(2), Books.One, 50_000 * (Int128)Books.One));
        account = account with { State = account.State with { CashE8 = cash * (Int128)Books.One, LockedGainE8 = (ulong)(locked * Books.One), GainTime = (ulong)Books.Start } };

        PreTradeVerdict verdict = PreTradeCheck.Judge(account, [Swap(10)], Book(account), Books.TwoMarkets(state));

        Assert.Equal((isAllowed, state != MarketState.Normal), (verdict.IsAllowed, verdict.PaysOut));
        Assert.Equal(verdict.PaysOut, AccountOperation.OfFills(account, [Swap(10)], verdict, new Protocol.Generated.RiskParameters.ClearingParameters()).IsWithdrawal);
    }

    /// <summary>Positions are counted when the fills are done, as the chain does (CLR-005): on the way there may be one more.</summary>
    [Theory]
    [InlineData(false, "Account 1 would have 129 positions, and may have 128; close some of them first.")]
    [InlineData(true, "The market of this account cannot be computed now; ask again after the next checkpoint.")]
    public void Judge_APositionMoreThanMayBe_IsRefusedUnlessAnotherCloses(bool closes, string reason)
    {
        static Instrument Future(int i) => Instrument.Future(2, (uint)Books.Start + 1 + (uint)i);
        BookAccount account = Account(0, [.. Enumerable.Range(0, AccountState.PositionsMax).Select(static i => new Position(Future(i), 1, 0))]);
        var opening = new PreTradeCheck.Possible(Future(AccountState.PositionsMax), 1, Books.One, 0, 0);
        var closing = new PreTradeCheck.Possible(Future(0), -1, Books.One, 0, 0);

        PreTradeVerdict verdict = PreTradeCheck.Judge(account, closes ? [opening, closing] : [opening], Book(account), Books.TwoMarkets());

        Assert.Equal((false, reason), (verdict.IsAllowed, verdict.Reason));
    }

    /// <summary>A close far below the mark gives away more than the margin that it sets free: a smaller one would not be taken either.</summary>
    [Fact]
    public void Judge_ReductionAtALoss_IsToldWhatAReductionNeeds()
    {
        BookAccount account = Account(0, new Position(Instrument.Perpetual(2), 2 * Books.One, 100_000 * (Int128)Books.One));
        account = account with { State = account.State with { CashE8 = 16_000 * (Int128)Books.One } };

        Assert.EndsWith(
            "of initial margin, and as a reduction it does not make the account safer; reduce more, trade nearer to the mark or deposit more.",
            Judge(account, -Books.One, MarketState.Normal, 40_000).Reason,
            StringComparison.Ordinal);
    }

    /// <summary>What has expired and has no price yet asks for no margin (CLR-018).</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void IsPending_FromTheExpiryOn(int left, bool isPending)
    {
        BookAccount account = Account(0, new Position(Instrument.Perpetual(1), 1, 0), new Position(Instrument.Future(2, (uint)(Books.Start + left)), 1, 0));
        CheckpointInputs inputs = Books.TwoMarkets();

        Assert.Equal(isPending, Holding.Of(account, Book(account), inputs).IsPending(inputs.Checkpoint));
    }

    private static PreTradeVerdict Judge(BookAccount account, long sizeE8, MarketState state, long price = 50_000) =>
        PreTradeCheck.Judge(account, [new PreTradeCheck.Possible(Instrument.Perpetual(2), sizeE8, price * Books.One, 0, 0)], Book(account), Books.TwoMarkets(state));

    private static PreTradeCheck.Possible Swap(long ethers) => new(SpotOrders.Of(1), ethers * Books.One, 2_000 * Books.One, 0, 0);

    private static BookAccount Account(int ethers, params Position[] positions) => Books.Account(1, 0, 0, 0, ethers == 0 ? [] : [new Balance(1, (UInt128)ethers * Ether)]) with
    {
        State = new AccountState { CashE8 = 5_000 * Books.One, InterestIndexE12 = 1_000_000_000_000, Positions = [.. positions] },
    };

    private static ProtocolBook Book(BookAccount account)
    {
        ProtocolBook book = Books.Of([Books.TwoMarkets()], account);
        return book with { Parameters = book.Parameters with { Clearing = book.Parameters.Clearing with { PriceBandE8 = 5_000_000 }, Oracle = book.Parameters.Oracle with { AveragingWindowSeconds = 1800 } } };
    }
}
