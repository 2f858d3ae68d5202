using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Markets;
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

    private static PreTradeVerdict Judge(BookAccount account, long sizeE8, MarketState state) =>
        PreTradeCheck.Judge(account, [new PreTradeCheck.Possible(Instrument.Perpetual(2), sizeE8, 50_000 * Books.One, 0, 0)], Book(account), Books.TwoMarkets(state));

    private static BookAccount Account(int ethers, params Position[] positions) => Books.Account(1, 0, 0, 0, ethers == 0 ? [] : [new Balance(1, (UInt128)ethers * Ether)]) with
    {
        State = new AccountState { CashE8 = 5_000 * Books.One, InterestIndexE12 = 1_000_000_000_000, Positions = [.. positions] },
    };

    private static ProtocolBook Book(BookAccount account) => Books.Of([Books.TwoMarkets()], account);
}
