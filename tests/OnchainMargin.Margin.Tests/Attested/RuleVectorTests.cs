using System.Text.RegularExpressions;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Attested;

/// <summary>Every rule of spec/clearing.md, spec/oracle.md and spec/parameters.md either has vectors, then it stands in both languages and is tested in both, unless it is the contracts' alone, or is named here with the reason why it has none and the tests that hold it.</summary>
public sealed partial class RuleVectorTests
{
    /// <summary>Rules without vectors.</summary>
    private static readonly Untold[] WithoutVectors =
    [
        new("CLR-010", "an order of refusals", "TradeModule.batches/testFuzz_settle_manyFillsAreThoseOfPlainNumbers", "OrderRelayTests/Submit_PostOnlyThatWouldTrade_SelfTradeAndDoubleNonce_AreRefused"),
        new("CLR-016", "what is refused while a market is not normal", "Clearinghouse.halted/test_settle_tokensOfAHaltedMarketBackNoTrade", "PreTradeCheckTests/Judge_TokensOfAMarket_BackATradeElsewhereUnlessItIsHalted"),
        new("CLR-017", "what is refused, by bounds of MRG-003", "Clearinghouse.expiry/test_settle_refusesUnlistedExpiredFarAndOddStrikes", "OldSurfaceTests/Submit_SurfaceIsTooOld_TakesWhatClosesAndWhatRestsForWhoCloses"),
        new("CLR-019", "who may do what until when", "Clearinghouse.accounts/test_delegate_hasOnlyTheRightsGiven", "OrderRelayTests/Submit_OfADelegate_IsTakenWhileItsRightLasts"),
        new("CLR-022", "one comparison of prices of two checkpoints", "RiskRegistry.attest/test_withdraw_revertsAfterDriftExpiryOrAge", null),
        new("CLR-024", "positions that merge as in CLR-011, and cash that bears what CLR-023 says", "Clearinghouse.accounts/test_move_mergesWithAnOppositePosition", "ProofTests/Move_OfAPosition_IsShownByAnAttestationOfEachAccount"),
        new("CLR-025", "the value of CLR-011 and the fee of CLR-012, between refusals", "Clearinghouse.spot/testFuzz_settle_conservesTokensAndCash", "SpotRelayTests/EtherAgainstCash_ThroughTheRelay_ChangesHands"),
        new("CLR-033", "what a source said before it fell silent, which is asked between checkpoints", "Clearinghouse.deadCoin/test_coin_countsWhollyWhileItsMarketIsHaltedAndFadesFromTheWindDownOn", null),
        new("CLR-034", "what of tokens counts, over all accounts", "MarginVault.cap/testFuzz_cap_neverCountsMoreThanTheCap", "CapTests/Deposit_AboveACap_IsToldCountedOnceThereIsRoomAndTakenOut"),
        new("CLR-052", "comparisons with figures that have vectors themselves (MRG-050 to MRG-057)", "Challenges.refute/test_refute_slashesWhoSignedTooLittleCash", "RefutationTests/Attestation_AtACheckpointWithoutItsExpiry_IsRecomputedUnlessItAsksForAllTheCash"),
        new("CLR-053", "what events say", "RiskRegistry.attest/test_withdraw_tellsTheAttestationThatItUsed", "UsedAttestationTests/Apply_AUseOfSignatures_HasThePositionsOfTheEventOrOfTheStateThatFollowsAndItsCheckpoint"),
        new("PAR-003", "seconds that are compared", "ParameterSteps.step/test_step_timesAscendAndAreYoung", null),
        new("PAR-007", "bounds, of which spec/domains.json has most", "RiskParameters.domain/test_setOracle_takesItsDomain", "PlanDomainsTests/DomainsOfTheSetters_AreThePlans"),
    ];

    private static readonly string[] WithVectors = [.. Directory.GetFiles(SpecFiles.At("spec", "attested"), "*.json").Select(static file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>Rules of the contracts alone, and why: the product reads what comes of them from events and views. Their vectors hold the Solidity to the text.</summary>
    private static readonly Dictionary<string, string> OfContractsAlone = new(StringComparer.Ordinal)
    {
        ["CLR-026"] = "what comes back is in events, and a view says what is held",
        ["CLR-045"] = "who takes a lot over is told its bankruptcy prices by the event",
        ["CLR-046"] = "whose turn it is the contract says when a keeper asks",
        ["CLR-047"] = "shares are in events, and a view says whose",
        ["CLR-051"] = "a view says what is left of the bucket",
        ["PAR-006"] = "views say what is in force, and events where it goes",
    };

    [Fact]
    public void Rules_HaveVectorsOrAReason()
    {
        string[] rules = [.. Heading().Matches(Specification("clearing.md") + Specification("oracle.md") + Specification("parameters.md")).Select(static match => match.Groups["rule"].Value)];
        Assert.True(rules.Length > 60);
        Assert.Equal(rules, WithVectors.Concat(WithoutVectors.Select(static rule => rule.Rule)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(WithoutVectors, static rule => rule.Rule.StartsWith("ORC-", StringComparison.Ordinal));
    }

    [Fact]
    public void Rules_WithoutVectors_AreHeldByTestsThatAreThere()
    {
        foreach (Untold rule in WithoutVectors)
        {
            (string file, string test) = Named(rule.Solidity);
            Assert.Contains($"function {test}(", File.ReadAllText(SpecFiles.At("contracts", "test", $"{file}.t.sol")), StringComparison.Ordinal);
            if (rule.Engine is { } engine)
            {
                (file, test) = Named(engine);
                string path = Assert.Single(Directory.GetFiles(SpecFiles.At("tests"), $"{file}.cs", SearchOption.AllDirectories));
                Assert.Contains($" {test}(", File.ReadAllText(path), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Rules_WithVectors_StandInTheSpecificationAndInBothLanguages()
    {
        string solidity = All("*.sol", "contracts");
        string product = All("*.cs", "src");
        string specification = Specification("oracle.md") + Specification("parameters.md") + Specification("clearing.md");
        foreach (string rule in WithVectors)
        {
            Assert.Contains($"@custom:spec {rule}", solidity, StringComparison.Ordinal);
            Assert.Equal(!OfContractsAlone.ContainsKey(rule), product.Contains($"SpecRule(\"{rule}\")", StringComparison.Ordinal));
            Assert.Contains($"### {rule} ", specification, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Vectors_AreReadByTestsOfBothLanguages()
    {
        string solidity = All("*.t.sol", "contracts", "test");
        string product = All("*VectorTests.cs", "tests");
        foreach (string rule in WithVectors)
        {
            Assert.Contains($"spec/attested/{rule}.json", solidity, StringComparison.Ordinal);
            Assert.Equal(!OfContractsAlone.ContainsKey(rule), product.Contains($"Columns.Of(\"{rule}\")", StringComparison.Ordinal));
        }

        Assert.All(OfContractsAlone.Keys, static rule => Assert.Contains(rule, WithVectors));
    }

    private static (string File, string Test) Named(string test) => test.Split('/') is [var file, var name] ? (file, name) : throw new ArgumentException($"'{test}' is no file and test", nameof(test));

    private static string Specification(string name) => File.ReadAllText(SpecFiles.At("spec", name));

    private static string All(string pattern, params string[] folder) => string.Concat(Directory.GetFiles(SpecFiles.At(folder), pattern, SearchOption.AllDirectories).Select(File.ReadAllText));

    [GeneratedRegex(@"^### (?<rule>\w+-\d{3}) ", RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    /// <summary>A rule without vectors.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Reason">Why it has none.</param>
    /// <param name="Solidity">The test that holds the contracts to it: its file without ending, and its name.</param>
    /// <param name="Engine">The same of the C#; null where nothing off chain does what the rule says.</param>
    private sealed record Untold(string Rule, string Reason, string Solidity, string? Engine);
}
