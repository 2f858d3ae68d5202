using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>What spec/constants.json says of attestations and of clearing against the constants that the contracts hold.</summary>
public sealed partial class ProtocolConstantsTests
{
    private const long Day = 86_400;

    /// <summary>Values that governance sets: LocalPlanTests compares them with the plan.</summary>
    private static readonly HashSet<string> Governed =
    [
        "attestation.maxAgeSeconds", "attestation.maxDriftE8", "attestation.localBondRaw", "clearing.priceBandE8", "clearing.makerFeeE8", "clearing.takerFeeE8", "clearing.minReliefE8",
        "clearing.volBandE8", "clearing.creditFeeE8", "clearing.interest", "clearing.funding",
    ];

    private static readonly Dictionary<string, (string File, string Constant)> Fixed = new(StringComparer.Ordinal)
    {
        ["attestation.challengeHorizonSeconds"] = ("risk/Challenges.sol", "HORIZON_SECONDS"),
        ["attestation.demandSeconds"] = ("risk/Challenges.sol", "DEMAND_SECONDS"),
        ["attestation.unbondingSeconds"] = ("risk/AttesterBonds.sol", "UNBONDING_SECONDS"),
        ["attestation.slashFirstProofBps"] = ("risk/AttesterBonds.sol", "PROVER_BPS"),
        ["attestation.seats"] = ("risk/RiskRegistry.sol", "SEATS"),
        ["attestation.creditCapacityBps"] = ("risk/CreditBucket.sol", "CAPACITY_BPS"),
        ["attestation.creditRefillBpsPerDay"] = ("risk/CreditBucket.sol", "REFILL_BPS_PER_DAY"),
        ["attestation.optionRiskBps"] = ("oracle/VolSurfaces.sol", "OPTION_RISK_BPS"),
        ["clearing.feeMaxE8"] = ("risk/RiskParameters.sol", "FEE_MAX_E8"),
        ["clearing.creditFeeMaxE8"] = ("risk/RiskParameters.sol", "CREDIT_FEE_MAX_E8"),
        ["clearing.leastBandE8"] = ("clearing/HealthGate.sol", "LEAST_BAND_E8"),
    };

    [Theory]
    [InlineData("attestation")]
    [InlineData("clearing")]
    public void Section_EveryKey_IsFixedInAContractOrGoverned(string section)
    {
        JsonElement values = SpecFiles.Json("constants.json").GetProperty(section);
        string[] keys = [.. values.EnumerateObject().Select(value => section + "." + value.Name)];
        Assert.DoesNotContain(keys, key => !Fixed.ContainsKey(key) && !Governed.Contains(key));
        foreach (string key in keys.Where(Fixed.ContainsKey))
        {
            JsonElement value = values.GetProperty(key[(section.Length + 1)..]);
            (string file, string constant) = Fixed[key];
            Assert.Equal((key, BigInteger.Parse(value.ToString(), CultureInfo.InvariantCulture)), (key, InSolidity(file, constant)));
        }
    }

    private static BigInteger InSolidity(string file, string constant)
    {
        string source = File.ReadAllText(SpecFiles.At(["contracts", .. file.Split('/')]));
        Match match = Constant().Matches(source).Single(found => found.Groups["name"].Value == constant);
        BigInteger number = BigInteger.Parse(match.Groups["digits"].Value.Replace("_", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
        BigInteger scaled = match.Groups["tens"].Success ? number * BigInteger.Pow(10, int.Parse(match.Groups["tens"].Value, CultureInfo.InvariantCulture)) : number;
        return match.Groups["days"].Success ? scaled * Day : scaled;
    }

    [GeneratedRegex(@"constant (?<name>\w+) = (?<digits>[\d_]+)(?:e(?<tens>\d+))?(?<days> days)?;", RegexOptions.None, 1000)]
    private static partial Regex Constant();
}
