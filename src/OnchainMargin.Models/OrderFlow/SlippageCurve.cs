namespace OnchainMargin.Models.OrderFlow;

/// <summary>Slippage of an order against its size: <c>half spread + coefficient·quantity^exponent</c>, of the mid.</summary>
/// <param name="HalfSpread">What the smallest order pays.</param>
/// <param name="Coefficient">Slippage of one unit beyond that.</param>
/// <param name="Exponent">Growth: ½ is the square-root law, 1 a book of even depth.</param>
/// <param name="RSquared">Share of the logarithms' variance that the curve explains.</param>
public readonly record struct SlippageCurve(double HalfSpread, double Coefficient, double Exponent, double RSquared)
{
    private const int Points = 40;

    /// <summary>The slippage of a size.</summary>
    public double At(double quantity) => HalfSpread + (Coefficient * Math.Pow(quantity, Exponent));

    /// <summary>The size whose slippage is a given one: what the protocol's <c>depth</c> asks at 1 %. Beyond the snapshot this extrapolates.</summary>
    public double DepthAt(double slippage) => slippage <= HalfSpread ? 0 : Math.Pow((slippage - HalfSpread) / Coefficient, 1 / Exponent);

    /// <summary>Fits the curve to a side of a book by least squares of logarithms, over sizes from a hundredth of what the side holds to all of it.</summary>
    /// <exception cref="ArgumentException">The side is so thin that no size pays more than the half spread.</exception>
    public static SlippageCurve Fit(DepthBook book, bool isBuy)
    {
        ArgumentNullException.ThrowIfNull(book);
        var half = book.Spread / 2;
        var all = (isBuy ? book.Asks : book.Bids).Sum(l => l.Quantity);
        var x = new List<double>();
        var y = new List<double>();
        for (var i = 0; i < Points; i++)
        {
            var quantity = all * Math.Pow(100, ((double)i / (Points - 1)) - 1) * (1 - 1e-12);
            var beyond = book.Slippage(quantity, isBuy) - half;
            if (beyond > 1e-9)
            {
                x.Add(Math.Log(quantity));
                y.Add(Math.Log(beyond));
            }
        }

        if (x.Count < 3)
        {
            throw new ArgumentException("the book has too few levels to fit a slippage curve to: take a deeper snapshot", nameof(book));
        }

        double meanX = x.Average(), meanY = y.Average();
        double xx = 0, xy = 0, yy = 0;
        for (var i = 0; i < x.Count; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }

        var exponent = xy / xx;
        return new SlippageCurve(half, Math.Exp(meanY - (exponent * meanX)), exponent, yy > 0 ? xy * xy / (xx * yy) : 1);
    }
}
