using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Oracle;

namespace OnchainMargin.EndToEnd.Tests.Differential;

/// <summary>A Hardhat node with the referee on it, started for the differential runs and ended by its id.</summary>
public sealed class RefereeNode : IAsyncLifetime
{
    /// <summary>The first account that every Hardhat node funds; the key is public.</summary>
    private const string FirstKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    private const ulong GasLimit = 1_000_000_000;

    private readonly PrivateKey _key = PrivateKey.Parse(FirstKey, "the tests");
    private Process? _process;
    private EthereumNode? _node;
    private Address _batch;
    private AbiFunction? _run;

    private HttpRpcClient? Rpc { get; set; }

    /// <summary>IReferee's functions.</summary>
    internal ContractAbi Referee { get; private set; } = null!;

    /// <summary>KernelProbe's functions.</summary>
    internal ContractAbi Probe { get; private set; } = null!;

    /// <summary>RefereeReports' functions.</summary>
    internal ContractAbi Reports { get; private set; } = null!;

    internal Address RefereeAddress { get; private set; }

    internal Address ProbeAddress { get; private set; }

    internal Address ReportsAddress { get; private set; }

    /// <summary>Where a contract's artifact is.</summary>
    public static string Artifact(string folder, string contract) => SpecFiles.At("artifacts", "contracts", folder, contract + ".sol", contract + ".json");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (!File.Exists(SpecFiles.At("node_modules", ".bin", "hardhat")) || !File.Exists(Artifact("margin", "Referee")))
        {
            return;
        }

        int port = FreePort();
        _process = StartProcess(port);
        Rpc = new HttpRpcClient(new HttpRpcOptions { Endpoint = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/"), RetryCount = 0, Timeout = TimeSpan.FromMinutes(5) });
        _node = new EthereumNode(Rpc);
        await WaitUntilUpAsync(_process);
        using var sender = new TransactionSender(_node, _key, new TransactionSenderOptions { PollInterval = TimeSpan.FromMilliseconds(20) });
        byte[] table = Convert.FromHexString(SpecFiles.Json("cdf.json").GetProperty("table").GetString()![2..]);
        Address tableAddress = await DeployAsync(sender, [.. Convert.FromHexString("615ff580600a5f395ff300"), .. table]);
        (ProbeAddress, Probe) = await DeployAsync(sender, "dev", "KernelProbe", tableAddress);
        (RefereeAddress, Referee) = await DeployAsync(sender, "margin", "Referee", tableAddress);
        (ReportsAddress, Reports) = await DeployAsync(sender, "margin", "RefereeReports", tableAddress);
        (_batch, ContractAbi batch) = await DeployAsync(sender, "dev", "CallBatch");
        _run = batch.Function("run");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Rpc?.Dispose();
        _key.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

    /// <summary>Many calls in one <c>eth_call</c>: for each whether it succeeded, and what it gave.</summary>
    internal async Task<IReadOnlyList<(bool Success, byte[] Data)>> RunAsync(IReadOnlyList<(Address Target, byte[] Data)> calls)
    {
        byte[] data = _run!.EncodeCall(calls.Select(call => (object)call.Target).ToArray(), calls.Select(call => (object)call.Data).ToArray());
        byte[] answer = await _node!.CallAsync(new CallRequest(_batch, data) { GasLimit = GasLimit });
        object[] answers = (object[])_run.DecodeResult(answer)[0];
        return [.. answers.Cast<object[]>().Select(pair => ((bool)pair[0], (byte[])pair[1]))];
    }

    private static async Task<(Address Address, ContractAbi Abi)> DeployAsync(TransactionSender sender, string folder, string contract, params object[] arguments)
    {
        using JsonDocument artifact = JsonDocument.Parse(await File.ReadAllTextAsync(Artifact(folder, contract)));
        byte[] code = HexData.Decode(artifact.RootElement.GetProperty("bytecode").GetString()!);
        AbiParameter[] types = [.. arguments.Select(_ => ContractAbi.FromSignatures("function f(address table)").Function("f").Inputs[0])];
        Address address = await DeployAsync(sender, [.. code, .. AbiCodec.Encode(types, arguments)]);
        return (address, ContractAbi.FromJson(artifact.RootElement.GetProperty("abi")));
    }

    private static async Task<Address> DeployAsync(TransactionSender sender, byte[] code) => (await sender.SendAsync(new TransactionRequest(null, code))).ContractAddress!.Value;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process StartProcess(int port)
    {
        string bin = SpecFiles.At("node_modules", ".bin");
        var start = new ProcessStartInfo(File.Exists(Path.Combine(bin, "node")) ? Path.Combine(bin, "node") : "node")
        {
            WorkingDirectory = TestFiles.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])[Path.Combine(bin, "hardhat"), "node", "--hostname", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HARDHAT_DISABLE_TELEMETRY_PROMPT"] = "true";
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task WaitUntilUpAsync(Process process)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _ = await _node!.GetChainIdAsync();
                return;
            }
            catch (RpcTransportException) when (!process.HasExited && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(120))
            {
                await Task.Delay(100);
            }
        }
    }
}
