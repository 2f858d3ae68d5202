using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Demo;

/// <summary>The Chainlink-style mock feeds of the demo.</summary>
internal sealed class Feeds(ProtocolClient client)
{
    private static readonly AbiFunction SetAnswer = ContractAbi.FromSignatures("function setAnswer(int256 answer)").Functions[0];

    /// <summary>Publishes the prices of a moment.</summary>
    /// <returns>The blocks of the answers, in the order of the underlyings.</returns>
    public async Task<IReadOnlyList<ulong>> PublishAsync(PricePoint point, CancellationToken cancellationToken)
    {
        var blocks = new List<ulong>();
        foreach (DeployedUnderlying underlying in client.Deployment.Underlyings)
        {
            long priceE8 = underlying.Name switch { "BTC" => point.BtcE8, "ETH" => point.EthE8, var other => throw new CliException($"The price table has no {other}: list BTC and ETH only.") };
            TransactionReceipt receipt = await client.SendAsync(new TransactionRequest(underlying.Feed, SetAnswer.EncodeCall(priceE8)), cancellationToken);
            blocks.Add(receipt.BlockNumber);
        }

        return blocks;
    }
}
