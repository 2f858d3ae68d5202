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
    private const ulong GasLimit = 1_000_000_000;

    private readonly PrivateKey _key = PrivateKey.Parse(HardhatProcess.FirstKey, "the tests");
    private HardhatProcess? _process;
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

    /// <summary>FloorReferee's functions.</summary>
    internal ContractAbi Floors { get; private set; } = null!;

    internal Address RefereeAddress { get; private set; }

    internal Address ProbeAddress { get; private set; }

    internal Address ReportsAddress { get; private set; }

    internal Address FloorsAddress { get; private set; }

    /// <summary>Where a contract's artifact is.</summary>
    public static string Artifact(string folder, string contract) => SpecFiles.At("artifacts", "contracts", folder, contract + ".sol", contract + ".json");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (!HardhatProcess.IsInstalled || !File.Exists(Artifact("margin", "Referee")))
        {
            return;
        }

        _process = await HardhatProcess.StartAsync();
        Rpc = new HttpRpcClient(new HttpRpcOptions { Endpoint = _process.Http, RetryCount = 0, Timeout = TimeSpan.FromMinutes(5) });
        _node = new EthereumNode(Rpc);
        using var sender = new TransactionSender(_node, _key, new TransactionSenderOptions { PollInterval = TimeSpan.FromMilliseconds(20) });
        byte[] table = Convert.FromHexString(SpecFiles.Json("cdf.json").GetProperty("table").GetString()![2..]);
        Address tableAddress = await DeployAsync(sender, [.. Convert.FromHexString("61538980600a5f395ff300"), .. table]);
        (ProbeAddress, Probe) = await DeployAsync(sender, "dev", "KernelProbe", tableAddress);
        (RefereeAddress, Referee) = await DeployAsync(sender, "margin", "Referee", tableAddress);
        (ReportsAddress, Reports) = await DeployAsync(sender, "margin", "RefereeReports", tableAddress);
        (FloorsAddress, Floors) = await DeployAsync(sender, "margin", "FloorReferee", tableAddress);
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
            await _process.DisposeAsync();
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
}
