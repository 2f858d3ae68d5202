namespace OnchainMargin.Oracle;

/// <summary>The worst portfolio of a market: its loss over max(IM, floor) as the search sees it, where and when it loses, and the sizes.</summary>
public sealed record Finding(double Ratio, double Q, double V, double Elapsed, double[] Sizes, SearchMarket Market);
