using System.Text.Json;
using System.Text.RegularExpressions;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Tests;

public sealed partial class RefusalsTests
{
    /// <summary>Errors of tokens, which are no contracts of ours; the page meets them.</summary>
    private static readonly Dictionary<string, int> Tokens = new(StringComparer.Ordinal) { ["ERC20InsufficientBalance"] = 3, ["ERC20InsufficientAllowance"] = 3 };

    [Fact]
    public void Sentences_OfEveryName_AreOfAnErrorThatHasTheirValues()
    {
        Dictionary<string, int> known = new(Tokens, StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(TestFiles.Root, "abi"), "*.json"))
        {
            using var abi = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonElement entry in abi.RootElement.EnumerateArray().Where(static entry => entry.GetProperty("type").GetString() == "error"))
            {
                string name = entry.GetProperty("name").GetString()!;
                int count = entry.GetProperty("inputs").GetArrayLength();
                known[name] = known.TryGetValue(name, out int other) ? Math.Min(other, count) : count;
            }
        }

        using var refusals = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "spec", "refusals.json")));
        foreach (JsonProperty sentence in refusals.RootElement.GetProperty("sentences").EnumerateObject())
        {
            Assert.True(known.TryGetValue(sentence.Name, out int count), $"{sentence.Name} is no error of any contract");
            string text = sentence.Value.GetString()!;
            Assert.EndsWith(".", text, StringComparison.Ordinal);
            foreach (Match place in Place().Matches(text))
            {
                Assert.True(int.Parse(place.Groups["at"].Value, System.Globalization.CultureInfo.InvariantCulture) < count, $"{sentence.Name} has {count} values, not {place.Value}");
                Assert.Contains(place.Groups["form"].Value, (string[])["", ":money", ":price", ":percent", ":time", ":holder"]);
            }
        }

        Assert.Equal(Refusals.Names.Order(), refusals.RootElement.GetProperty("sentences").EnumerateObject().Select(static one => one.Name).Order());
    }

    [Fact]
    public void Sentence_OfAnError_HasItsValuesInTheirForms()
    {
        Assert.Equal(
            "After this, account 41 would have an equity of −$1,234.56 and need $2,000,000.00 of initial margin. Use a smaller amount, or deposit first.",
            Say(new HealthGate.MarginTooLowError(41, -123_456_789_012, 200_000_000_000_000)));
        Assert.Equal(
            "The price of 0.0101 is further than 1,000.00 from the mark of 90,000.50. Wait, or change the price.",
            Say(new Clearinghouse.PriceOutOfBandError(0, 1_010_000, 9_000_050_000_000, 100_000_000_000)));
        Assert.Equal("Less of this token is held for the shared pool than that. Use a smaller amount.", Say(new MarginVault.BalanceTooLowError(0, 0, 1, 2)));
        Assert.Equal("That part is below the least bid or more than the 12.5 % that is left. Bid for another part.", Say(new LiquidationHouse.FractionInvalidError(1, 2, 12_500_000)));
        Assert.Equal("The order expired at 2026-02-01 00:00:00 UTC. Sign one that lasts longer.", Say(new Clearinghouse.OrderExpiredError(1, 2, 1_769_904_000)));
        Assert.Equal("This instrument expired at 2026-02-01 00:00:00 UTC. Trade another.", Say(new HealthGate.ExpiredError(1, 1_769_904_000)));
        Assert.Equal("Account 7 needs $1.50 of credit on attesters' word, and $0.25 is left for everybody now. Wait, or compute on chain.", Say(new CreditBucket.CreditExhaustedError(7, 150_000_000, 25_000_000)));
        Assert.Equal("The contract refused: not connected (1).", Say(new Plain("NotConnected", 1)));
        Assert.Contains("0x01020304", Refusals.Sentence(new UnknownReason([1, 2, 3, 4])), StringComparison.Ordinal);
    }

    /// <summary>What a trade, a withdrawal, a move or a bid of somebody who means well can meet has words of its own.</summary>
    [Theory]
    [InlineData("Clearinghouse", "AccountNotEmpty AccountsNotSiblings NeedFirst NeedNotDue NotFilledWhole NothingExpired NothingToServe OrderDone OrderExpired OrderInvalid OrdersDoNotMatch OutOfDomain PositionMissing PostOnlyTaker PriceOutOfBand SelfTrade StrikeOffGrid SurfaceTooOld")]
    [InlineData("HealthGate", "CollateralTooLow Drifted Expired FloorTooLow MarginTooLow NotReducing ProofNotAllowed ReductionTooDear")]
    [InlineData("LiquidationHouse", "FractionInvalid InGrace InsuranceExhausted LotMismatch LotNotOpen NeedTooYoung NoLoss NotHealthy NotLiquidatable NothingToDeleverage PayTooHigh TooSoon")]
    [InlineData("RiskRegistry", "AttestationExpired AttestationVoid EpochVoid")]
    [InlineData("MarginVault", "AmountInvalid BalanceTooLow TokenShort TransferInexact")]
    [InlineData("CreditBucket", "CreditExhausted")]
    [InlineData("AttesterBonds", "NotAdmitted NothingOwed")]
    [InlineData("InsuranceFund", "LossInSight NotInExitWindow SharesTooFew")]
    [InlineData("PriceHub", "SettlementNotReady TokenUnknown")]
    [InlineData("SpotMarkets", "MarketAlive UnderlyingUnknown")]
    [InlineData("FloorReferee", "ExpiryMissing")]
    public void Sentences_OfWhatTradersMeet_AreThere(string contract, string errors)
    {
        string abi = File.ReadAllText(Path.Combine(TestFiles.Root, "abi", $"{contract}.json"));
        string[] names = errors.Split(' ');

        Assert.Empty(names.Where(name => !abi.Contains($"\"{name}\"", StringComparison.Ordinal)).Concat(names.Except(Refusals.Names)));
    }

    [GeneratedRegex(@"\{(?<at>\d+)(?<form>:\w+)?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();

    private static string Say(IContractError error) => Refusals.Sentence(new CustomErrorReason([], error));

    private sealed record Plain(string ErrorName, params object[] Values) : IContractError
    {
        public IReadOnlyList<(string Name, object Value)> Arguments => [.. Values.Select(static value => ("value", value))];
    }
}
