using OnchainMargin.Cli.Margin;

namespace OnchainMargin.Cli.Tests.Margin;

/// <summary>Each mistake in a book is named with account or place, field and remedy.</summary>
public sealed class BookErrorTests
{
    private const string Perpetual = """{ "instrument": "ETH-PERP", "size": "1", "entry": "100" }""";

    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "The book is not JSON (it is empty, line 1, character 1): mend it there." },
        { "{\n  \"time\": 1,,", "The book is not JSON (',' is an invalid start of a property name. Expected a '\"', line 2, character 13): mend it there." },
        { """{ "time": "2020-03-12T10:00:00Z", "time": "" }""", "The book is not JSON ('time' is there twice): mend it there." },
        { "[]", "The book is not an object: write it in braces." },
        { """{ "underlyings": { "ETH": { "spot": "1" } } }""", "The time of the book is missing: give it." },
        { Books.Small().Replace("2020-03-12T10:00:00Z", "soon", StringComparison.Ordinal), "The time of the book 'soon' is not a time: write it like 2020-03-12T10:00:00Z." },
        { Books.Small().Replace("2020-03-12T10:00:00Z", "10:00", StringComparison.Ordinal), "The time of the book '10:00' is not a time: write it like 2020-03-12T10:00:00Z." },
        { Books.Small().Replace("2020-03-12T10:00:00Z", "03/04/2020", StringComparison.Ordinal), "The time of the book '03/04/2020' is not a time: write it like 2020-03-12T10:00:00Z." },
        { Books.Small(positions: """{ "instrument": "\ud800", "size": 1 }"""), "The text at 'accounts[0].positions[0].instrument' of the book holds a control character or half of a character: write it without." },
        { Books.Small().Replace("\"id\": 7", "\"id\": \"7\\u001b[2J\"", StringComparison.Ordinal), "The text at 'accounts[0].id' of the book holds a control character or half of a character: write it without." },
        { Books.Small(underlying: """, "\udc00": 1"""), "A name in the book holds half of a character, like \\ud800: write it whole." },
        { Books.Small(underlying: """, "\t": 1"""), "The text at 'underlyings.ETH.(a name)' of the book holds a control character or half of a character: write it without." },
        { Books.Small(spot: new string('9', 61)), "The spot of underlyings.ETH has 61 digits: give at most 60." },
        { """{ "time": "2020-03-12T10:00:00Z" }""", "The underlyings of the book are missing: give at least one." },
        { Books.Small(root: """, "acounts": []"""), "The field 'acounts' of the book is not known: remove it, or use one of time, underlyings, collateral, parameters, accounts, settlementToken." },
        { Books.Small(underlying: """, "spott": 1"""), "The field 'spott' of underlyings.ETH is not known: remove it, or use one of spot, group, openInterest, spread, perpetual, expiries." },
        { Books.Small(spot: "1e2"), "The spot of underlyings.ETH '1e2' is not a decimal number: write it like 1250.75." },
        { Books.Small(spot: "0"), "The spot of underlyings.ETH '0' is out of range: give 0.00000001 to 2814749.76710656." },
        { Books.Small(spot: "1.123456789"), "The spot of underlyings.ETH '1.123456789' has 9 decimals: give at most 8." },
        { Books.Small(underlying: """, "spread": "101" """), "The spread of underlyings.ETH '101' is out of range: give 0 to 100." },
        { Books.Small().Replace("\"vol\": \"0.9\"", "", StringComparison.Ordinal), "The volatility of underlyings.ETH.expiries.2020-03-27 is missing: give one of svi and vol." },
        { Books.Small().Replace("\"vol\": \"0.9\"", "\"vol\": 1, \"svi\": {}", StringComparison.Ordinal), "The volatility of underlyings.ETH.expiries.2020-03-27 is given twice: give one of svi and vol." },
        { Books.Small().Replace("\"vol\": \"0.9\"", "\"vol\": 1, \"followSeconds\": 1801", StringComparison.Ordinal), "The followSeconds of underlyings.ETH.expiries.2020-03-27 '1801' is out of range: give 0 to 1800." },
        { Books.Small().Replace("2020-03-27", "27 March", StringComparison.Ordinal), "The expiry '27 March' of underlyings.ETH.expiries is not a day: write it like 2020-03-27." },
        { Books.Small().Replace("2020-03-27", "2020-03-12", StringComparison.Ordinal), "The expiry '2020-03-12' of underlyings.ETH.expiries is not after the book's time: leave out what has expired." },
        { Books.Small(root: """, "parameters": { "BTC": {} }"""), "The field 'BTC' of parameters is not known: remove it, or use one of initialFactor, groups, ETH." },
        { Books.Small(root: """, "parameters": { "ETH": { "priceRange": "0.5" } }"""), "The priceRange of parameters.ETH '0.5' is out of range: give 0.01 to 0.32." },
        { Books.Small(root: """, "parameters": { "groups": { "majors": {} } }"""), "The group 'majors' of parameters.groups has no underlying: name it as the group of one, or remove it." },
        { Books.Small(root: """, "parameters": { "groups": { "ETH": { "nettingFloor": "0.4" } } }"""), "The nettingFloor of parameters.groups.ETH '0.4' is out of range: give 0.5 to 1." },
        { Books.Small(root: """, "collateral": { "WETH": { "underlying": "BTC" } }"""), "The underlying of collateral.WETH 'BTC' is not in the book: use one of ETH." },
        { Books.Small(root: """, "collateral": { "DAI": { } }"""), "The price of collateral.DAI is missing: give it." },
        { Books.Small(account: """, "cash": true"""), "The cash of account 7 is not a number: write it like \"1250.75\"." },
        { Books.Small(account: """, "cashh": 1"""), "The field 'cashh' of account 7 is not known: remove it, or use one of id, cash, collateral, positions." },
        { Books.Small(account: """, "collateral": { "WETH": 1 }"""), "The token 'WETH' of account 7, collateral is not in the book: add it to collateral." },
        { Books.Small().Replace("\"id\": 7,", "", StringComparison.Ordinal), "The id of accounts[0] is missing: give it." },
        { Books.Small(positions: """{ "instrument": "ETH-PERP", "size": "1" }"""), "The entry of account 7, positions[0] is missing: give it." },
        { Books.Small(positions: """{ "instrument": "ETH-27MAR20-100-C", "size": "1", "entry": "2" }"""), "The entry of account 7, positions[0] belongs to no option: leave it out, an option's premium is in cash already." },
        { Books.Small(positions: """{ "instrument": "BTC-PERP", "size": "1", "entry": "2" }"""), "The instrument of account 7, positions[0] 'BTC-PERP' names no underlying of the book: add 'BTC' to underlyings, or use one of ETH." },
        { Books.Small(positions: """{ "instrument": "ETH-3APR20-100-C", "size": "1" }"""), "The instrument of account 7, positions[0] 'ETH-3APR20-100-C' names no expiry of the book: add '2020-04-03' to underlyings.ETH.expiries." },
        { Books.Small(positions: """{ "instrument": "ETH-27MAR20-100", "size": "1" }"""), "The instrument of account 7, positions[0] 'ETH-27MAR20-100' is not understood: write ETH-PERP, ETH-27MAR20 or ETH-27MAR20-200-C." },
        { Books.Small(positions: """{ "instrument": "ETH-27MAR20-0-C", "size": "1" }"""), "The strike in the instrument of account 7, positions[0] 'ETH-27MAR20-0-C' is out of range: give 0.0001 to 109951162.7775, with at most four decimals." },
        { Books.Small(positions: """{ "instrument": "ETH-PERP", "size": "0", "entry": "1" }"""), "The size of account 7, positions[0] is 0: leave the position out." },
        { Books.Small(positions: """{ "instrument": "ETH-PERP", "size": "x", "entry": "1" }"""), "The size of account 7, positions[0] 'x' is not a decimal number: write it like 1250.75." },
        { Books.Small(positions: $"{Perpetual}, {Perpetual}"), "The instrument 'ETH-PERP' of account 7 is there twice: add the two positions up." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Parse_Mistake_IsNamedWithItsRemedy(string book, string message)
    {
        CliException error = Assert.Throws<CliException>(() => BookFile.Parse(book));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SameIdTwice_IsNamed()
    {
        string book = Books.Small().Replace("\"accounts\": [", "\"accounts\": [ { \"id\": \"7\" },", StringComparison.Ordinal);
        Assert.Equal("The id '7' of accounts[1] is there twice: give every account its own.", Assert.Throws<CliException>(() => BookFile.Parse(book)).Message);
    }

    [Fact]
    public async Task Run_NoSuchFile_IsNamed()
    {
        CliException error = await Assert.ThrowsAsync<CliException>(async () => await MarginCommand.Create().Parse(["--book", "/no/such/book.json"])
            .InvokeAsync(new System.CommandLine.InvocationConfiguration { EnableDefaultExceptionHandler = false }));
        Assert.Contains("/no/such/book.json", error.Message, StringComparison.Ordinal);
    }

    /// <summary>On the way to what its orders leave an account may have more positions than it may end with, as on chain (CLR-005).</summary>
    [Fact]
    public async Task Run_WhatIfOfTooManyPositions_CountsThemAfterAllOrders()
    {
        string book = Books.Small(positions: string.Join(", ", Enumerable.Range(1, 128).Select(static strike => $$"""{ "instrument": "ETH-27MAR20-{{strike}}-C", "size": "1" }""")));

        CliException error = await Assert.ThrowsAsync<CliException>(() => MarginCommandRunner.RunAsync(book, "--what-if", "7:ETH-27MAR20-200-C:1@1"));
        (int code, _) = await MarginCommandRunner.RunAsync(book, "--what-if", "7:ETH-27MAR20-200-C:1@1", "7:ETH-27MAR20-5-C:-1@1");

        Assert.Equal("The --what-if orders of account '7' leave it 129 positions: give orders that leave at most 128.", error.Message);
        Assert.Equal(0, code);
    }

    [Theory]
    [InlineData("1:ETH-PERP:5", "is not understood")]
    [InlineData("9:ETH-PERP:5@1", "names account '9', which the book does not have")]
    [InlineData("7:ETH-PERP:0@1", "is out of range")]
    [InlineData("7:ETH-PERP:99999999999999@1", "give a size of at most 90071992.54740992 that is not 0, and a price of at most 5629499.53421312")]
    [InlineData("7:BTC-PERP:1@1", "names no underlying of the book")]
    [InlineData("7:ETH-PERP:a@1", "is not a decimal number")]
    [InlineData("7:WETH-SPOT:1@1", "names no token of the book")]
    [InlineData("7:USDC-SPOT:1@1", "names no token of the book")]
    [InlineData("7:ETH-27MAR20-100.05-C:1@1", "cannot be filled: options are opened at strikes of at most three significant digits. The nearest are 100.00 and 101.00.")]
    public async Task Run_WhatIfMistake_IsNamed(string order, string part)
    {
        CliException error = await Assert.ThrowsAsync<CliException>(() => MarginCommandRunner.RunAsync(Books.Small(), "--what-if", order));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains(order, error.Message, StringComparison.Ordinal);
    }
}
