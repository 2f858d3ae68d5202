using System.Diagnostics;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.TypedData;
using OnchainMargin.Ethereum.Tests.Generated;

namespace OnchainMargin.Bench.Ethereum;

/// <summary>What the Ethereum client costs: encoding, decoding, hashing, signing, and calls against a node that answers at once.</summary>
public sealed class EthereumBench
{
    private const int Orders = 100;
    private const int Logs = 1000;
    private const int BatchSize = 100;

    /// <summary>Measures, and writes each figure under its key.</summary>
#pragma warning disable CA1822 // Every bench is an object, so that the host runs them alike.
    public void Run(IDictionary<string, double> results, bool quick)
    {
        ArgumentNullException.ThrowIfNull(results);
        RunEncoding(results, quick);
        RunLogs(results, quick);
        RunHashes(results, quick);
        RunCurve(results, quick);
        RunCallsAsync(results, quick).GetAwaiter().GetResult();
    }
#pragma warning restore CA1822

    private static void RunEncoding(IDictionary<string, double> results, bool quick)
    {
        var orders = new EchoLab.Order[Orders];
        for (int i = 0; i < orders.Length; i++)
        {
            Hash32 salt = Keccak256.HashUtf8($"order {i}");
            orders[i] = new EchoLab.Order(new Address(salt.ToArray().AsSpan(0, 20)), (ulong)i * 100_000_000, -i * 12345L, (UInt128)i << 40, (i & 1) == 0, salt);
        }

        void Encode() => new EchoLab.PlaceCall(orders).Encode();
        results["eth.abi.encode100.us"] = Stopwatches.Seconds(Encode, quick) * 1e6;
        results["eth.abi.encode100.bytes"] = Stopwatches.Bytes(Encode);
        byte[] calldata = new EchoLab.PlaceCall(orders).Encode();
        void Decode() => EchoLab.PlaceCall.Decode(calldata);
        results["eth.abi.decode100.us"] = Stopwatches.Seconds(Decode, quick) * 1e6;
        results["eth.abi.decode100.bytes"] = Stopwatches.Bytes(Decode);
    }

    /// <summary>A node's whole answer to eth_getLogs, hexadecimal digits and all, to typed events.</summary>
    private static void RunLogs(IDictionary<string, double> results, bool quick)
    {
        byte[] answer = BenchLogs.Answer(Logs);
        void Decode()
        {
            List<LogEntry> logs = LogsParser.Parse(answer);
            var events = new EchoLab.CountedEvent[logs.Count];
            for (int i = 0; i < events.Length; i++)
            {
                _ = EchoLab.CountedEvent.TryDecode(logs[i], out events[i]);
            }
        }

        results["eth.logs.decode1000.ms"] = Stopwatches.Seconds(Decode, quick) * 1e3;
        results["eth.logs.decode1000.bytes"] = Stopwatches.Bytes(Decode);
    }

    private static void RunHashes(IDictionary<string, double> results, bool quick)
    {
        byte[] word = Keccak256.Empty.ToArray();
        results["eth.keccak32.ns"] = Stopwatches.Seconds(
            () =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    Keccak256.Hash(word, word);
                }
            },
            quick) * 1e6;
        var domain = new TypedDataDomain { Name = "Ether Mail", Version = "1", ChainId = 1U, VerifyingContract = Address.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC") };
        var mail = new BenchMail("Cow", Address.Parse("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"), "Bob", Address.Parse("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"), "Hello, Bob!");

        // The domain separator is computed along with the message, though a real signer keeps it.
        results["eth.eip712.hash.us"] = Stopwatches.Seconds(() => TypedDataDigest.Of(domain.Separator(), mail.HashStruct()), quick) * 1e6;
    }

    private static void RunCurve(IDictionary<string, double> results, bool quick)
    {
        RunCurve(results, Secp256k1.Managed, "eth.sign.managed.us", "eth.recover.managed.us", quick);
        RunCurve(results, Secp256k1.Default, "eth.sign.us", "eth.recover.us", quick);
        results["eth.sign.isNative"] = Secp256k1.Native is null ? 0 : 1;
    }

    private static void RunCurve(IDictionary<string, double> results, ISecp256k1 curve, string sign, string recover, bool quick)
    {
        byte[] key = Keccak256.HashUtf8("cow").ToArray();
        Hash32 hash = Keccak256.Empty;
        Signature signature = curve.Sign(hash, key);
        var publicKey = new byte[64];
        results[sign] = Stopwatches.Seconds(() => curve.Sign(hash, key), quick) * 1e6;
        results[recover] = Stopwatches.Seconds(() => curve.TryRecover(hash, signature, publicKey), quick) * 1e6;
    }

    private static async Task RunCallsAsync(IDictionary<string, double> results, bool quick)
    {
        using var stub = new StubNode();
        using var rpc = new HttpRpcClient(stub.Endpoint);
        var node = new EthereumNode(rpc);
        Address contract = Address.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC");
        var call = new EchoLab.CountCall();
        results["eth.call.perSecond"] = await RateAsync(() => node.CallAsync(contract, call), quick);
        EchoLab.CountCall[] batch = [.. Enumerable.Repeat(call, BatchSize)];
        results["eth.call.batch100.perSecond"] = BatchSize * await RateAsync(() => node.CallManyAsync(contract, batch), quick);
    }

    private static async Task<double> RateAsync(Func<Task> work, bool quick)
    {
        var warmUp = Stopwatch.StartNew();
        while (warmUp.Elapsed.TotalSeconds < 1)
        {
            await work();
        }

        var clock = Stopwatch.StartNew();
        int count = 0;
        while (clock.Elapsed.TotalSeconds < (quick ? 0.5 : 3))
        {
            await work();
            count++;
        }

        return count / clock.Elapsed.TotalSeconds;
    }
}
