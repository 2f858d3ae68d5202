namespace OnchainMargin.Models.Volatility;

/// <summary>One bar of prices. All four are positive and <see cref="Low"/> ≤ <see cref="Open"/>, <see cref="Close"/> ≤ <see cref="High"/>.</summary>
/// <param name="Open">First price of the bar.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
public readonly record struct Bar(double Open, double High, double Low, double Close)
{
    internal void Check(int index, string parameter)
    {
        if (!(Low > 0 && Low <= Open && Low <= Close && High >= Open && High >= Close && double.IsFinite(High)))
        {
            throw new ArgumentException($"bar {index} is not open, high, low, close of positive prices ({Open}, {High}, {Low}, {Close}): correct or drop it", parameter);
        }
    }
}
