namespace OnchainMargin.Models.Surfaces;

/// <summary>Where the bend of a slice may be.</summary>
/// <param name="MLeast">Least m.</param>
/// <param name="MMost">Largest m.</param>
/// <param name="SigmaLeast">Least σ.</param>
/// <param name="SigmaMost">Largest σ.</param>
internal readonly record struct SviBounds(double MLeast, double MMost, double SigmaLeast, double SigmaMost)
{
    /// <summary>The nearest bend inside.</summary>
    internal (double M, double Sigma) Clamp(double m, double logSigma) =>
        (Math.Clamp(m, MLeast, MMost), Math.Exp(Math.Clamp(logSigma, Math.Log(SigmaLeast), Math.Log(SigmaMost))));
}
