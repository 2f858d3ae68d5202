using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Chain;

/// <summary>A node, a deployment on it and, when the command signs, a key: for the length of a command.</summary>
internal sealed class ProtocolSession : IDisposable
{
    private const int ClocksApartSeconds = 60;

    private readonly TransactionSender? _sender;

    private ProtocolSession(NodeConnection connection, ProtocolClient client, TransactionSender? sender)
    {
        Connection = connection;
        Client = client;
        _sender = sender;
    }

    /// <summary>The connection, for what only development nodes know.</summary>
    public NodeConnection Connection { get; }

    /// <summary>What the protocol can do.</summary>
    public ProtocolClient Client { get; }

    /// <summary>The deployment.</summary>
    public DeploymentRecord Deployment => Client.Deployment;

    /// <summary>Opens a session and checks that node and deployment belong together.</summary>
    /// <param name="rpc">The node's address.</param>
    /// <param name="deploymentFile">The deployment's file.</param>
    /// <param name="key">Who signs, if anybody; it stays the caller's.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ProtocolException">The node is on another chain, or has no such deployment.</exception>
    public static async Task<ProtocolSession> OpenAsync(string rpc, string deploymentFile, PrivateKey? key, CancellationToken cancellationToken)
    {
        DeploymentRecord deployment = DeploymentFile.Read(deploymentFile);
        var connection = new NodeConnection(rpc);
        TransactionSender? sender = key is null ? null : connection.Sender(key, deployment.ChainId);
        try
        {
            ProtocolClient client = await ProtocolClient.ConnectAsync(connection.Node, deployment, sender, cancellationToken);
            return new ProtocolSession(connection, client, sender);
        }
        catch
        {
            sender?.Dispose();
            connection.Dispose();
            throw;
        }
    }

    /// <summary>An account of a book.</summary>
    /// <exception cref="CliException">There is none of that number.</exception>
    public static BookAccount Account(ProtocolBook book, ulong number) => book.Accounts.TryGetValue(number, out BookAccount? account)
        ? account
        : throw new CliException(book.Accounts.IsEmpty
            ? $"The account {number} does not exist: open one with `omargin account open`."
            : $"The account {number} does not exist: give a number from 1 to {book.Accounts.Keys.Last()}, or open one with `omargin account open`.");

    /// <summary>An account that a key owns.</summary>
    /// <exception cref="CliException">It belongs to somebody else.</exception>
    public async Task<BookAccount> OwnAccountAsync(ulong number, PrivateKey key, CancellationToken cancellationToken)
    {
        BookAccount account = await Client.GetAccountAsync(number, cancellationToken);
        return account.Owner == key.Address
            ? account
            : throw new CliException($"The account {account.Id} belongs to {account.Owner} and the key is of {key.Address}: give the owner's key.");
    }

    /// <summary>The time from which orders and rights are given theirs, and until which everything is cancelled, in seconds: that of the newest block, which judges them.</summary>
    /// <exception cref="CliException">This computer's clock is another one: what is signed would end when nobody thinks it does.</exception>
    public async Task<ulong> NowSecondsAsync(CancellationToken cancellationToken)
    {
        BlockHeader head = await Client.Node.GetBlockAsync(BlockTag.Latest, cancellationToken) ?? throw new CliException("The node has no newest block: wait until it is synchronised.");
        return JudgedSeconds(Deployment.ChainId, head.TimestampSeconds, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    }

    /// <summary>The node's time, where the clock of this computer bears it out. The clock of a local chain goes as whoever runs it wants.</summary>
    internal static ulong JudgedSeconds(ulong chainId, ulong nodeSeconds, long clockSeconds) =>
        chainId == LocalChain.Id || Int128.Abs((Int128)nodeSeconds - clockSeconds) <= ClocksApartSeconds
            ? nodeSeconds
            : throw new CliException($"The node's newest block is of {AccountView.TimeOf(nodeSeconds)} and this computer's clock shows {AccountView.TimeOf((ulong)Math.Max(clockSeconds, 0))}, so what is signed or cancelled would end at another time than you think. Nothing was signed or sent: set this computer's clock, or name another node.");

    /// <summary>A token by its symbol or address.</summary>
    /// <exception cref="CliException">The deployment has none of that name.</exception>
    public DeployedToken Token(string name) =>
        Deployment.Tokens.FirstOrDefault(token => string.Equals(token.Symbol, name, StringComparison.OrdinalIgnoreCase) || string.Equals(token.Address.ToString(), name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CliException($"The token '{name}' is not taken by this deployment: give one of {string.Join(", ", Deployment.Tokens.Select(token => token.Symbol))}.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender?.Dispose();
        Connection.Dispose();
    }
}
