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
    /// <summary>Standard margin is one whole evaluation for each position: beyond this many the referee is asked for it only where a run wants it, so that a run stays a run.</summary>
    private const int StandardUpTo = 4;

    /// <summary>Words of a breakdown before its lists, of an underlying and of a group in it.</summary>
    private const int HeadWords = 10;
    private const int UnderlyingWords = 53;
    private const int WordBytes = 32;

    /// <summary>Bytes of a state before its positions (MRG-002).</summary>
    private const int HeaderBytes = 64;

    private readonly AccountInputs _inputs;
    private readonly AccountReport _report;
    private readonly byte[] _state;
    private readonly byte[] _balances;
    private readonly byte[] _checkpoint;
    private readonly byte[] _records;
    private readonly byte[] _witness;
    private readonly Oracle.Instrument _fill;
    private readonly BigInteger _fillSize;
    private readonly bool _standardAlways;
    private readonly List<(string Name, string Expected, Address Target, byte[] Call)> _questions = [];

    public RefereeCase(string name, AccountInputs inputs, AccountReport report, byte[] witness, Oracle.Instrument fill, BigInteger fillSize, bool standardAlways)
    {
        _standardAlways = standardAlways;
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
    public IReadOnlyList<string> Compute(RefereeNode node)
    {
        ContractAbi referee = node.Referee;
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
        MarginReport terms = MarginEngine.Report(engine.State, engine.Balances.AsSpan(), engine.View, engine.Choice);
        _questions.Add(("breakdown", string.Join(' ', Breakdown(terms)), node.ReportsAddress, node.Reports.Function("breakdown").EncodeCall(account)));
        void Ask(string name, string expected, byte[] call) => _questions.Add((name, expected, node.RefereeAddress, call));
        Ask("health", $"{report.Equity} {report.Maintenance} {report.Initial} {report.Floor} {report.FloorEquity} {report.LeastCash}", referee.Function("health").EncodeCall(account));
        if (_standardAlways || _inputs.State.Positions.Count <= StandardUpTo)
        {
            Ask("standard", $"{standard}", referee.Function("standardMargin").EncodeCall(account));
        }

        Ask("witness", shown, referee.Function("witnessMargin").EncodeCall([.. account, _witness]));
        byte[] record = CheckpointEncoding.Pack(_inputs.Checkpoint.Underlyings.First(u => u.Underlying == _fill.Underlying));
        Ask("headroom", $"{rise}", referee.Function("headroom").EncodeCall((UInt256)(UInt128)_fill.Packed, (Int256)(long)_fillSize, _checkpoint, record, choice));
        AskFloors(node, account, record, engine, differences);
        return differences;
    }

    /// <summary>The calls, in the order of <see cref="Compare"/>.</summary>
    public IReadOnlyList<(Address Target, byte[] Data)> Calls => [.. _questions.Select(question => (question.Target, question.Call))];

    /// <summary>What the referee answered otherwise.</summary>
    public IEnumerable<string> Compare(ContractAbi referee, IReadOnlyList<(bool Success, byte[] Data)> answers)
    {
        List<string> differences = [];
        for (int i = 0; i < _questions.Count; i++)
        {
            (string name, string expected, _, _) = _questions[i];
            string found = answers[i].Success ? string.Join(' ', answers[i].Data.Chunk(32).Select(word => new BigInteger(word, isBigEndian: true))) : ErrorName(referee, answers[i].Data);
            if (found != expected)
            {
                differences.Add($"{Name}: {name}: expected {expected}, referee {found}");
            }
        }

        return differences;
    }

    /// <summary>The account as a case of spec/corpus, for a difference.</summary>
    public string Json() => VectorFiles.Text(new Oracle.Vector("MRG-057", Name, "A difference; minimise before keeping.", WithWitness(), []));

    /// <summary>The floor referee walks an account in a way of its own, and quotes what is filled.</summary>
    private void AskFloors(RefereeNode node, object[] account, byte[] record, EngineAccount engine, List<string> differences)
    {
        void Ask(string name, string expected, params object[] arguments) => _questions.Add((name, expected, node.FloorsAddress, node.Floors.Function(name).EncodeCall(arguments)));
        Ask("floorOf", $"{_report.Equity} {_report.Floor} {_report.FloorEquity}", account);
        Ask("equityOf", $"{_report.Equity}", account);
        foreach (IGrouping<(int, BigInteger), Oracle.Position> group in _inputs.State.Positions.Where(position => position.Instrument.Kind != Kind.Perpetual).GroupBy(position => (position.Instrument.Underlying, position.Instrument.Expiry)).Take(1))
        {
            List<Oracle.Position> positions = [.. group];
            string worths = $"{HeadroomRules.Worth(positions, _inputs.Checkpoint, e => e.Present)} {HeadroomRules.Worth(positions, _inputs.Checkpoint, e => e.Delayed)}";
            Ask("worthsOf", worths, StateEncoding.Pack(Oracle.AccountState.Of(0, [.. positions]))[HeaderBytes..], _checkpoint, CheckpointEncoding.Pack(_inputs.Checkpoint.Underlyings.First(u => u.Underlying == group.Key.Item1)));
        }

        if (_fill.Kind == Kind.Perpetual)
        {
            return;
        }

        Oracle.UnderlyingRecord underlying = _inputs.Checkpoint.Underlyings.First(u => u.Underlying == _fill.Underlying);
        Oracle.ExpiryRecord expiry = underlying.Expiries.First(candidate => candidate.Expiry == _fill.Expiry);
        var value = new Valuation(_fill, _inputs.Checkpoint.Time, underlying, expiry, expiry.Present);
        BigInteger vega = _fill.IsOption ? value.At(0, 1) - value.At(0, -1) : 0;
        string quoted = $"{value.Mark} {vega} {expiry.Present.ForwardE8}";
        Ask("quoteOf", quoted, (UInt256)(UInt128)_fill.Packed, _checkpoint, record);
        string engineQuoted = MarginEngine.Quote(Margin.Instrument.Unpack((UInt128)_fill.Packed), engine.View) is { } quote ? $"{quote.MarkE8} {quote.VegaE8} {quote.ForwardE8}" : "none";
        if (quoted != engineQuoted)
        {
            differences.Add($"{Name}: quote: oracle {quoted}, engine {engineQuoted}");
        }
    }

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

    /// <summary>The engine's terms as the words of the referee's breakdown, in its order.</summary>
    private IEnumerable<BigInteger> Breakdown(MarginReport report)
    {
        AccountFigures f = report.Figures;
        int underlyings = HeadWords * WordBytes;
        IEnumerable<BigInteger> words =
        [
            WordBytes, (BigInteger)f.EquityE8, (BigInteger)f.MaintenanceE8, (BigInteger)f.InitialE8, (BigInteger)f.FloorE8, (BigInteger)f.FloorEquityE8, (BigInteger)f.LeastCashE8,
            (BigInteger)report.CollateralValueE8, (BigInteger)report.HaircutE8, underlyings, underlyings + (WordBytes * (1 + (UnderlyingWords * report.Underlyings.Length))),
        ];
        words = words.Append(report.Underlyings.Length).Concat(report.Underlyings.SelectMany(u => (IEnumerable<BigInteger>)
        [
            u.Underlying, u.Group, _inputs.Checkpoint.Underlyings.First(record => record.Underlying == u.Underlying).Parameters.NettingFloorE8, (BigInteger)u.Scenario24E8, (BigInteger)u.Between24E8,
            (BigInteger)Int128.Max(u.Scenario24E8, u.Between24E8), u.Worst.Code, (BigInteger)u.ShortMinimumE8, .. u.Weighted24E8.Select(weighted => (BigInteger)weighted),
            (BigInteger)u.NetE8, (BigInteger)u.GrossE8, (BigInteger)u.BasisE8, (BigInteger)u.LiquidityE8, (BigInteger)u.VegaE8, (BigInteger)u.StaleE8, (BigInteger)u.RateE8, (BigInteger)u.SpreadE8,
        ]));
        return words.Append(report.Groups.Length).Concat(report.Groups.SelectMany(g => (IEnumerable<BigInteger>)
        [
            g.Group, (BigInteger)g.Scenario24E8, (BigInteger)g.Between24E8, g.Worst.Code, (BigInteger)g.Loss24E8, (BigInteger)g.NettingFloor24E8, (BigInteger)g.ShortMinimumE8, (BigInteger)g.MaintenanceE8,
        ]));
    }
}
