using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Ethereum.TypedData;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Browser.Tests.Support;

/// <summary>A wallet injected into a page (EIP-1193, announced by EIP-6963) that really signs: transactions and typed data with a key of the test, everything else goes to the node.</summary>
public sealed class InjectedWallet : IDisposable
{
    private const string Script = """
        ((isOnlyAnnounced) => {
          const listeners = {};
          const provider = {
            isOmarginTest: true,
            request: async ({ method, params }) => {
              const reply = JSON.parse(await window.omarginWallet(JSON.stringify({ method, params: params ?? [] })));
              if (reply.error) throw Object.assign(new Error(reply.error.message), { code: reply.error.code }, reply.error.data ? { data: reply.error.data } : {});
              return reply.result;
            },
            on: (name, listener) => { (listeners[name] ??= []).push(listener); return provider; },
            removeListener: (name, listener) => { listeners[name] = (listeners[name] ?? []).filter((one) => one !== listener); return provider; },
          };
          window.omarginEmit = (name, value) => (listeners[name] ?? []).forEach((listener) => listener(value));
          if (!isOnlyAnnounced) window.ethereum = provider;
          const detail = Object.freeze({ info: { uuid: "6a3e7f0e-5a63-4f11-9d3e-0c2b6b1f5a01", name: "Test Wallet", icon: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>", rdns: "test.wallet" }, provider });
          const announce = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
          window.addEventListener("eip6963:requestProvider", announce);
          announce();
        })
        """;

    private readonly HardhatNode _network;
    private readonly PrivateKey _key;
    private readonly TransactionSender _sender;
    private readonly HttpClient _node;
    private string _chain = "0x7a69";
    private SignedTransaction? _stalled;
    private bool _isPermitted;

    private InjectedWallet(HardhatNode chain, PrivateKey key)
    {
        _network = chain;
        _key = key;
        _sender = Deployed.Sender(chain, key);
        _node = new HttpClient { BaseAddress = new Uri(chain.Url) };
    }

    public PrivateKey Key => _key;

    /// <summary>Whose wallet it is.</summary>
    public Address Address => _key.Address;

    public bool IsLocked { get; set; }

    public bool Rejects { get; set; }

    public bool IsNodeDown { get; set; }

    /// <summary>What the wallet's node says to a view in place of the chain, by selector: for states that a whole market must fail to reach.</summary>
    public IDictionary<uint, UInt256[]> Views { get; } = new Dictionary<uint, UInt256[]>();

    /// <summary>What receipts say was paid of a withdrawal, in place of the chain; as it is when empty.</summary>
    public ulong? PaidRaw { get; set; }

    /// <summary>Whether what is sent stays in no block until it is mined, sped up or cancelled.</summary>
    public bool Stalls { get; set; }

    /// <summary>How many signatures of typed data the page asked for.</summary>
    public int AskedToSign { get; private set; }

    /// <summary>How many transactions the page asked to send.</summary>
    public int AskedToSend { get; private set; }

    /// <summary>The last typed data that the page asked to sign: what a person would read.</summary>
    public string LastTypedData { get; private set; } = "";

    /// <param name="page">Where it is injected.</param>
    /// <param name="chain">Whose node it asks.</param>
    /// <param name="key">What it signs with.</param>
    /// <param name="isOnlyAnnounced">Whether it leaves <c>window.ethereum</c> alone, as wallets do beside others.</param>
    public static async Task<InjectedWallet> InjectAsync(IPage page, HardhatNode chain, PrivateKey key, bool isOnlyAnnounced = false)
    {
        var wallet = new InjectedWallet(chain, key);
        await page.ExposeFunctionAsync<string, Task<string>>("omarginWallet", wallet.AnswerAsync);
        await page.AddInitScriptAsync($"{Script}({(isOnlyAnnounced ? "true" : "false")});");
        return wallet;
    }

    /// <summary>Moves the wallet to another network, as its owner would.</summary>
    public async Task ChooseChainAsync(IPage page, int id)
    {
        _chain = $"0x{id:x}";
        await page.EvaluateAsync("chain => window.omarginEmit('chainChanged', chain)", _chain);
    }

    /// <summary>Has what was sent mined.</summary>
    public async Task MineAsync()
    {
        await _network.MineAsync();
        await _network.SetAutomineAsync(true);
    }

    /// <summary>The same call at a higher fee, as wallets offer it.</summary>
    public async Task SpeedUpAsync()
    {
        await _network.Node.SendRawTransactionAsync(await _sender.BumpAsync(_stalled!));
        await MineAsync();
    }

    /// <summary>Nothing to oneself at a higher fee, as wallets cancel.</summary>
    public async Task CancelAsync()
    {
        Transaction dearer = (await _sender.BumpAsync(_stalled!)).Transaction;
        await _network.Node.SendRawTransactionAsync(_key.Sign(dearer with { To = Address, ValueWei = UInt256.Zero, Data = default }));
        await MineAsync();
    }

    public void Dispose()
    {
        _sender.Dispose();
        _node.Dispose();
    }

    private async Task<string> AnswerAsync(string request)
    {
        JsonNode asked = JsonNode.Parse(request)!;
        string method = asked["method"]!.GetValue<string>();
        AskedToSend += string.Equals(method, "eth_sendTransaction", StringComparison.Ordinal) ? 1 : 0;
        AskedToSign += string.Equals(method, "eth_signTypedData_v4", StringComparison.Ordinal) ? 1 : 0;
        try
        {
            return await AnswerAsync(method, asked["params"]!);
        }
        catch (RevertException error)
        {
            return Error(3, error.Message, HexData.Encode(error.Reason.Data));
        }
        catch (EthereumException error)
        {
            return Error(-32603, error.Message);
        }
    }

    private async Task<string> AnswerAsync(string method, JsonNode parameters)
    {
        switch (method)
        {
            case "eth_requestAccounts" or "wallet_requestPermissions" when IsLocked:
                return Error(-32002, "Already processing eth_requestAccounts. Please wait.");
            case "eth_requestAccounts" or "eth_accounts":
                _isPermitted |= string.Equals(method, "eth_requestAccounts", StringComparison.Ordinal);
                return Result(new JsonArray(IsLocked || !_isPermitted ? [] : [JsonValue.Create(_key.Address.ToString())]));
            case "wallet_requestPermissions" or "wallet_getPermissions":
                _isPermitted |= string.Equals(method, "wallet_requestPermissions", StringComparison.Ordinal);
                return Result(new JsonArray(new JsonObject
                {
                    ["parentCapability"] = "eth_accounts",
                    ["caveats"] = new JsonArray(new JsonObject { ["value"] = new JsonArray(JsonValue.Create(_key.Address.ToString())) }),
                }));
            case "wallet_revokePermissions" or "wallet_addEthereumChain":
                return Result(null);
            case "eth_chainId":
                return Result(JsonValue.Create(_chain));
            case "wallet_switchEthereumChain":
                _chain = parameters[0]!["chainId"]!.GetValue<string>();
                return Result(null);
            case "eth_sendTransaction" or "eth_signTypedData_v4" when Rejects:
                return Error(4001, "User rejected the request.");
            case "eth_signTypedData_v4":
                LastTypedData = parameters[1]!.GetValue<string>();
                return Result(JsonValue.Create(_key.SignHash(TypedDataDocument.Parse(LastTypedData).Digest()).ToString()));
            case "eth_sendTransaction":
                return Result(JsonValue.Create(await SendAsync(parameters[0]!)));
            case "eth_call" when Views.Count > 0 && Views.TryGetValue(uint.Parse(parameters[0]!["data"]!.GetValue<string>().AsSpan(2, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture), out UInt256[]? words):
                return Result(JsonValue.Create("0x" + string.Concat(words.Select(static word => ((System.Numerics.BigInteger)word).ToString("x64", CultureInfo.InvariantCulture)[^64..]))));
            default:
                return IsNodeDown ? Error(-32603, "Failed to fetch") : await ForwardAsync(method, parameters);
        }
    }

    private async Task<string> SendAsync(JsonNode fields)
    {
        var request = new TransactionRequest(Address.Parse(fields["to"]!.GetValue<string>()), HexData.Decode(fields["data"]!.GetValue<string>()))
        {
            ValueWei = (UInt256)ulong.Parse(fields["value"]!.GetValue<string>()[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        };
        if (!Stalls)
        {
            return (await _sender.SendAsync(request)).TransactionHash.ToString();
        }

        await _network.SetAutomineAsync(false);
        _stalled = await _sender.PrepareAsync(request);
        await _network.Node.SendRawTransactionAsync(_stalled);
        return _stalled.Hash.ToString();
    }

    private async Task<string> ForwardAsync(string method, JsonNode parameters)
    {
        var body = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters.DeepClone() };
        using HttpResponseMessage reply = await _node.PostAsJsonAsync("", body);
        string answer = await reply.Content.ReadAsStringAsync();
        return PaidRaw is { } paidRaw && string.Equals(method, "eth_getTransactionReceipt", StringComparison.Ordinal) ? WithPaid(answer, paidRaw) : answer;
    }

    private static string WithPaid(string answer, ulong paidRaw)
    {
        JsonNode parsed = JsonNode.Parse(answer)!;
        foreach (JsonNode? log in parsed["result"]?["logs"]?.AsArray() ?? [])
        {
            if (string.Equals(log!["topics"]![0]!.GetValue<string>(), Clearinghouse.WithdrawnEvent.Topic.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                // The data is what was withdrawn, then what was paid of it.
                log["data"] = string.Concat(log["data"]!.GetValue<string>().AsSpan(0, 66), paidRaw.ToString("x64", CultureInfo.InvariantCulture));
            }
        }

        return parsed.ToJsonString();
    }

    private static string Result(JsonNode? value) => new JsonObject { ["result"] = value }.ToJsonString();

    private static string Error(int code, string message, string? data = null) =>
        new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["data"] = data } }.ToJsonString(JsonSerializerOptions.Web);
}
