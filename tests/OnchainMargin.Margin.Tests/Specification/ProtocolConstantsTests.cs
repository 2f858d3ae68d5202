using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>Every value of spec/constants.json against what a contract holds as a constant, or against what the local deployment sets; and every constant of the contracts, for the specification says of itself that it has all of them.</summary>
public sealed partial class ProtocolConstantsTests
{
    private static readonly BigInteger Two28 = BigInteger.One << 28;
    private static readonly Dictionary<string, BigInteger> Units = new(StringComparer.Ordinal) { ["ONE"] = 100_000_000, ["DAY"] = 86_400, ["days"] = 86_400, ["hours"] = 3600, ["YEAR"] = 31_536_000 };

    /// <summary>What a test of its own compares, and what is said in prose alone: the delay that is proposed to governance, and the reciprocal of the largest moneyness.</summary>
    private static readonly string[] Elsewhere =
    [
        "about", "format", "governance.delaySeconds", "limits.entryMoneynessMin", "kernel.cdfTableKeccak256", "kernel.cdfTableCreationPrefix", "kernel.lnCoefficientsQ44", "kernel.ln2Q88", "scenarios.quarters", "scenarios.tails",
        "scenarios.kappaKnots", "margin.underlyings.", "margin.haircuts.",
    ];

    /// <summary>Values that a contract fixes, with what they are multiplied by there.</summary>
    private static readonly Dictionary<string, (string File, string Constant, BigInteger Factor)> Fixed = new(StringComparer.Ordinal)
    {
        ["scale.oneE8"] = ("margin/AddOns.sol", "ONE", 1),
        ["scale.oneE12"] = ("margin/Volatility.sol", "ONE_E12", 1),
        ["scale.yearSeconds"] = ("margin/AddOns.sol", "YEAR", 1),
        ["kernel.cellsPerDeviation"] = ("margin/Volatility.sol", "DEVIATION_MAX", 8 * Two28),
        ["kernel.firstCell"] = ("margin/OptionValues.sol", "ORIGIN", -Two28),
        ["kernel.cells"] = ("margin/NormalTable.sol", "CELLS_END_Q28", Two28),
        ["kernel.logClampQ32"] = ("margin/Strikes.sol", "LOG_CLAMP_Q32", 1),
        ["kernel.deviationMinCellsQ28"] = ("margin/Strikes.sol", "DEVIATION_MIN", 1),
        ["kernel.deviationMaxCellsQ28"] = ("margin/Strikes.sol", "DEVIATION_MAX", 1),
        ["kernel.varianceMinQ64"] = ("margin/Strikes.sol", "VARIANCE_MIN_Q64", 1),
        ["kernel.varianceMaxQ64"] = ("margin/Strikes.sol", "VARIANCE_MAX_Q64", 1),
        ["kernel.intrinsicBelowSeconds"] = ("margin/OptionValues.sol", "INTRINSIC_SECONDS", 1),
        ["scenarios.count"] = ("margin/Scenarios.sol", "COUNT", 1),
        ["scenarios.mark"] = ("margin/Scenarios.sol", "MARK", 1),
        ["scenarios.volDownFactorMinE8"] = ("margin/Volatility.sol", "VOL_DOWN_FACTOR_MIN_E8", 1),
        ["limits.positionsMax"] = ("margin/AccountStates.sol", "POSITIONS_MAX", 1),
        ["limits.sizeMaxE8"] = ("margin/MarginDomain.sol", "SIZE_MAX_E8", 1),
        ["limits.notionalMaxE8"] = ("margin/MarginDomain.sol", "NOTIONAL_MAX_E16", 100_000_000),
        ["limits.entryMoneynessMax"] = ("margin/MarginDomain.sol", "ENTRY_MONEYNESS", 1),
        ["limits.spotMaxE8"] = ("margin/MarginDomain.sol", "SPOT_MAX_E8", 1),
        ["limits.forwardMaxE8"] = ("margin/MarginDomain.sol", "FORWARD_MAX_E8", 1),
        ["limits.expiriesMax"] = ("margin/MarginDomain.sol", "EXPIRIES_MAX", 1),
        ["limits.underlyingsMax"] = ("margin/MarginDomain.sol", "UNDERLYINGS_MAX", 1),
        ["limits.collateralsMax"] = ("margin/MarginDomain.sol", "COLLATERALS_MAX", 1),
        ["oracle.settlementWindowSeconds"] = ("oracle/SpotMarkets.sol", "WINDOW_SECONDS", 1),
        ["oracle.settlementCoveredSeconds"] = ("oracle/SpotMarkets.sol", "COVERED_MIN_SECONDS", 1),
        ["oracle.windDownDelaySeconds"] = ("oracle/SpotMarkets.sol", "WIND_DOWN_SECONDS", 1),
        ["oracle.closedFadeSeconds"] = ("oracle/PriceHub.sol", "CLOSED_FADE_SECONDS", 1),
        ["oracle.surfaceMaxAgeSeconds"] = ("margin/AddOns.sol", "SURFACE_AGE_SECONDS", 1),
        ["oracle.staleRampSeconds"] = ("margin/AddOns.sol", "STALE_RAMP_SECONDS", 1),
        ["oracle.surfaceDelaySeconds"] = ("oracle/VolSurfaces.sol", "DELAY_SECONDS", 1),
        ["oracle.feedHeldSeconds"] = ("oracle/MarketStates.sol", "HELD_SECONDS", 1),
        ["oracle.feedGas"] = ("oracle/PriceSources.sol", "SOURCE_GAS", 1),
        ["oracle.insuranceDrawdownE8"] = ("oracle/Drawdowns.sol", "LIMIT_E8", 1),
        ["oracle.insuranceHighLeastE8"] = ("oracle/Drawdowns.sol", "HIGH_LEAST_E8", 1),
        ["oracle.premiumLeastShare"] = ("oracle/Premiums.sol", "LEAST_SHARE", 1),
        ["governance.guardianRole"] = ("risk/GuardedManager.sol", "GUARDIAN_ROLE", 1),
        ["attestation.maxAgeLimitSeconds"] = ("risk/ParameterDomains.sol", "ATTESTATION_MAX_AGE_SECONDS", 1),
        ["attestation.challengeHorizonSeconds"] = ("risk/Challenges.sol", "HORIZON_SECONDS", 1),
        ["attestation.demandSeconds"] = ("risk/Challenges.sol", "DEMAND_SECONDS", 1),
        ["attestation.unbondingSeconds"] = ("risk/AttesterBonds.sol", "UNBONDING_SECONDS", 1),
        ["attestation.slashFirstProofBps"] = ("risk/AttesterBonds.sol", "PROVER_BPS", 1),
        ["attestation.seats"] = ("risk/RiskRegistry.sol", "SEATS", 1),
        ["attestation.proofLevelsMax"] = ("risk/RiskRegistry.sol", "LEVELS_MAX", 1),
        ["attestation.creditCapacityBps"] = ("risk/CreditBucket.sol", "CAPACITY_BPS", 1),
        ["attestation.creditRefillBpsPerDay"] = ("risk/CreditBucket.sol", "REFILL_BPS_PER_DAY", 1),
        ["attestation.optionRiskBps"] = ("oracle/VolSurfaces.sol", "OPTION_RISK_BPS", 1),
        ["governance.rampMinSeconds"] = ("risk/RiskParameters.sol", "RAMP_MIN_SECONDS", 1),
        ["governance.rampMaxSeconds"] = ("risk/RiskParameters.sol", "RAMP_MAX_SECONDS", 1),
        ["parameterSteps.tightenHourMaxE8"] = ("risk/Corridors.sol", "TIGHTEN_HOUR_MAX_E8", 1),
        ["parameterSteps.tightenDayMaxE8"] = ("risk/Corridors.sol", "TIGHTEN_DAY_MAX_E8", 1),
        ["parameterSteps.loosenHourMaxE8"] = ("risk/Corridors.sol", "LOOSEN_HOUR_MAX_E8", 1),
        ["parameterSteps.loosenDayMaxE8"] = ("risk/Corridors.sol", "LOOSEN_DAY_MAX_E8", 1),
        ["parameterSteps.maxAgeSeconds"] = ("risk/ParameterSteps.sol", "AGE_MAX_SECONDS", 1),
        ["parameterSteps.shortOptionMinimumParts"] = ("risk/RiskParameters.sol", "SHORT_MINIMUM_PARTS", 1),
        ["parameterSteps.shortOptionMinimumLeastE8"] = ("risk/RiskParameters.sol", "SHORT_MINIMUM_LEAST_E8", 1),
        ["clearing.feeMaxE8"] = ("risk/ParameterDomains.sol", "FEE_MAX_E8", 1),
        ["clearing.creditFeeMaxE8"] = ("risk/ParameterDomains.sol", "CREDIT_FEE_MAX_E8", 1),
        ["clearing.leastBandE8"] = ("clearing/HealthGate.sol", "LEAST_BAND_E8", 1),
        ["liquidation.dustE8"] = ("liquidation/LotMath.sol", "DUST_E8", 1),
        ["liquidation.restSeconds"] = ("liquidation/LotMath.sol", "REST_SECONDS", 1),
        ["liquidation.exitDelaySeconds"] = ("liquidation/InsuranceFund.sol", "EXIT_DELAY_SECONDS", 1),
        ["liquidation.exitWindowSeconds"] = ("liquidation/InsuranceFund.sol", "EXIT_WINDOW_SECONDS", 1),
        ["liquidation.holdSeconds"] = ("liquidation/InsuranceFund.sol", "HOLD_SECONDS", 1),
        ["limits.tokensMax"] = ("vault/MarginVault.sol", "TOKENS_MAX", 1),
        ["limits.decimalsMax"] = ("vault/MarginVault.sol", "DECIMALS_MAX", 1),
        ["limits.decimalsMin"] = ("vault/MarginVault.sol", "DECIMALS_MIN", 1),
        ["limits.settlementDecimalsMax"] = ("vault/MarginVault.sol", "SETTLEMENT_DECIMALS_MAX", 1),
        ["limits.costLimitE8"] = ("margin/MarginDomain.sol", "COST_LIMIT_E8", 1),
        ["limits.cashLimitE8"] = ("margin/MarginDomain.sol", "CASH_LIMIT_E8", 1),
        ["limits.lockedGainLimitE8"] = ("margin/MarginDomain.sol", "LOCKED_GAIN_LIMIT_E8", 1),
        ["limits.unitsMaxE8"] = ("margin/MarginDomain.sol", "UNITS_MAX_E8", 1),
        ["limits.initialFactorMaxE8"] = ("margin/MarginDomain.sol", "INITIAL_FACTOR_MAX_E8", 1),
        ["limits.priceRangeMinE8"] = ("margin/MarginDomain.sol", "PRICE_RANGE_MIN_E8", 1),
        ["limits.priceRangeMaxE8"] = ("margin/MarginDomain.sol", "PRICE_RANGE_MAX_E8", 1),
        ["limits.volRangeMaxE8"] = ("margin/MarginDomain.sol", "VOL_RANGE_MAX_E8", 1),
        ["limits.volUpFloorMaxE8"] = ("margin/MarginDomain.sol", "VOL_UP_FLOOR_MAX_E8", 1),
        ["limits.floorRateMaxE8"] = ("margin/MarginDomain.sol", "FLOOR_RATE_MAX_E8", 1),
        ["limits.nettingFloorMinE8"] = ("margin/MarginDomain.sol", "NETTING_FLOOR_MIN_E8", 1),
        ["limits.sviAMaxE12"] = ("margin/MarginDomain.sol", "SVI_A_MAX_E12", 1),
        ["limits.sviBMaxE12"] = ("margin/MarginDomain.sol", "SVI_B_MAX_E12", 1),
        ["limits.sviMaxE8"] = ("margin/MarginDomain.sol", "SVI_MAX_E8", 1),
        ["limits.indexMinE12"] = ("margin/MarginDomain.sol", "INDEX_MIN_E12", 1),
        ["limits.indexLimitE12"] = ("margin/MarginDomain.sol", "INDEX_LIMIT_E12", 1),
        ["oracle.tokenSilenceSeconds"] = ("oracle/PriceSources.sol", "SILENCE_SECONDS", 1),
        ["oracle.tokenFadeSeconds"] = ("oracle/PriceSources.sol", "FADE_SECONDS", 1),
        ["oracle.sourcesMax"] = ("oracle/SpotMarkets.sol", "SOURCES_MAX", 1),
        ["oracle.sourceSignersMax"] = ("oracle/SignedSource.sol", "SIGNERS_MAX", 1),
        ["oracle.feedDeviationMinE8"] = ("oracle/SpotMarkets.sol", "DEVIATION_MIN_E8", 1),
        ["oracle.feedDeviationMaxE8"] = ("oracle/SpotMarkets.sol", "DEVIATION_MAX_E8", 1),
        ["oracle.feedReduceMoveMinE8"] = ("oracle/SpotMarkets.sol", "REDUCE_MOVE_MIN_E8", 1),
        ["oracle.feedHaltMoveMinE8"] = ("oracle/SpotMarkets.sol", "HALT_MOVE_MIN_E8", 1),
        ["oracle.feedHaltMoveMaxE8"] = ("oracle/SpotMarkets.sol", "HALT_MOVE_MAX_E8", 1),
        ["oracle.feedRecoveryMinSeconds"] = ("oracle/SpotMarkets.sol", "RECOVERY_MIN_SECONDS", 1),
        ["oracle.feedRecoveryMaxSeconds"] = ("oracle/SpotMarkets.sol", "RECOVERY_MAX_SECONDS", 1),
        ["oracle.listingPriceMinE8"] = ("oracle/SpotMarkets.sol", "PRICE_MIN_E8", 1),
        ["oracle.feedGasNeeded"] = ("oracle/PriceSources.sol", "GAS_NEEDED", 1),
        ["oracle.aggregatorGas"] = ("oracle/Rounds.sol", "FEED_GAS", 1),
        ["oracle.vaultGas"] = ("oracle/RedemptionRateSource.sol", "VAULT_GAS", 1),
        ["oracle.pairGas"] = ("oracle/TradeAverageSource.sol", "PAIR_GAS", 1),
        ["oracle.pricesKept"] = ("oracle/PriceHub.sol", "PRICES_KEPT", 1),
        ["oracle.listedMinSeconds"] = ("oracle/VolSurfaces.sol", "LISTED_MIN_SECONDS", 1),
        ["oracle.listedMaxSeconds"] = ("oracle/VolSurfaces.sol", "LISTED_MAX_SECONDS", 1),
        ["oracle.publicationMaxAgeSeconds"] = ("oracle/VolSurfaces.sol", "AGE_MAX_SECONDS", 1),
        ["oracle.publicationSpotBandE8"] = ("oracle/VolSurfaces.sol", "SPOT_BAND_E8", 1),
        ["oracle.surfacePoints"] = ("oracle/SurfaceChecks.sol", "POINTS", 1),
        ["oracle.surfaceFarthestQ32"] = ("oracle/SurfaceChecks.sol", "FARTHEST_Q32", 1),
        ["oracle.surfaceSigmaMinE8"] = ("oracle/SurfaceChecks.sol", "SIGMA_MIN_E8", 1),
        ["oracle.surfaceHiddenDivisor"] = ("oracle/SurfaceChecks.sol", "HIDDEN_DIVISOR", 1),
        ["oracle.surfaceHiddenMaxQ32"] = ("oracle/SurfaceChecks.sol", "HIDDEN_MAX_Q32", 1),
        ["parameterSteps.basisTenorYears"] = ("risk/RiskParameters.sol", "TENOR_YEARS", 1),
        ["clearing.narrowBandParts"] = ("clearing/HealthGate.sol", "NARROW_PARTS", 1),
        ["clearing.restingParts"] = ("clearing/HealthGate.sol", "RESTING_PARTS", 1),
        ["clearing.surfaceOpensSeconds"] = ("clearing/HealthGate.sol", "SURFACE_OPENS_SECONDS", 1),
        ["clearing.needOptionGainE8"] = ("clearing/Needs.sol", "OPTION_GAIN_E8", 1),
        ["clearing.needRangeSeconds"] = ("clearing/Needs.sol", "RANGE_SECONDS", 1),
        ["clearing.needTauMinSeconds"] = ("clearing/Needs.sol", "TAU_MIN_SECONDS", 1),
        ["clearing.needDustParts"] = ("clearing/Needs.sol", "DUST_PARTS", 1),
        ["clearing.holdersFirstSeconds"] = ("clearing/ClosingModule.sol", "HOLDERS_FIRST_SECONDS", 1),
        ["liquidation.rewardGasMax"] = ("risk/ParameterDomains.sol", "REWARD_GAS_MAX", 1),
        ["liquidation.rewardGasPositionMax"] = ("risk/ParameterDomains.sol", "REWARD_GAS_POSITION_MAX", 1),
        ["liquidation.rewardMaxLimitE8"] = ("risk/ParameterDomains.sol", "REWARD_MAX_E8", 1),
        ["liquidation.partMaxE8"] = ("liquidation/LotLegs.sol", "PART_MAX_E8", 1),
        ["liquidation.mainParts"] = ("liquidation/LotLegs.sol", "MAIN_PARTS", 1),
        ["liquidation.emptiedParts"] = ("liquidation/InsuranceFund.sol", "EMPTIED_PARTS", 1),
        ["liquidation.holdParts"] = ("liquidation/InsuranceFund.sol", "HOLD_PARTS", 1),
    };

    /// <summary>Constants of the contracts that are no parameter: units, places and widths in words, numbers of choices, hashes of types, and repetitions of a value that is compared elsewhere.</summary>
    private static readonly HashSet<string> Encodings = new(StringComparer.Ordinal)
    {
        "ONE", "ONE_E12", "ONE_E18", "ONE_SIGNED", "E4", "E20_OF_E8", "WEI", "BPS", "DAY", "DAY_SECONDS", "HOUR", "YEAR", "Q112", "CASH_DECIMALS", "PRICE_DECIMALS",
        "WORD", "WORDS", "TO_WORD", "BITS", "EXPIRY_BITS", "EXPIRY_WORDS", "RECORD_BYTES", "EXPIRY_BYTES", "ROUND_BYTES", "ANSWER_BYTES", "TOKENS", "FIELDS", "DEPTH", "GROUP",
        "FORWARD", "A", "B", "RHO", "M", "SPOT_BITS", "SINCE", "AGE", "ASIDE_TIME", "RISK", "PRESENT", "ASIDE", "OLDER", "LOW", "NOT_NAMED", "SETTLEMENT", "CALENDAR_POINTS",
        "LARGEST_E8", "OPEN_INTEREST_MAX_E8", "FUNDING_MAX_E16", "TOTAL_MAX_E8", "INDEX_MAX", "RATE_MAX_E8", "PRICE_MAX_E8", "NONCES_MOST",
        "STALE", "DIVERGED", "MOVED", "SPOT", "MAKER_OVER", "TAKER_OVER", "COUNTED", "REDUCE_ONLY", "POST_ONLY", "FILL_OR_KILL", "FLAGS", "MAY_TRADE", "MAY_CANCEL", "MAY_MOVE", "RIGHTS",
        "TYPEHASH", "UNDERLYING_TYPEHASH", "TOKEN_TYPEHASH", "STEPS_TYPEHASH", "EPOCH_TYPEHASH", "ATTESTATION_TYPEHASH", "UPDATE_TYPEHASH", "PUBLICATION_TYPEHASH", "REPORT_TYPEHASH",
    };

    /// <summary>Where the plan of the local deployment has a value under another name than the section's and the key's.</summary>
    private static readonly Dictionary<string, string> Planned = new(StringComparer.Ordinal)
    {
        ["margin.initialFactorE8"] = "initialFactorE8",
        ["margin.haircutSmoothingSeconds"] = "oracle.smoothingSeconds",
        ["oracle.volStepPerHourE8"] = "surfaces.volStepE8",
        ["oracle.forwardStepPerHourE8"] = "surfaces.forwardStepE8",
        ["oracle.forwardBandE8"] = "surfaces.forwardBandE8",
        ["oracle.forwardBandYearE8"] = "surfaces.forwardBandYearE8",
        ["oracle.volMinE8"] = "surfaces.volMinE8",
        ["oracle.volMaxE8"] = "surfaces.volMaxE8",
        ["oracle.discountRateE12"] = "surfaces.discountRateE12",
        ["oracle.feedMaxDeviationE8"] = "feeds.maxDeviationE8",
        ["oracle.feedReduceMoveE8"] = "feeds.reduceMoveE8",
        ["oracle.feedHaltMoveE8"] = "feeds.haltMoveE8",
        ["oracle.feedMinCount"] = "feeds.minCount",
        ["oracle.feedRecoverySeconds"] = "feeds.recoverySeconds",
        ["attestation.maxAgeSeconds"] = "oracle.attestationMaxAgeSeconds",
        ["attestation.maxDriftE8"] = "oracle.maxDriftE8",
        ["attestation.localBondRaw"] = "attesterBondRaw",
        ["governance.rampSeconds"] = "rampSeconds",
        ["clearing.funding.intervalSeconds"] = "oracle.fundingIntervalSeconds",
        ["clearing.funding.rateMaxE8"] = "oracle.fundingRateMaxE8",
    };

    private static readonly Dictionary<string, string> Corridors = new(StringComparer.Ordinal)
    {
        ["parameterSteps.corridors.BTC."] = "underlyings.0.corridor.",
        ["parameterSteps.corridors.ETH."] = "underlyings.1.corridor.",
        ["parameterSteps.corridors.WETH."] = "tokens.1.corridor.",
        ["parameterSteps.corridors.WBTC."] = "tokens.2.corridor.",
    };

    private static readonly JsonElement Plan = JsonDocument.Parse(File.ReadAllText(SpecFiles.At("src", "OnchainMargin.Protocol", "Deployment", "local-plan.json"))).RootElement;

    private static readonly Dictionary<string, string> Specified = Leaves(SpecFiles.Json("constants.json"), string.Empty)
        .Where(leaf => !Elsewhere.Any(known => leaf.Path.StartsWith(known, StringComparison.Ordinal))).ToDictionary(leaf => leaf.Path, leaf => leaf.Value, StringComparer.Ordinal);

    public static TheoryData<string> Paths => [.. Specified.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Value_OfTheSpecification_IsThatOfAContractOrOfThePlan(string path)
    {
        BigInteger expected = BigInteger.Parse(Specified[path], CultureInfo.InvariantCulture);
        BigInteger found = Fixed.TryGetValue(path, out (string File, string Constant, BigInteger Factor) place) ? InSolidity(place.File, place.Constant) : InPlan(path);
        Assert.Equal(expected * (place.File is null ? 1 : place.Factor), found);
    }

    /// <summary>The other way: what a contract fixes stands in the specification. Of the margin's own folder the bounds of the domain; its kernel is compared figure by figure (<see cref="ConstantsTests"/>).</summary>
    [Fact]
    public void Constant_OfAContract_IsInTheSpecificationOrNoParameter()
    {
        var compared = Fixed.Values.Select(static place => (place.File, place.Constant)).ToHashSet();
        // A name that is compared in one file may be repeated in another with the same value.
        Dictionary<string, BigInteger[]> values = Fixed.Values.GroupBy(static place => place.Constant, StringComparer.Ordinal)
            .ToDictionary(static named => named.Key, static named => named.Select(static place => InSolidity(place.File, place.Constant)).ToArray(), StringComparer.Ordinal);
        string root = SpecFiles.At("contracts");
        List<string> missing = [];
        int seen = 0;
        foreach (string path in Directory.GetFiles(root, "*.sol", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string file = Path.GetRelativePath(root, path).Replace('\\', '/');
            if (file.Split('/')[0] is "test" or "dev" or "margin" && file != "margin/MarginDomain.sol")
            {
                continue;
            }

            foreach (string name in Constant().Matches(File.ReadAllText(path)).Select(static match => match.Groups["name"].Value).Where(static name => !Encodings.Contains(name)))
            {
                seen++;
                bool isRepeated = values.TryGetValue(name, out BigInteger[]? known) && known.Contains(InSolidity(file, name));
                if (!compared.Contains((file, name)) && !isRepeated)
                {
                    missing.Add($"{file} {name}");
                }
            }
        }

        Assert.Empty(missing);
        Assert.True(seen > 80, $"{seen} constants were found");
    }

    /// <summary>What the Solidity tests deploy is what the plan deploys: rewards were tested, and their gas measured, by figures that had changed.</summary>
    [Theory]
    [InlineData("clearing", 6)]
    [InlineData("interest", 5)]
    [InlineData("oracle", 9)]
    [InlineData("liquidation", 15)]
    [InlineData("surfaces", 7)]
    public void Parameters_OfTheSolidityTests_AreThoseOfThePlan(string section, int count)
    {
        string deployment = File.ReadAllText(SpecFiles.At("contracts", "test", "ProtocolDeployment.sol"));
        string fields = Named().Matches(deployment).Single(match => section.StartsWith(match.Groups["name"].Value, StringComparison.OrdinalIgnoreCase)).Groups["fields"].Value;
        (string Name, string Value)[] set = [.. fields.Split(',').Select(static field => field.Split(':')).Select(static field => (field[0].Trim(), field[1].Trim())).Where(static field => char.IsDigit(field.Item2[0]))];

        Assert.Equal(count, set.Length);
        Assert.All(set, field => Assert.Equal(BigInteger.Parse(Plan.GetProperty(section).GetProperty(field.Name).ToString(), CultureInfo.InvariantCulture), Number(field.Value)));
    }

    private static IEnumerable<(string Path, string Value)> Leaves(JsonElement element, string path) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().SelectMany(member => Leaves(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}"))
        : [(path, element.ToString())];

    /// <summary>The plan has parameters of an underlying and speeds of a corridor once for each: LocalPlanTests compares all of the first.</summary>
    private static BigInteger InPlan(string path)
    {
        string name = path[(path.LastIndexOf('.') + 1)..];
        string there = Planned.TryGetValue(path, out string? known) ? known
            : Corridors.FirstOrDefault(corridor => path.StartsWith(corridor.Key, StringComparison.Ordinal)) is { Key: not null } corridor ? corridor.Value + path[corridor.Key.Length..]
            : path.StartsWith("margin.", StringComparison.Ordinal) ? $"underlyings.0.parameters.{name}"
            : path.StartsWith("parameterSteps.", StringComparison.Ordinal) ? $"tokens.1.corridor.{name}"
            : path.Replace("clearing.interest.", "interest.", StringComparison.Ordinal);
        JsonElement at = Plan;
        foreach (string step in there.Split('.'))
        {
            Assert.True(at.ValueKind == JsonValueKind.Array || at.TryGetProperty(step, out _), $"'{path}' is in no contract and no plan: compare it with what holds it");
            at = at.ValueKind == JsonValueKind.Array ? at[int.Parse(step, CultureInfo.InvariantCulture)] : at.GetProperty(step);
        }

        return BigInteger.Parse(at.ToString(), CultureInfo.InvariantCulture);
    }

    private static BigInteger InSolidity(string file, string constant)
    {
        string source = File.ReadAllText(SpecFiles.At(["contracts", .. file.Split('/')]));
        Match match = Constant().Matches(source).Single(found => found.Groups["name"].Value == constant);

        // What the contracts write: numbers with an exponent, powers, and products or quotients of those and a unit.
        string before = "*";
        BigInteger value = 1;
        foreach (string word in match.Groups["value"].Value.Replace(" ** ", "^", StringComparison.Ordinal).Split(' '))
        {
            value = word is "*" or "/" ? value : before == "/" ? value / Number(word) : value * Number(word);
            before = word;
        }

        return value;
    }

    private static BigInteger Number(string word)
    {
        if (Units.TryGetValue(word, out BigInteger unit))
        {
            return unit;
        }

        string[] power = word.Split('^');
        string[] tens = power[0].Split('e');
        BigInteger digits = BigInteger.Parse(tens[0].Replace("_", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
        BigInteger number = tens.Length == 2 ? digits * BigInteger.Pow(10, int.Parse(tens[1], CultureInfo.InvariantCulture)) : digits;
        return power.Length == 2 ? BigInteger.Pow(number, int.Parse(power[1], CultureInfo.InvariantCulture)) : number;
    }

    [GeneratedRegex(@"constant (?<name>\w+) = (?<value>[^;]+);", RegexOptions.None, 1000)]
    private static partial Regex Constant();

    [GeneratedRegex(@"(?<name>Clearing|Interest|Oracle|Liquidation|Surface)Parameters\(\{(?<fields>[^}]+)\}\)", RegexOptions.None, 1000)]
    private static partial Regex Named();
}
