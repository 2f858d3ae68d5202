using System.Numerics;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Cli.Margin;

/// <summary>A fill to try: <c>1:ETH-PERP:-5@150</c>; a token against cash: <c>1:WETH-SPOT:-5@150</c>.</summary>
/// <param name="Text">As given.</param>
/// <param name="Account">The account's id.</param>
/// <param name="Instrument">The instrument.</param>
/// <param name="SizeE8">Signed size.</param>
/// <param name="PriceE8">Price.</param>
internal sealed record WhatIfOrder(string Text, string Account, Instrument Instrument, long SizeE8, long PriceE8)
{
    private const int E8 = 8;
    private const long SizeMax = 1L << 53;
    private const long PriceMax = 1L << 49;

    /// <summary>Reads an order of a book.</summary>
    /// <exception cref="CliException">It is none, or names what the book lacks.</exception>
    public static WhatIfOrder Parse(string text, Book book)
    {
        string what = $"--what-if order '{text}'";
        string[] parts = text.Split(':');
        string[] amounts = parts.Length == 3 ? parts[2].Split('@') : [];
        if (amounts.Length != 2)
        {
            throw new CliException($"The {what} is not understood: write ACCOUNT:INSTRUMENT:SIZE@PRICE like 1:ETH-PERP:-5@150.");
        }

        if (!book.Accounts.Any(a => string.Equals(a.Name, parts[0], StringComparison.Ordinal)))
        {
            throw new CliException($"The {what} names account '{parts[0]}', which the book does not have: use the id of one of its accounts.");
        }

        Instrument instrument = InstrumentNames.SpotToken(parts[1]) is { } symbol
            ? Spot(book, symbol, what)
            : new BookAccounts(book.Names, book.View).Find(parts[1], $"the {what}");
        BigInteger sizeE8 = FixedPointText.Parse(amounts[0].TrimStart('+'), E8, $"size of the {what}");
        BigInteger priceE8 = FixedPointText.Parse(amounts[1], E8, $"price of the {what}");
        return !sizeE8.IsZero && BigInteger.Abs(sizeE8) <= SizeMax && priceE8 >= 0 && priceE8 <= PriceMax
            ? new WhatIfOrder(text, parts[0], instrument, (long)sizeE8, (long)priceE8)
            : throw new CliException(
                $"The {what} is out of range: give a size of at most {FixedPointText.Format(SizeMax, E8)} that is not 0, and a price of at most {FixedPointText.Format(PriceMax, E8)} that is not negative.");
    }

    /// <summary>The account after this fill.</summary>
    /// <param name="account">The account before.</param>
    /// <param name="checkpoint">The book's market.</param>
    /// <exception cref="CliException">The position would leave the domain or be opened at an odd strike, or the account has less of a token than it sells.</exception>
    public BookAccount Apply(BookAccount account, Checkpoint checkpoint)
    {
        if (SpotOrders.IsSpot(Instrument))
        {
            CollateralRecord record = SpotOrders.Record(Instrument, checkpoint)!;
            UInt128 raw = SpotOrders.Raw(SizeE8, record.Decimals)
                ?? throw new CliException($"The size of the --what-if order '{Text}' is no whole number of the token's smallest units: give at most {record.Decimals} decimals.");
            return SpotOrders.Swap(account.State, account.Balances, record.Token, raw, SizeE8, PriceE8) is { } swapped
                ? account with { State = swapped.State, Balances = swapped.Balances }
                : throw new CliException($"The --what-if order '{Text}' sells more of the token than account '{account.Name}' has, or buys more than it can hold: give a smaller size, or more collateral.");
        }

        if (OddStrikes.Refusal(Instrument, account.State.SizeOf(Instrument), SizeE8) is { } odd)
        {
            throw new CliException($"The --what-if order '{Text}' cannot be filled: {char.ToLowerInvariant(odd[0])}{odd[1..]}");
        }

        return Fills.Add(account.State, Instrument, SizeE8, Fills.ValueUp(SizeE8, PriceE8, 0)) is { } outcome
            ? account with { State = outcome.State }
            : throw new CliException($"The --what-if order '{Text}' makes a position too large: give a smaller size.");
    }

    private static Instrument Spot(Book book, string symbol, string what)
    {
        int token = book.Names.TokenNumber(symbol);
        return token > 0 && book.Checkpoint.Collaterals.Any(record => record.Token == token)
            ? SpotOrders.Of((ushort)token)
            : throw new CliException($"The instrument of the {what} names no token of the book: add '{symbol}' to collateral, or name one that is there and is not the settlement token.");
    }
}
