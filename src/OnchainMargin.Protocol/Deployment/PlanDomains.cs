using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>
/// What the contracts' setters take of a plan's numbers, or of what governance thinks of changing: <c>RiskParameters</c>, <c>ParameterSteps</c>, <c>SpotMarkets</c>, <c>VolSurfaces</c>, <c>MarginVault</c>, <c>RiskRegistry</c> and <c>ChainlinkSource</c>. They would say it themselves,
/// each in its place in the order of a deployment, after all before it is paid for.
/// </summary>
public static class PlanDomains
{
    private const uint One = 100_000_000;
    private const uint FeeMaxE8 = One / 100;
    private const uint CreditFeeMaxE8 = One / 1000;
    private const ulong RateMaxE12 = 3_000_000_000_000;
    private const uint HourSeconds = 3600;
    private const uint DaySeconds = 86_400;
    private const uint AttestationMaxAgeSeconds = 1200;
    private const uint RewardGasMax = 1_000_000;
    private const uint RewardGasPositionMax = 100_000;
    private const uint RewardMaxE8 = One / 20;
    private const ulong PriceMaxE8 = 1UL << 48;
    private const ulong UnitsMaxE8 = 1UL << 62;

    /// <summary>The least price at which <c>SpotMarkets</c> lists an underlying: averages of a lower one could be kept from moving.</summary>
    public const ulong ListingPriceMinE8 = 1_000_000;
    private const int MoreSourcesMax = 4;
    private const int TokensMax = 32;
    private const int SeatsMax = 64;
    private const byte SettlementDecimalsMax = 8;
    private const byte DecimalsMax = 18;
    private const byte DecimalsMin = 6;

    /// <summary>What is wrong with a plan's numbers, the first of it in a sentence; null when the contracts take them all.</summary>
    [SpecRule("PAR-007")]
    public static string? Fault(DeploymentPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Fault(Rows(plan), "deployment plan") ?? Coupled(plan);
    }

    /// <summary>What is wrong with records that act at once, the first of it in a sentence; null when the setters take them all.</summary>
    /// <param name="parameters">All parameters, with what is proposed.</param>
    /// <param name="surfaces">Those of surfaces, likewise.</param>
    /// <param name="proposed">What of them is: <c>initialFactorE8</c>, <c>clearing</c>, <c>interest</c>, <c>oracle</c>, <c>liquidation</c>, <c>surfaces</c>. What is in force already may be of before the bounds of now.</param>
    [SpecRule("PAR-007")]
    public static string? Fault(BookParameters parameters, VolSurfaces.SurfaceParameters surfaces, IReadOnlyCollection<string> proposed)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        IEnumerable<Row> rows = [Factor(parameters.InitialFactorE8), .. Of(parameters.Clearing), .. Of(parameters.Interest), .. Of(parameters.Oracle), .. Of(parameters.Liquidation), .. Of(surfaces)];
        return Fault(rows.Where(row => proposed.Contains(row.Field.Split('.')[0], StringComparer.Ordinal)), "proposal");
    }

    private static string? Fault(IEnumerable<Row> rows, string source) => rows
        .Where(static row => row.Value < row.Least || row.Value > row.Most)
        .Select(row => $"{row.Field} is {row.Value} in the {source}, and the contracts take {(row.Least == row.Most ? $"{row.Least} alone" : $"{row.Least} to {row.Most}")}: correct it.")
        .FirstOrDefault();

    private static Row Factor(uint initialFactorE8) => new("initialFactorE8", initialFactorE8, 110_000_000, 2 * One);

    private static IEnumerable<Row> Rows(DeploymentPlan plan) =>
    [
        new("The number of tokens", plan.Tokens.Count, 1, TokensMax),
        new("The number of underlyings", plan.Underlyings.Count, 0, MarginDomain.UnderlyingsMax),
        new("The number of attesters", plan.Attesters.Count, 0, SeatsMax),
        Factor(plan.InitialFactorE8),
        .. plan.RampSeconds == 0 ? (Row[])[] : [new("rampSeconds", plan.RampSeconds, DaySeconds / 2, 14 * DaySeconds)],
        .. Of(plan.Clearing),
        .. Of(plan.Interest),
        .. Of(plan.Oracle),
        .. Of(plan.Liquidation),
        .. Of(plan.Surfaces),
        .. plan.Underlyings.SelectMany(underlying => Of(underlying, plan)),
        .. plan.Tokens.SelectMany((token, index) => Of(token, index, plan)),
    ];

    private static IEnumerable<Row> Of(RiskParameters.ClearingParameters p) =>
    [
        new("clearing.makerFeeE8", p.MakerFeeE8, 0, FeeMaxE8),
        new("clearing.takerFeeE8", p.TakerFeeE8, 0, FeeMaxE8),
        new("clearing.priceBandE8", p.PriceBandE8, 500_000, 7_500_000),
        new("clearing.minReliefE8", p.MinReliefE8, 2_000_000, 20_000_000),
        new("clearing.volBandE8", p.VolBandE8, 5_000_000, 50_000_000),
        new("clearing.creditFeeE8", p.CreditFeeE8, 0, CreditFeeMaxE8),
    ];

    private static IEnumerable<Row> Of(RiskParameters.InterestParameters p) =>
    [
        new("interest.baseRateE12", p.BaseRateE12, 0, p.KinkRateE12),
        new("interest.kinkRateE12", p.KinkRateE12, 0, p.MaxRateE12),
        new("interest.maxRateE12", p.MaxRateE12, 0, RateMaxE12),
        new("interest.kinkUtilisationE8", p.KinkUtilisationE8, 50_000_000, 95_000_000),
        new("interest.reserveE8", p.ReserveE8, 0, One),
    ];

    private static IEnumerable<Row> Of(RiskParameters.OracleParameters p) =>
    [
        new("oracle.checkpointMaxAgeSeconds", p.CheckpointMaxAgeSeconds, 60, 300),
        new("oracle.checkpointIntervalSeconds", p.CheckpointIntervalSeconds, 10, p.CheckpointMaxAgeSeconds),
        new("oracle.averagingWindowSeconds", p.AveragingWindowSeconds, 900, 1800),
        new("oracle.smoothingSeconds", p.SmoothingSeconds, DaySeconds / 4, 7 * DaySeconds),
        new("oracle.premiumClampE8", p.PremiumClampE8, 100_000, 1_000_000),
        new("oracle.fundingIntervalSeconds", p.FundingIntervalSeconds, HourSeconds, DaySeconds),

        // A tenth of the notional a day at most, whatever the interval.
        new("oracle.fundingRateMaxE8", p.FundingRateMaxE8, 0, (Int128)p.FundingIntervalSeconds * (One / 10) / DaySeconds),

        // The hub keeps the prices of 64 checkpoints; and in twenty minutes neither volatilities nor ranges go far.
        new("oracle.attestationMaxAgeSeconds", p.AttestationMaxAgeSeconds, 2 * (Int128)p.CheckpointIntervalSeconds, Int128.Min(64 * (Int128)p.CheckpointIntervalSeconds, AttestationMaxAgeSeconds)),
        new("oracle.maxDriftE8", p.MaxDriftE8, 250_000, 3_000_000),
    ];

    private static IEnumerable<Row> Of(RiskParameters.LiquidationParameters p) =>
    [
        new("liquidation.graceSeconds", p.GraceSeconds, 15, 300),
        new("liquidation.discountMaxE8", p.DiscountMaxE8, 5_000_000, 30_000_000),
        new("liquidation.discountRampSeconds", p.DiscountRampSeconds, 300, HourSeconds),
        new("liquidation.targetE8", p.TargetE8, 105_000_000, 130_000_000),
        new("liquidation.bidMinE8", p.BidMinE8, 1_000_000, 20_000_000),
        new("liquidation.resumeSeconds", p.ResumeSeconds, HourSeconds / 2, DaySeconds / 4),
        new("liquidation.insolventRampSeconds", p.InsolventRampSeconds, 600, DaySeconds / 4),
        new("liquidation.deleverageRampSeconds", p.DeleverageRampSeconds, 300, HourSeconds),
        new("liquidation.insolventPayMaxE8", p.InsolventPayMaxE8, 500_000, 5_000_000),
        new("liquidation.rewardGas", p.RewardGas, 0, RewardGasMax),
        new("liquidation.rewardGasPosition", p.RewardGasPosition, 0, RewardGasPositionMax),
        new("liquidation.rewardMaxE8", p.RewardMaxE8, 0, RewardMaxE8),
    ];

    private static IEnumerable<Row> Of(VolSurfaces.SurfaceParameters p) =>
    [
        new("surfaces.volStepE8", p.VolStepE8, 2_000_000, 20_000_000),
        new("surfaces.forwardStepE8", p.ForwardStepE8, 100_000, 1_000_000),
        new("surfaces.forwardBandE8", p.ForwardBandE8, 250_000, 3_000_000),
        new("surfaces.forwardBandYearE8", p.ForwardBandYearE8, 0, One / 2),
        new("surfaces.volMinE8", p.VolMinE8, 1_000_000, 20_000_000),
        new("surfaces.volMaxE8", p.VolMaxE8, 2 * One, 10 * One),
        new("surfaces.discountRateE12", p.DiscountRateE12, 0, 200_000_000_000),
    ];

    private static IEnumerable<Row> Of(PlannedUnderlying underlying, DeploymentPlan plan)
    {
        string of = $" of underlying {underlying.Name}";
        RiskParameters.UnderlyingParameters p = underlying.Parameters;
        uint shortMinimumE8 = OnchainMargin.Margin.RiskParameters.ShortMinimumOf(p.PriceRangeE8);
        SpotMarkets.FeedParameters feeds = underlying.Feeds ?? plan.Feeds;
        return
        [
            // The domain of MRG-010.
            new($"depthE8{of}", p.DepthE8, One, UnitsMaxE8),
            new($"priceRangeE8{of}", p.PriceRangeE8, 1_000_000, 32_000_000),
            new($"volRangeE8{of}", p.VolRangeE8, 0, 2 * One),
            new($"volUpFloorE8{of}", p.VolUpFloorE8, 0, 5UL * One),
            new($"shortOptionMinimumE8{of}", p.ShortOptionMinimumE8, shortMinimumE8, shortMinimumE8),
            new($"basisChargeE8{of}", p.BasisChargeE8, 0, One),
            new($"basisRateE8{of}", p.BasisRateE8, 0, One),
            new($"slippageE8{of}", p.SlippageE8, 0, One),
            new($"slippageCapE8{of}", p.SlippageCapE8, 0, One),
            new($"crowdingE8{of}", p.CrowdingE8, 0, One),
            new($"vegaChargeE8{of}", p.VegaChargeE8, 0, One),
            new($"rateChargeE8{of}", p.RateChargeE8, 0, One),
            new($"floorRateE8{of}", p.FloorRateE8, 0, One / 10),
            new($"nettingFloorE8{of}", p.NettingFloorE8, One / 2, One),
            new($"The number of moreSources{of}", underlying.MoreSources.Count, 0, MoreSourcesMax),
            new($"feeds.minCount{of}", feeds.MinCount, ((underlying.MoreSources.Count + 1) / 2) + 1, underlying.MoreSources.Count + 1),
            new($"feeds.maxDeviationE8{of}", feeds.MaxDeviationE8, 250_000, 3_000_000),
            new($"feeds.haltMoveE8{of}", feeds.HaltMoveE8, One / 10, One / 4),
            new($"feeds.reduceMoveE8{of}", feeds.ReduceMoveE8, 3_000_000, feeds.HaltMoveE8),
            new($"feeds.recoverySeconds{of}", feeds.RecoverySeconds, 30, HourSeconds),
            .. Source(of, underlying.HeartbeatSeconds, underlying.MinPriceE8, underlying.MaxPriceE8),
            .. underlying.Feed is null ? (Row[])[new($"mockPriceE8{of}", underlying.MockPriceE8, Math.Max(underlying.MinPriceE8, ListingPriceMinE8), underlying.MaxPriceE8)] : [],
            .. underlying.Corridor is not { } corridor ? (IEnumerable<Row>)[] :
            [
                .. Of(corridor.Depth, "corridor.depth", of), .. Of(corridor.PriceRange, "corridor.priceRange", of), .. Of(corridor.VolRange, "corridor.volRange", of),
                .. Of(corridor.BasisCharge, "corridor.basisCharge", of), .. Of(corridor.VegaCharge, "corridor.vegaCharge", of),
            ],
        ];
    }

    private static IEnumerable<Row> Of(PlannedToken token, int index, DeploymentPlan plan)
    {
        string of = $" of token {token.Symbol}";
        RiskParameters.TokenParameters p = token.Parameters;
        return
        [
            new($"decimals{of}", token.Decimals, index == 0 ? 0 : DecimalsMin, index == 0 ? SettlementDecimalsMax : DecimalsMax),

            // The settlement token is cash: it is no underlying. A token names one that is listed before it.
            new($"underlying{of}", p.Underlying, 0, index == 0 ? 0 : plan.Underlyings.Count),
            .. p.Underlying == 0 ? (Row[])[] : [new($"unitsE8{of}", p.UnitsE8, 1, PriceMaxE8)],
            new($"haircutMaxE8{of}", p.HaircutMaxE8, 0, One),
            new($"haircutBaseE8{of}", p.HaircutBaseE8, 0, p.HaircutMaxE8),
            .. token.Feed is null ? [] : Source(of, token.HeartbeatSeconds, token.MinPriceE8, token.MaxPriceE8),
            .. token.Corridor is { } corridor ? Of(corridor, "corridor", of) : [],
        ];
    }

    private static IEnumerable<Row> Source(string of, uint heartbeatSeconds, ulong minPriceE8, ulong maxPriceE8) =>
    [
        new($"heartbeatSeconds{of}", heartbeatSeconds, 1, uint.MaxValue),
        new($"maxPriceE8{of}", maxPriceE8, 2, PriceMaxE8),
        new($"minPriceE8{of}", minPriceE8, 1, (Int128)maxPriceE8 - 1),
    ];

    private static IEnumerable<Row> Of(ParameterSteps.Band band, string name, string of) =>
    [
        new($"{name}.leastE8{of}", band.LeastE8, 0, band.MostE8),
        new($"{name}.tightenPerHourE8{of}", band.TightenPerHourE8, 0, One / 10),
        new($"{name}.loosenPerHourE8{of}", band.LoosenPerHourE8, 0, One / 100),
        new($"{name}.tightenPerDayE8{of}", band.TightenPerDayE8, 0, One / 4),
        new($"{name}.loosenPerDayE8{of}", band.LoosenPerDayE8, 0, One / 20),
    ];

    /// <summary>What no number is wrong by itself in: a token that would ask for more margin than it is worth.</summary>
    private static string? Coupled(DeploymentPlan plan)
    {
        foreach (PlannedToken token in plan.Tokens)
        {
            PlannedUnderlying? underlying = token.Parameters.Underlying == 0 ? null : plan.Underlyings[token.Parameters.Underlying - 1];
            if (OnchainMargin.Margin.RiskParameters.AskedOfCollateralE16(underlying is null ? null : BookParameters.Risk(underlying.Parameters), token.Parameters.HaircutMaxE8, plan.InitialFactorE8) > (Int128)One * One)
            {
                string others = underlying is null ? "" : $", priceRangeE8, basisChargeE8, basisRateE8 or slippageCapE8 of underlying {underlying.Name}";
                return $"The deployment plan would have {token.Symbol} ask for more margin than it is worth, which the contract refuses (PAR-004): lower its haircutMaxE8 of {token.Parameters.HaircutMaxE8}{others}, or initialFactorE8.";
            }
        }

        return null;
    }

    /// <summary>A number of a plan and its domain, whose own bounds were looked at in rows before it.</summary>
    private readonly record struct Row(string Field, Int128 Value, Int128 Least, Int128 Most);
}
