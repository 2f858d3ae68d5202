using System.Globalization;
using System.Text.Json;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Cli.Demo;

/// <summary>A Hardhat node of the demo's own, and what only such a node can do.</summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly ChildProcess _process;

    private LocalNode(ChildProcess process, NodeConnection connection, string address)
    {
        _process = process;
        Connection = connection;
        Address = address;
    }

    /// <summary>The node's address.</summary>
    public string Address { get; }

    /// <summary>The connection to it.</summary>
    public NodeConnection Connection { get; }

    /// <summary>Starts a node and waits until it answers.</summary>
    /// <param name="directory">Where its log goes.</param>
    /// <param name="port">The port that it listens on, which is free.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="CliException">The packages are missing, or the node does not start.</exception>
    public static async Task<LocalNode> StartAsync(string directory, int port, CancellationToken cancellationToken)
    {
        string node = Path.Combine("node_modules", ".bin", "node");
        string hardhat = Path.Combine("node_modules", ".bin", "hardhat");
        if (!File.Exists(node) || !File.Exists(hardhat))
        {
            throw new CliException("Hardhat is not installed in this folder: run scripts/demo.sh, which installs it, from the repository.");
        }

        string[] arguments = [hardhat, "node", "--hostname", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)];
        var process = ChildProcess.Start(directory, "node", "hardhat", node, arguments);
        string address = $"http://127.0.0.1:{port}";
        var connection = new NodeConnection(address);
        try
        {
            await WaitAsync(process, connection, cancellationToken);
            return new LocalNode(process, connection, address);
        }
        catch
        {
            connection.Dispose();
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives an address ether for gas.</summary>
    public Task FundAsync(Address address, CancellationToken cancellationToken) => CallAsync(
        "hardhat_setBalance",
        writer =>
        {
            writer.WriteStringValue(address.ToString());
            writer.WriteStringValue("0x3635c9adc5dea00000");
        },
        cancellationToken);

    /// <summary>Sets the time of the next block.</summary>
    public Task SetNextTimeAsync(ulong seconds, CancellationToken cancellationToken) =>
        CallAsync("evm_setNextBlockTimestamp", writer => writer.WriteNumberValue(seconds), cancellationToken);

    /// <summary>Mines a block of a time.</summary>
    public async Task MineAsync(ulong seconds, CancellationToken cancellationToken)
    {
        await SetNextTimeAsync(seconds, cancellationToken);
        await CallAsync("evm_mine", static _ => { }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        await _process.DisposeAsync();
    }

    private static async Task WaitAsync(ChildProcess process, NodeConnection connection, CancellationToken cancellationToken)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (process.HasEnded)
            {
                throw new CliException($"The Hardhat node ended as it started; the end of '{process.LogFile}' says: {process.LogTail()}");
            }

            try
            {
                _ = await connection.Node.GetChainIdAsync(cancellationToken);
                return;
            }
            catch (RpcTransportException) when (TimeProvider.System.GetElapsedTime(began) < LongestStart)
            {
                await Task.Delay(Pause, cancellationToken);
            }
            catch (RpcTransportException exception)
            {
                throw new CliException($"The Hardhat node did not answer within {LongestStart.TotalSeconds} s: look into '{process.LogFile}'.", exception);
            }
        }
    }

    private async Task CallAsync(string method, Action<Utf8JsonWriter> parameters, CancellationToken cancellationToken) =>
        _ = await Connection.Rpc.SendAsync(RpcRequest.Create(method, parameters), cancellationToken);
}
