using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Parameters;

/// <summary>How far a step may go that lands now, as the contract says.</summary>
internal interface IStepLimits
{
    /// <summary>Of an underlying: depth, price range, volatility range, basis and vega charge.</summary>
    Task<ParameterSteps.UnderlyingLimitsResult> UnderlyingAsync(ushort underlying, CancellationToken cancellationToken);

    /// <summary>Of a token's base haircut.</summary>
    Task<ParameterSteps.TokenLimitsResult> TokenAsync(ushort token, CancellationToken cancellationToken);
}
