using MathNet.Numerics.LinearAlgebra;

namespace OnchainMargin.Models.Volatility;

/// <summary>The parameters of a model whose next variance follows from the last variance and the last return. In the units of the returns.</summary>
/// <typeparam name="TSelf">The model itself.</typeparam>
public interface IVarianceModel<TSelf>
    where TSelf : struct, IVarianceModel<TSelf>
{
    /// <summary>μ, the mean return.</summary>
    double Mean { get; }

    /// <summary>ω, the constant part of the variance.</summary>
    double Omega { get; }

    /// <summary>The share of a shock that is left a period later.</summary>
    double Persistence { get; }

    /// <summary>Whether the variance stays positive and tends to its long-run value.</summary>
    bool IsAdmissible { get; }

    /// <summary>The model of a search: its parameters in the order of the constructor.</summary>
    /// <param name="parameters">As many numbers as the model has parameters.</param>
    static abstract TSelf FromVector(Vector<double> parameters);

    /// <summary>The variance of the next period.</summary>
    /// <param name="variance">The variance of the period just over.</param>
    /// <param name="periodReturn">Its return.</param>
    double NextVariance(double variance, double periodReturn);

    /// <summary>The same model of returns that are <paramref name="scale"/> times as large.</summary>
    /// <param name="scale">A positive factor.</param>
    TSelf InUnitsOf(double scale);
}
