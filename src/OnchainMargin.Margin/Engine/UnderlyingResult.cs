namespace OnchainMargin.Margin;

/// <summary>Every term of one underlying of one account; kept and used again by the workspace.</summary>
internal sealed class UnderlyingResult
{
    internal UnderlyingTerms Terms { get; set; } = null!;

    /// <summary>N of every scenario, 24ths.</summary>
    internal Int128[] Weighted { get; } = new Int128[Scenarios.Count];

    /// <summary>E of every scenario, 24ths: N with narrow options at their intrinsic value.</summary>
    internal Int128[] Exact { get; } = new Int128[Scenarios.Count];

    internal Kink[] Kinks { get; } = new Kink[AccountState.PositionsMax];

    internal int KinkCount { get; set; }

    internal int WorstScenario { get; set; }

    /// <summary>Where the largest loss between nodes is; meaningless when that is 0.</summary>
    internal Point WorstBetween { get; set; }

    internal Int128 Scenario24E8 { get; set; }

    internal Int128 Between24E8 { get; set; }

    internal Int128 ShortMinimumE8 { get; set; }

    internal Int128 NetE8 { get; set; }

    internal Int128 GrossE8 { get; set; }

    internal Int128 BasisE8 { get; set; }

    internal Int128 LiquidityE8 { get; set; }

    internal Int128 VegaE8 { get; set; }

    internal Int128 StaleE8 { get; set; }

    internal Int128 RateE8 { get; set; }

    internal Int128 SpreadE8 { get; set; }

    internal Int128 Loss24E8 => Rounding.Max(Scenario24E8, Between24E8);

    /// <summary>Where the largest loss is.</summary>
    internal Point Worst => Between24E8 > Scenario24E8 ? WorstBetween : Point.OfScenario(WorstScenario);

    internal Int128 AddOnsE8 => BasisE8 + LiquidityE8 + VegaE8 + RateE8;

    internal UnderlyingRecord Record => Terms.Record;

    internal Span<Kink> KinkSpan => Kinks.AsSpan(0, KinkCount);
}
