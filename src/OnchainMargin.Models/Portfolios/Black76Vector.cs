using System.Numerics;
using System.Runtime.CompilerServices;

namespace OnchainMargin.Models.Portfolios;

/// <summary>Black (1976) for as many options at once as a vector of the machine holds; the scalar form is <see cref="Surfaces.Black76"/>. Undiscounted, and beside the protocol's integers: nothing here reaches the chain.</summary>
/// <remarks>
/// With d₂ = d₁ − s the densities weigh alike, F·φ(d₁) = K·φ(d₂), so that one exponential serves both terms, delta, gamma and vega. The tail is that density times Mills' ratio
/// (1 − Φ(y))/φ(y), a quotient of polynomials that was fitted to a relative error of 1.6e-13 over 0 ≤ y ≤ 38 and falls as 1/y beyond: options far from the money keep their digits.
/// </remarks>
internal static class Black76Vector
{
    private const double InverseRootTwoPi = 0.39894228040143267794;

    /// <summary>Beyond this a density is under 1e-300 and counts as that.</summary>
    private const double MostExponent = 690;

    /// <summary>Beyond this a distance to the strike makes no difference any more.</summary>
    private const double MostDistance = 1e6;

    /// <summary>Values and sensitivities of options, one by one along the spans, which are of one length.</summary>
    /// <param name="forwards">Forwards, above 0.</param>
    /// <param name="strikes">Strikes, above 0.</param>
    /// <param name="deviations">Volatilities times the roots of time, above 0.</param>
    /// <param name="signs">1 for a call, −1 for a put.</param>
    /// <param name="lines">Where the results go.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    internal static void Evaluate(ReadOnlySpan<double> forwards, ReadOnlySpan<double> strikes, ReadOnlySpan<double> deviations, ReadOnlySpan<double> signs, Span<OptionLine> lines)
    {
        if (forwards.Length != lines.Length || strikes.Length != lines.Length || deviations.Length != lines.Length || signs.Length != lines.Length)
        {
            throw new ArgumentException("the spans of options differ in length: give one forward, strike, deviation and sign an option", nameof(lines));
        }

        var at = 0;
        for (; at + Vector<double>.Count <= lines.Length; at += Vector<double>.Count)
        {
            EvaluateSome(new(forwards[at..]), new(strikes[at..]), new(deviations[at..]), new(signs[at..]), lines.Slice(at, Vector<double>.Count));
        }

        if (at < lines.Length)
        {
            // What is left goes through the same vectors, filled up with ones.
            EvaluateSome(Filled(forwards[at..]), Filled(strikes[at..]), Filled(deviations[at..]), Filled(signs[at..]), lines[at..]);
        }
    }

    /// <summary>The value alone, where the logarithm of the forward over the strike is known already.</summary>
    /// <param name="forward">Forwards.</param>
    /// <param name="strike">Strikes.</param>
    /// <param name="log">Their logarithms.</param>
    /// <param name="inverse">One over the deviations.</param>
    /// <param name="deviation">The deviations.</param>
    /// <param name="sign">1 for calls, −1 for puts.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<double> Value(Vector<double> forward, Vector<double> strike, Vector<double> log, Vector<double> inverse, Vector<double> deviation, Vector<double> sign)
    {
        var d1 = Vector.MultiplyAddEstimate(log, inverse, deviation * new Vector<double>(0.5));
        var density = Density(forward, d1);
        return sign * (Part(forward, density, sign * d1) - Part(strike, density, sign * (d1 - deviation)));
    }

    private static void EvaluateSome(Vector<double> forward, Vector<double> strike, Vector<double> deviation, Vector<double> sign, Span<OptionLine> lines)
    {
        var d1 = (Vector.Log(forward / strike) / deviation) + (deviation * new Vector<double>(0.5));
        var density = Density(forward, d1);
        var first = Part(forward, density, sign * d1);
        var value = sign * (first - Part(strike, density, sign * (d1 - deviation)));
        var delta = sign * first / forward;
        var gamma = density / (forward * forward * deviation);
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = new OptionLine(value[i], delta[i], gamma[i], density[i]);
        }
    }

    /// <summary>F·φ(d₁), which is K·φ(d₂).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Density(Vector<double> forward, Vector<double> d1) =>
        forward * new Vector<double>(InverseRootTwoPi) * Vector.Exp(-Vector.Min(d1 * d1 * new Vector<double>(0.5), new Vector<double>(MostExponent)));

    /// <summary>The amount times Φ(z), where the amount times φ(z) is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Part(Vector<double> amount, Vector<double> density, Vector<double> z)
    {
        var tail = density * Mills(Vector.Min(Vector.Abs(z), new Vector<double>(MostDistance)));
        return Vector.ConditionalSelect(Vector.GreaterThan(z, Vector<double>.Zero), amount - tail, tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Mills(Vector<double> y)
    {
        var top = Vector.MultiplyAddEstimate(new Vector<double>(0.999999999510022), y, new Vector<double>(19.073262343362465));
        top = Vector.MultiplyAddEstimate(top, y, new Vector<double>(176.60371625689072));
        top = Vector.MultiplyAddEstimate(top, y, new Vector<double>(1008.0700461726932));
        top = Vector.MultiplyAddEstimate(top, y, new Vector<double>(3801.7949005886258));
        top = Vector.MultiplyAddEstimate(top, y, new Vector<double>(9478.003839908532));
        top = Vector.MultiplyAddEstimate(top, y, new Vector<double>(14603.438793604431));
        top = Vector.MultiplyAddEstimate(top, y, new Vector<double>(11048.130987681134));
        var bottom = y + new Vector<double>(19.073262264890428);
        bottom = Vector.MultiplyAddEstimate(bottom, y, new Vector<double>(177.60372171984807));
        bottom = Vector.MultiplyAddEstimate(bottom, y, new Vector<double>(1027.143087805382));
        bottom = Vector.MultiplyAddEstimate(bottom, y, new Vector<double>(3976.404458921334));
        bottom = Vector.MultiplyAddEstimate(bottom, y, new Vector<double>(10447.818715473479));
        bottom = Vector.MultiplyAddEstimate(bottom, y, new Vector<double>(18063.512298807247));
        bottom = Vector.MultiplyAddEstimate(bottom, y, new Vector<double>(18685.316982322987));
        bottom = Vector.MultiplyAddEstimate(bottom, y, new Vector<double>(8815.13314079986));
        return top / bottom;
    }

    private static Vector<double> Filled(ReadOnlySpan<double> left)
    {
        Span<double> whole = stackalloc double[Vector<double>.Count];
        whole.Fill(1);
        left.CopyTo(whole);
        return new(whole);
    }
}
