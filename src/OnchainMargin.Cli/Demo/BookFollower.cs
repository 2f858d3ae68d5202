using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Cli.Demo;

/// <summary>Keeps the book up to the newest block of a chain that does not reorganise.</summary>
internal sealed class BookFollower(ProtocolClient client)
{
    private readonly BookReplay _replay = new(client.Deployment);
    private ulong _next = client.Deployment.Block;

    /// <summary>The book as of the last update.</summary>
    public ProtocolBook Book => _replay.Book;

    /// <summary>Reads what is new.</summary>
    public async Task<ProtocolBook> UpdateAsync(CancellationToken cancellationToken)
    {
        BlockHeader head = await client.Node.GetBlockAsync(BlockTag.Latest, cancellationToken) ?? throw new CliException("The node has no newest block: look into its log.");
        if (head.Number >= _next)
        {
            var filter = new LogFilter { Addresses = ProtocolEmitters.Of(client.Deployment.Contracts), FromBlock = BlockTag.Number(_next), ToBlock = BlockTag.Number(head.Number) };
            _replay.Apply(await client.Node.GetLogsAsync(filter, cancellationToken), head.Number, head.Hash, head.TimestampSeconds);
            _next = head.Number + 1;
        }

        return _replay.Book;
    }
}
