using System.Text.Json;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Tests.Margin;

public sealed class MarginCommandTests
{
    [Fact]
    public async Task Run_Json_HasEveryFieldOfTheDesign()
    {
        (int exit, string output) = await MarginCommandRunner.RunAsync(Books.Design, "--json");
        Assert.Equal(0, exit);
        using var reply = JsonDocument.Parse(output);
        JsonElement account = reply.RootElement.GetProperty("accounts")[0];
        string[] fields = ["id", "equity", "initialMargin", "maintenanceMargin", "standardMargin", "floorMargin", "floorEquity", "leastCash", "health", "worstScenario", "breakdown", "greeks"];
        Assert.Equal(fields, account.EnumerateObject().Select(p => p.Name));
        Book book = BookFile.Parse(Books.Design);
        AccountFigures figures = MarginEngine.Compute(book.Accounts[0].State, book.Accounts[0].Balances.AsSpan(), book.View);
        Assert.Equal(MoneyText.E8(figures.EquityE8), account.GetProperty("equity").GetString());
        Assert.Equal(MoneyText.E8(figures.InitialE8), account.GetProperty("initialMargin").GetString());
        JsonElement empty = reply.RootElement.GetProperty("accounts")[2];
        Assert.Equal(string.Empty, empty.GetProperty("health").GetString());
        Assert.Equal(JsonValueKind.Null, empty.GetProperty("worstScenario").ValueKind);
    }

    /// <summary>The golden reply: any change of a number or a field shows here.</summary>
    [Fact]
    public async Task Run_Json_IsTheGoldenReply()
    {
        (_, string output) = await MarginCommandRunner.RunAsync(Books.Design, "--json", "--what-if", "1:ETH-PERP:-5@150", "1:ETH-27MAR20-200-C:+10@2.5");
        Assert.Equal(await GoldenAsync("margin.json"), output);
    }

    [Fact]
    public async Task Run_Table_IsTheGoldenTable()
    {
        (_, string output) = await MarginCommandRunner.RunAsync(Books.Design, "--what-if", "1:ETH-PERP:-5@150");
        Assert.Equal(await GoldenAsync("margin.txt"), string.Join('\n', output.Split('\n').Select(line => line.TrimEnd())));
    }

    [Fact]
    public async Task Run_Details_TellTermsAndGreeksAsJsonDoes()
    {
        (_, string output) = await MarginCommandRunner.RunAsync(Books.Design, "--details");
        Assert.Equal(await GoldenAsync("margin-details.txt"), string.Join('\n', output.Split('\n').Select(line => line.TrimEnd())));

        // Those of the golden reply, in its own words.
        (_, string json) = await MarginCommandRunner.RunAsync(Books.Design, "--json");
        using var reply = JsonDocument.Parse(json);
        foreach (JsonProperty underlying in reply.RootElement.GetProperty("accounts")[0].GetProperty("greeks").EnumerateObject())
        {
            foreach (JsonProperty expiry in underlying.Value.EnumerateObject())
            {
                string row = output.Split('\n').First(line => line.StartsWith($"| {underlying.Name} ", StringComparison.Ordinal) && line.Contains($" {expiry.Name} |", StringComparison.Ordinal));
                Assert.Contains($" {expiry.Value.GetProperty("delta").GetString()} |", row, StringComparison.Ordinal);
                Assert.Contains($" {expiry.Value.GetProperty("gamma").GetString()} |", row, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>The longest numbers that there are leave no column out, and break none of them.</summary>
    [Fact]
    public async Task Run_TableOfTheLongestNumbers_ShowsThemWhole()
    {
        (_, string output) = await MarginCommandRunner.RunAsync(Books.Small(account: """, "cash": "12676506002282294014967.03205375" """));
        Assert.Contains("| 7       | 12,676,506,002,282,294,014,967.03 |", output, StringComparison.Ordinal);
        Assert.DoesNotContain('…', output);
    }

    [Fact]
    public async Task Run_WhatIfATokenIsSold_CashTakesItsPlace()
    {
        (_, string output) = await MarginCommandRunner.RunAsync(Books.Design, "--json", "--what-if", "1:WETH-SPOT:-1.5@152.31");
        using var reply = JsonDocument.Parse(output);
        JsonElement outcome = reply.RootElement.GetProperty("whatIf")[0];

        // At the mark equity stays; on the floor's side the haircut of what was sold is gone: 9 % (5 % for 5,000 ether, here are 9,000) of 1.5 × 152.31 more than 1316.1542.
        Assert.Equal(outcome.GetProperty("before").GetProperty("equity").GetString(), outcome.GetProperty("after").GetProperty("equity").GetString());
        Assert.Equal("1336.71605", outcome.GetProperty("after").GetProperty("floorEquity").GetString());

        CliException error = await Assert.ThrowsAsync<CliException>(() => MarginCommandRunner.RunAsync(Books.Design, "--what-if", "1:WETH-SPOT:-2.5@152.31"));
        Assert.Contains("sells more of the token than account '1' has", error.Message, StringComparison.Ordinal);
        string full = Books.Design.Replace("\"WETH\": \"2\"", "\"WETH\": \"340282366920938463463.374607431768211455\"", StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<CliException>(() => MarginCommandRunner.RunAsync(full, "--what-if", "1:WETH-SPOT:1@152.31"));
        Assert.Contains("or buys more than it can hold", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TenThousandAccounts_GivesEach()
    {
        (int exit, string output) = await MarginCommandRunner.RunAsync(Books.Large(10_000), "--json");
        Assert.Equal(0, exit);
        using var reply = JsonDocument.Parse(output);
        Assert.Equal(10_000, reply.RootElement.GetProperty("accounts").GetArrayLength());
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1, "-0.00000001")]
    [InlineData(150_000_000, "1.5")]
    [InlineData(long.MaxValue, "92233720368.54775807")]
    [InlineData(long.MinValue, "-92233720368.54775808")]
    public void E8_Number_IsItsShortestText(long value, string expected) => Assert.Equal(expected, MoneyText.E8(value));

    [Fact]
    public void Ratio_AndWeights_AreDecimal()
    {
        Assert.Equal("-0.33333334", MoneyText.Ratio(-1, 3));
        Assert.Equal(string.Empty, MoneyText.Ratio(1, 0));
        Assert.Equal("0.33333333", MoneyText.Weight(8));
        Assert.Equal("0.04166667", MoneyText.Weight(1));
        Assert.Equal("-0.75", MoneyText.Quarters(-3));
        Assert.Equal("0.00000001", MoneyText.Loss(1));
        Assert.Equal("-0.00000001", MoneyText.Gain(-1));
        Assert.Equal("0", MoneyText.Gain(1));
    }

    private static async Task<string> GoldenAsync(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Margin", "Golden", name);
        return (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n");
    }
}
