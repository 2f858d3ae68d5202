using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Parameters;

/// <summary>The limits from the contract, at the newest block. Time only widens them until a step lands.</summary>
internal sealed class NodeStepLimits(IEthereumNode node, DeploymentRecord deployment) : IStepLimits
{
    public Task<ParameterSteps.UnderlyingLimitsResult> UnderlyingAsync(ushort underlying, CancellationToken cancellationToken) =>
        node.CallAsync(deployment.Contracts.ParameterSteps, new ParameterSteps.UnderlyingLimitsCall(underlying), cancellationToken: cancellationToken);

    public Task<ParameterSteps.TokenLimitsResult> TokenAsync(ushort token, CancellationToken cancellationToken) =>
        node.CallAsync(deployment.Contracts.ParameterSteps, new ParameterSteps.TokenLimitsCall(token), cancellationToken: cancellationToken);
}
