using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json.Nodes;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Oracle;
using Vector = OnchainMargin.Oracle.Vector;

namespace OnchainMargin.EndToEnd.Tests.Differential;

/// <summary>spec/vectors and spec/corpus against the referee and the kernel's probe on a node.</summary>
public sealed class VectorReplayTests(RefereeNode node) : IClassFixture<RefereeNode>
{
    [RefereeFact]
    public async Task Vectors_OnTheReferee_GiveTheExpectedNumbers()
    {
        List<(Vector Vector, string Name, string Expected, Address Target, byte[] Call)> questions = [.. VectorFiles.Read().SelectMany(Questions)];
        Assert.True(questions.Count > 150);
        List<string> differences = [];
        foreach (var chunk in questions.Chunk(24))
        {
            IReadOnlyList<(bool Success, byte[] Data)> answers = await node.RunAsync([.. chunk.Select(question => (question.Target, question.Call))]);
            for (int i = 0; i < chunk.Length; i++)
            {
                string found = answers[i].Success ? string.Join(' ', answers[i].Data.Chunk(32).Select(word => new BigInteger(word, isBigEndian: true))) : ErrorName(answers[i].Data);
                if (found != chunk[i].Expected)
                {
                    differences.Add($"{chunk[i].Vector} {chunk[i].Name}: expected {chunk[i].Expected}, found {found}");
                }
            }
        }

        Assert.Empty(differences);
    }

    private static string Text(JsonNode? value) => value!.GetValue<string>();

    private IEnumerable<(Vector, string, string, Address, byte[])> Questions(Vector vector)
    {
        JsonObject e = vector.Expected;
        if (vector.Inputs.ContainsKey("state"))
        {
            object[] account = Account(vector.Inputs);
            string? error = e["error"]?.GetValue<string>();
            if (vector.Rule == "MRG-057")
            {
                yield return Ask(vector, "witnessMargin", error ?? $"{Text(e["equityE8"])} {Text(e["witnessE8"])}", [.. account, AccountJson.Bytes(vector.Inputs["witness"])]);
            }
            else
            {
                string figures = string.Join(' ', new[] { "equityE8", "maintenanceE8", "initialE8", "floorE8", "floorEquityE8", "leastCashE8" }.Select(name => e[name]?.GetValue<string>()));
                yield return Ask(vector, "health", error ?? figures, account);
                yield return Ask(vector, "standardMargin", error ?? Text(e["standardE8"]), account);
            }
        }
        else if (vector.Rule == "MRG-058")
        {
            JsonObject market = vector.Inputs["market"]!.AsObject();
            object[] account = Account(market);
            byte[] record = AccountJson.Bytes(market["records"]![0]);
            yield return Ask(vector, "headroom", Text(e["riseE8"]), [(UInt256)vector.Number("instrument"), (Int256)vector.Number("sizeE8"), account[2], record, account[4]]);
        }
        else
        {
            foreach ((string function, string expected, string[] inputs) in Kernel(vector))
            {
                yield return (vector, function, expected, node.ProbeAddress, node.Probe.Function(function).EncodeCall([.. inputs.Select(input => (object)(Int256)vector.Number(input)).Select(Unsigned)]));
            }
        }
    }

    /// <summary>The probe's function of a rule, what it gives, and its inputs by their names in the vector; nothing for rules that are tested through accounts.</summary>
    private static IEnumerable<(string Function, string Expected, string[] Inputs)> Kernel(Vector vector)
    {
        JsonObject e = vector.Expected;
        switch (vector.Rule)
        {
            case "MRG-011" when vector.Number("tau") > 1800:
                yield return ("forward", Text(e["forwardE8"]), ["spotE8", "publishedForwardE8", "publishedSpotE8"]);
                break;
            case "MRG-011":
                yield return ("forwardInWindow", $"{Text(e["forwardE8"])} {Text(e["followSeconds"])}", ["spotE8", "sumE8", "covered", "remaining"]);
                break;
            case "MRG-013":
                yield return ("haircut", Text(e["haircutE8"]), ["haircutBaseE8", "haircutMaxE8", "thresholdE8", "totalE8"]);
                break;
            case "MRG-020":
                yield return ("isqrt", Text(e["root"]), ["a"]);
                break;
            case "MRG-021":
                yield return ("ln", Text(e["lnQ32"]), ["n", "d"]);
                break;
            case "MRG-023":
                yield return ("kappaE8", Text(e["kappaE8"]), ["tau"]);
                break;
            case "MRG-025":
                yield return ("cdf", Text(e["normalQ60"]), ["d"]);
                break;
            case "MRG-027":
                yield return ("discount", Text(e["discountE12"]), ["rateE12", "tau"]);
                break;
            default:
                break;
        }
    }

    private static object Unsigned(object value) => (BigInteger)(Int256)value >= 0 ? (UInt256)(BigInteger)(Int256)value : value;

    private static object[] Account(JsonObject inputs)
    {
        byte[][] records = [.. inputs["records"]!.AsArray().Select(AccountJson.Bytes)];
        byte[] checkpoint = [.. AccountJson.Bytes(inputs["checkpoint"]), .. records.SelectMany(record => Keccak256.Hash(record).ToArray())];
        UInt256 choice = (ulong)Enum.Parse<Choice>(Text(inputs["choice"]));
        return [AccountJson.Bytes(inputs["state"]), AccountJson.Bytes(inputs["balances"]), checkpoint, records.SelectMany(record => record).ToArray(), choice];
    }

    private (Vector, string, string, Address, byte[]) Ask(Vector vector, string function, string expected, object[] arguments) =>
        (vector, function, expected, node.RefereeAddress, node.Referee.Function(function).EncodeCall(arguments));

    private string ErrorName(byte[] data) =>
        node.Referee.Errors.FirstOrDefault(error => data.Length >= 4 && error.Selector == BinaryPrimitives.ReadUInt32BigEndian(data))?.Name ?? "0x" + Convert.ToHexStringLower(data);
}
