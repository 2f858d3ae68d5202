using System.Buffers.Binary;
using System.Numerics;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Margin.Tests.Specification;
using OnchainMargin.Oracle;

namespace OnchainMargin.EndToEnd.Tests.Differential;

/// <summary>One account, what oracle and engine say of it, and the calls that ask the referee the same.</summary>
internal sealed class RefereeCase
{
    /// <summary>Standard margin is one whole evaluation for each position; beyond this many the referee is not asked for it, so that a run stays a run.</summary>
    private const int StandardUpTo = 4;

    private readonly AccountInputs _inputs;
    private readonly AccountReport _report;
    private readonly byte[] _state;
    private readonly byte[] _balances;
    private readonly byte[] _checkpoint;
    private readonly byte[] _records;
    private readonly byte[] _witness;
    private readonly Oracle.Instrument _fill;
    private readonly BigInteger _fillSize;
    private readonly List<(string Name, string Expected, byte[] Call)> _questions = [];

    public RefereeCase(string name, AccountInputs inputs, AccountReport report, byte[] witness, Oracle.Instrument fill, BigInteger fillSize)
    {
        Name = name;
        _inputs = inputs;
        _report = report;
        _witness = witness;
        _fill = fill;
        _fillSize = fillSize;
        _state = StateEncoding.Pack(inputs.State);
        _balances = StateEncoding.Pack(inputs.Balances);
        byte[][] records = [.. inputs.Checkpoint.Underlyings.Select(CheckpointEncoding.Pack)];
        _checkpoint = [.. CheckpointEncoding.PackHead(inputs.Checkpoint), .. records.SelectMany(record => Keccak256.Hash(record).ToArray())];
        HashSet<int> touched = [.. inputs.State.Positions.Select(position => position.Instrument.Underlying), .. inputs.Balances.Select(balance => inputs.Checkpoint.Collaterals.First(token => token.Token == balance.Token).Underlying)];
        _records = [.. inputs.Checkpoint.Underlyings.Zip(records).Where(pair => touched.Contains(pair.First.Underlying)).SelectMany(pair => pair.Second)];
    }

    public string Name { get; }

    /// <summary>Differences between oracle and engine; fills in what the referee must answer.</summary>
    public IReadOnlyList<string> Compute(ContractAbi referee)
    {
        AccountReport report = _report;
        BigInteger standard = AccountRules.Standard(_inputs);
        var engine = new EngineAccount(_inputs);
        List<string> differences = [.. engine.Differences(report, standard).Select(difference => $"{Name}: {difference}")];
        string shown = Try(() => $"{report.Equity} {WitnessRules.Maintenance(_inputs, _witness)}");
        string engineShown = engine.Witness(_witness);
        if (shown[(shown.IndexOf(' ', StringComparison.Ordinal) + 1)..] != engineShown)
        {
            differences.Add($"{Name}: witness: oracle {shown}, engine {engineShown}");
        }

        BigInteger rise = HeadroomRules.Rise(_fill, _fillSize, _inputs.Checkpoint, _inputs.Choice);
        Headroom.Rise(Margin.Instrument.Unpack((UInt128)_fill.Packed), (long)_fillSize, engine.View, engine.Choice, out Int128 engineRise);
        if (rise != (BigInteger)engineRise)
        {
            differences.Add($"{Name}: headroom: oracle {rise}, engine {engineRise}");
        }

        object choice = (UInt256)(ulong)_inputs.Choice;
        object[] account = [_state, _balances, _checkpoint, _records, choice];
        Ask("health", $"{report.Equity} {report.Maintenance} {report.Initial} {report.Floor} {report.FloorEquity} {report.LeastCash}", referee.Function("health").EncodeCall(account));
        if (_inputs.State.Positions.Count <= StandardUpTo)
        {
            Ask("standard", $"{standard}", referee.Function("standardMargin").EncodeCall(account));
        }

        Ask("witness", shown, referee.Function("witnessMargin").EncodeCall([.. account, _witness]));
        byte[] record = CheckpointEncoding.Pack(_inputs.Checkpoint.Underlyings.First(u => u.Underlying == _fill.Underlying));
        Ask("headroom", $"{rise}", referee.Function("headroom").EncodeCall((UInt256)(UInt128)_fill.Packed, (Int256)(long)_fillSize, _checkpoint, record, choice));
        return differences;
    }

    /// <summary>The calls, in the order of <see cref="Compare"/>.</summary>
    public IReadOnlyList<byte[]> Calls => [.. _questions.Select(question => question.Call)];

    /// <summary>What the referee answered otherwise.</summary>
    public IEnumerable<string> Compare(ContractAbi referee, IReadOnlyList<(bool Success, byte[] Data)> answers)
    {
        List<string> differences = [];
        for (int i = 0; i < _questions.Count; i++)
        {
            (string name, string expected, _) = _questions[i];
            string found = answers[i].Success ? string.Join(' ', answers[i].Data.Chunk(32).Select(word => new BigInteger(word, isBigEndian: true))) : ErrorName(referee, answers[i].Data);
            if (found != expected)
            {
                differences.Add($"{Name}: {name}: oracle {expected}, referee {found}");
            }
        }

        return differences;
    }

    /// <summary>The account as a case of spec/corpus, for a difference.</summary>
    public string Json() => VectorFiles.Text(new Oracle.Vector("MRG-057", Name, "A difference; minimise before keeping.", WithWitness(), []));

    private static string Try(Func<string> compute)
    {
        try
        {
            return compute();
        }
        catch (SpecException error)
        {
            return error.Name;
        }
    }

    private static string ErrorName(ContractAbi referee, byte[] data) =>
        referee.Errors.FirstOrDefault(error => data.Length >= 4 && error.Selector == BinaryPrimitives.ReadUInt32BigEndian(data))?.Name ?? "0x" + Convert.ToHexStringLower(data);

    private System.Text.Json.Nodes.JsonObject WithWitness()
    {
        System.Text.Json.Nodes.JsonObject json = AccountJson.Write(_inputs);
        json["witness"] = AccountJson.Hex(_witness);
        return json;
    }

    private void Ask(string name, string expected, byte[] call) => _questions.Add((name, expected, call));
}
