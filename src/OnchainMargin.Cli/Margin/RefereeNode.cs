using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Margin;

/// <summary>A local Hardhat node of its own, on a free port, with the referee deployed; ended by its id.</summary>
internal sealed class RefereeNode : IAsyncDisposable
{
    private const int TailLines = 12;
    private const ulong GasLimit = 16_000_000;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly HttpRpcClient _rpc;
    private readonly ConcurrentQueue<string> _log = new();

    private RefereeNode(Process process, string address)
    {
        _process = process;
        _rpc = new HttpRpcClient(new Uri(address));
        Node = new EthereumNode(_rpc, ProtocolErrors.Decoder);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The node.</summary>
    public IEthereumNode Node { get; }

    /// <summary>The referee.</summary>
    public Address Referee { get; private set; }

    /// <summary>Its reports.</summary>
    public Address Reports { get; private set; }

    /// <summary>Starts a node and deploys the table and the referee.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="CliException">Packages or artifacts are missing, or the node does not start.</exception>
    public static async Task<RefereeNode> StartAsync(string root, CancellationToken cancellation)
    {
        string node = Path.Combine(root, "node_modules", ".bin", "node");
        string hardhat = Path.Combine(root, "node_modules", ".bin", "hardhat");
        if (!File.Exists(node) || !File.Exists(hardhat))
        {
            throw new CliException($"Hardhat is not installed in '{root}', and --verify runs the referee on it: run `npx -y -p node@24 -c \"npm ci\"` there.");
        }

        var artifacts = new ArtifactFolder(Path.Combine(root, "artifacts"));
        artifacts.RequireCurrent();
        ContractArtifact referee = artifacts.Read("Referee");
        ContractArtifact reports = artifacts.Read("RefereeReports");
        int port = FreePort();
        var start = new ProcessStartInfo(node, [hardhat, "node", "--hostname", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new CliException("The local Hardhat node did not start: check that node_modules/.bin/node can be run.");
        var started = new RefereeNode(process, $"http://127.0.0.1:{port}");
        try
        {
            await started.WaitAsync(cancellation);
            Address from = await started.FirstAccountAsync(cancellation);
            Address table = await started.CreateAsync(from, TableCode(root), cancellation);
            started.Referee = await started.CreateAsync(from, [.. referee.Bytecode, .. AbiCodec.Encode(referee.Abi.Constructor.Inputs, table)], cancellation);
            started.Reports = await started.CreateAsync(from, [.. reports.Bytecode, .. AbiCodec.Encode(reports.Abi.Constructor.Inputs, table)], cancellation);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Creation code of the table: returns what follows it.</summary>
    private static byte[] TableCode(string root)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "spec", "cdf.json")));
        return [.. HexData.Decode(BookDefaults.TableCreationPrefix), .. HexData.Decode(document.RootElement.GetProperty("table").GetString()!)];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
            while (_log.Count > TailLines)
            {
                _log.TryDequeue(out _);
            }
        }
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await Node.GetChainIdAsync(cancellation);
                return;
            }
            catch (RpcTransportException) when (!_process.HasExited && TimeProvider.System.GetElapsedTime(began) < LongestStart)
            {
                await Task.Delay(Pause, cancellation);
            }
            catch (RpcTransportException exception)
            {
                throw new CliException($"The local Hardhat node did not answer; it said: {string.Join(' ', _log)}. Run `node_modules/.bin/hardhat node` in the repository to see why.", exception);
            }
        }
    }

    private async Task<Address> FirstAccountAsync(CancellationToken cancellation)
    {
        using var accounts = JsonDocument.Parse(await _rpc.SendAsync(new RpcRequest("eth_accounts"), cancellation));
        return Address.Parse(accounts.RootElement[0].GetString()!);
    }

    private async Task<Address> CreateAsync(Address from, byte[] code, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> hash = await _rpc.SendAsync(
            RpcRequest.Create("eth_sendTransaction", writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("from", from.ToString());
                writer.WriteString("gas", ((UInt256)GasLimit).ToQuantity());
                writer.WriteString("data", HexData.Encode(code));
                writer.WriteEndObject();
            }),
            cancellation);
        using var sent = JsonDocument.Parse(hash);
        Hash32 transaction = Hash32.Parse(sent.RootElement.GetString()!);
        while (true)
        {
            if (await Node.GetReceiptAsync(transaction, cancellation) is { } receipt)
            {
                return receipt.IsSuccess && receipt.ContractAddress is { } created
                    ? created
                    : throw new CliException("A contract of the referee could not be created on the local node: compile again with `npx hardhat build --no-tests --force`.");
            }

            await Task.Delay(Pause, cancellation);
        }
    }
}
