using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>Reads the settlement windows that are open. What the market was observed at since they opened is in no event, so the contract is asked.</summary>
internal sealed class SettlementWindows(IEthereumNode node, DeploymentRecord deployment)
{
    /// <summary>The readings by underlying, of those that have an expiry within its window; there is one at most, as expiries lie half an hour apart.</summary>
    public async Task<IReadOnlyDictionary<ushort, WindowReading>> ReadAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        var readings = new Dictionary<ushort, WindowReading>();
        foreach ((ushort underlying, uint expiry) in book.Surfaces.Keys)
        {
            long tau = expiry - (long)book.BlockTimeSeconds;
            if (tau is > 0 and <= Forwards.WindowSeconds)
            {
                SpotMarkets.SettlementWindowResult read = await node.CallAsync(
                    deployment.Contracts.SpotMarkets, new SpotMarkets.SettlementWindowCall(underlying, expiry), cancellationToken: cancellationToken).ConfigureAwait(false);
                readings[underlying] = new WindowReading((Int128)(UInt128)read.SumE8, (long)read.CoveredSeconds, (long)read.RemainingSeconds) { StalledSeconds = (long)read.StalledSeconds };
            }
        }

        return readings;
    }
}
