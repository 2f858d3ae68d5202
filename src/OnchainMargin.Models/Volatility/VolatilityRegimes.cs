namespace OnchainMargin.Models.Volatility;

/// <summary>Fits <see cref="RegimeModel"/> by expectation and maximisation (Baum and Welch), and finds the present regime.</summary>
public static class VolatilityRegimes
{
    private const int FewestReturns = 100;
    private const int Rounds = 500;
    private const double Settled = 1e-7;

    /// <summary>Fits the model to returns in order of time.</summary>
    /// <exception cref="ArgumentException">Fewer than 100 returns, or returns that are all zero or not finite.</exception>
    public static RegimeModel Fit(ReadOnlySpan<double> returns)
    {
        if (returns.Length < FewestReturns)
        {
            throw new ArgumentException($"{returns.Length} returns are too few to tell regimes apart: give at least {FewestReturns}", nameof(returns));
        }

        double squares = 0;
        foreach (var r in returns)
        {
            squares += r * r;
        }

        var deviation = Math.Sqrt(squares / returns.Length);
        if (!(deviation > 0 && double.IsFinite(deviation)))
        {
            throw new ArgumentException("the returns are all zero or not finite: there are no regimes in them", nameof(returns));
        }

        var model = new RegimeModel(deviation * 0.6, deviation * 1.8, 0.97, 0.9);
        for (var round = 0; round < Rounds; round++)
        {
            var next = Improve(returns, model);
            var change = Math.Max(Math.Abs(next.CalmDeviation - model.CalmDeviation), Math.Abs(next.StressDeviation - model.StressDeviation)) / deviation;
            model = next;
            if (change < Settled)
            {
                break;
            }
        }

        return model.CalmDeviation <= model.StressDeviation ? model : new RegimeModel(model.StressDeviation, model.CalmDeviation, model.StayStressed, model.StayCalm);
    }

    /// <summary>The chance of stress after each return, from what was known then.</summary>
    public static double[] StressChances(ReadOnlySpan<double> returns, RegimeModel model)
    {
        var chances = new double[returns.Length];
        var chance = model.StressShare;
        for (var i = 0; i < chances.Length; i++)
        {
            chance = model.Next(chance, returns[i]);
            chances[i] = chance;
        }

        return chances;
    }

    private static RegimeModel Improve(ReadOnlySpan<double> returns, RegimeModel model)
    {
        var n = returns.Length;
        var filtered = StressChances(returns, model);
        double stressed = filtered[n - 1], weight = stressed, stressSquares = stressed * returns[n - 1] * returns[n - 1];
        double calmSquares = (1 - stressed) * returns[n - 1] * returns[n - 1];
        double fromStress = 0, fromCalm = 0, stayStress = 0, stayCalm = 0;
        for (var i = n - 2; i >= 0; i--)
        {
            var p = filtered[i];
            var predicted = ((1 - p) * (1 - model.StayCalm)) + (p * model.StayStressed);
            var up = stressed / Math.Max(predicted, 1e-300);
            var down = (1 - stressed) / Math.Max(1 - predicted, 1e-300);
            var both = p * model.StayStressed * up;
            var neither = (1 - p) * model.StayCalm * down;
            var smoothed = both + (p * (1 - model.StayStressed) * down);
            stayStress += both;
            stayCalm += neither;
            fromStress += smoothed;
            fromCalm += 1 - smoothed;
            stressed = smoothed;
            weight += smoothed;
            stressSquares += smoothed * returns[i] * returns[i];
            calmSquares += (1 - smoothed) * returns[i] * returns[i];
        }

        return new RegimeModel(
            Math.Sqrt(calmSquares / Math.Max(n - weight, 1e-9)),
            Math.Sqrt(stressSquares / Math.Max(weight, 1e-9)),
            Math.Clamp(stayCalm / Math.Max(fromCalm, 1e-9), 1e-6, 1 - 1e-6),
            Math.Clamp(stayStress / Math.Max(fromStress, 1e-9), 1e-6, 1 - 1e-6));
    }
}
