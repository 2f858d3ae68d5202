using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Pricing;

/// <summary>Reads prices from the contracts through a node, all at one block.</summary>
internal sealed class NodeFeedReader(IEthereumNode node, string name, Address spotMarkets) : IFeedReader
{
    /// <summary>Those of an underlying (SOURCES_MAX of the contract). A node that names more would have each of them asked.</summary>
    private const int MostSources = 5;

    public string Name => name;

    public async Task<FeedReading> ReadAsync(CancellationToken cancellationToken)
    {
        ulong number = await node.GetBlockNumberAsync(cancellationToken).ConfigureAwait(false);
        BlockTag block = BlockTag.Number(number);
        SpotMarkets.SpotReading[] spots = await node.CallAsync(spotMarkets, new SpotMarkets.SpotsCall(), block, cancellationToken: cancellationToken).ConfigureAwait(false);
        ImmutableArray<MarketReading>.Builder markets = ImmutableArray.CreateBuilder<MarketReading>(spots.Length);
        for (ushort underlying = 1; underlying <= spots.Length; underlying++)
        {
            SpotMarkets.FeedsOfResult feeds = await node.CallAsync(spotMarkets, new SpotMarkets.FeedsOfCall(underlying), block, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (feeds.Sources.Length > MostSources)
            {
                throw new EthereumFormatException($"The node at {name} names {feeds.Sources.Length} sources of underlying {underlying}, and the contract holds {MostSources} at most; watch prices through another.");
            }

            ImmutableArray<SourceReading>.Builder sources = ImmutableArray.CreateBuilder<SourceReading>(feeds.Sources.Length);
            foreach (Address source in feeds.Sources)
            {
                sources.Add(new SourceReading(source, await ReadAsync(source, block, cancellationToken).ConfigureAwait(false)));
            }

            SpotMarkets.SpotReading spot = spots[underlying - 1];
            markets.Add(new MarketReading(underlying, spot.SpotE8, spot.State, feeds.FeedParameters.MaxDeviationE8, sources.MoveToImmutable()));
        }

        return new FeedReading(number, markets.MoveToImmutable());
    }

    /// <summary>A source that reverts or answers something else has no price, as for the contract; a node that does not answer is another matter.</summary>
    private async Task<ulong> ReadAsync(Address source, BlockTag block, CancellationToken cancellationToken)
    {
        try
        {
            return (await node.CallAsync(source, new PriceSource.ReadCall(), block, cancellationToken: cancellationToken).ConfigureAwait(false)).PriceE8;
        }
        catch (Exception error) when (error is RevertException or EthereumFormatException)
        {
            return 0;
        }
    }
}
