using System.Collections.Immutable;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Store;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Snapshots;

/// <summary>A history after which nothing of the book is as it began: every event that changes it, and checkpoints enough that the oldest of the kept ones lies well behind.</summary>
internal sealed class RichHistory
{
    public const int Checkpoints = 80;
    public const int Accounts = 2_500;

    /// <summary>All of one checkpoint, and more than are kept of what nothing rests on any more.</summary>
    public const int Epochs = 300;

    private const int BlockSeconds = 300;
    private const long Horizon = 86_400;

    private static readonly Dictionary<string, ContractAbi> Abis = new(StringComparer.Ordinal);
    private static readonly byte[] Empty = AccountState.Empty.Pack();

    private readonly List<(StoredBlock Block, LogEntry[] Logs)> _blocks = [];
    private int _sample;

    public RichHistory()
    {
        Begin();
        for (ulong checkpoint = 2; checkpoint <= Checkpoints; checkpoint++)
        {
            Add(Taken(checkpoint), Filled(1, (int)checkpoint), State(1 + (checkpoint % 3), 2 + (((uint)checkpoint - 2) / 3)));
            Add(Deposited(1 + (checkpoint % 5), 1));
        }
    }

    public static DeploymentRecord Deployment { get; } = new() { ChainId = 31337, Block = 1, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [] };

    public IReadOnlyList<(StoredBlock Block, LogEntry[] Logs)> Blocks => _blocks;

    public StoredBlock Head => _blocks[^1].Block;

    private static DeployedContracts Contracts => SampleDeployment.Contracts;

    private ulong Now => (ulong)Books.Start + (BlockSeconds * ((ulong)_blocks.Count + 1));

    /// <summary>Stores the history's blocks.</summary>
    public void Store(SolverStore store) => store.Append([.. _blocks.Select(static one => one.Block)], [.. _blocks.SelectMany(static one => one.Logs)]);

    /// <summary>A block of so many fills.</summary>
    public (StoredBlock Block, LogEntry[] Logs) AddFills(int count)
    {
        Add([.. Enumerable.Range(1, count).Select(size => Filled(1, size))]);
        return _blocks[^1];
    }

    private void Begin()
    {
        Add(
            Of("RiskParameters", Contracts.RiskParameters, "InitialFactorSet"),
            Of("RiskParameters", Contracts.RiskParameters, "UnderlyingSet"),
            Of("RiskParameters", Contracts.RiskParameters, "RampSecondsSet"),
            Of("RiskParameters", Contracts.RiskParameters, "TokenRampSet", ("token", 1)),
            Of("RiskParameters", Contracts.RiskParameters, "TokenSet", ("token", 1)),
            Of("RiskParameters", Contracts.RiskParameters, "ClearingSet"),
            Of("RiskParameters", Contracts.RiskParameters, "InterestSet"),
            Of("RiskParameters", Contracts.RiskParameters, "OracleSet"),
            Of("RiskParameters", Contracts.RiskParameters, "LiquidationSet"),
            Of("ParameterSteps", Contracts.ParameterSteps, "UnderlyingCorridorSet"),
            Of("ParameterSteps", Contracts.ParameterSteps, "TokenCorridorSet"),
            Of("ParameterSteps", Contracts.ParameterSteps, "UnderlyingStepped"),
            Of("ParameterSteps", Contracts.ParameterSteps, "TokenStepped"),
            Of("ParameterSteps", Contracts.ParameterSteps, "StoppedSet"),
            Of("VolSurfaces", Contracts.VolSurfaces, "SurfaceParametersSet"),
            Of("VolSurfaces", Contracts.VolSurfaces, "StoppedSet"),
            Of("MarginVault", Contracts.MarginVault, "TokenListed", ("token", 1)),
            Of("Clearinghouse", Contracts.Clearinghouse, "LedgerUpdated"),
            Of("PriceHub", Contracts.PriceHub, "InterestAccrued"),
            Of("Clearinghouse", Contracts.Clearinghouse, "PausedSet"),
            Of("Clearinghouse", Contracts.Clearinghouse, "KeeperRewarded"),
            Of("Clearinghouse", Contracts.Clearinghouse, "LossTaken"),
            Of("Clearinghouse", Contracts.Clearinghouse, "NeedOpened", ("instrument", Instrument.Call(1, 1_900_000_000, 30_000_000).Packed)));
        Add([.. Enumerable.Range(1, Accounts).Select(static id => (ulong)id).SelectMany(id => (LogEntry[])
        [
            Of("Clearinghouse", Contracts.Clearinghouse, "AccountOpened", ("account", id), ("stateHash", Keccak256.Hash(Empty))),
            State(id, 1),
        ])]);
        Add(
            Deposited(1, 1),
            Of("MarginVault", Contracts.MarginVault, "Idled", ("account", 1), ("token", 1)),
            Of("Clearinghouse", Contracts.Clearinghouse, "DelegateSet", ("account", 1), ("rights", 5)),
            Taken(1),
            Filled(1, 70),
            Of("SpotMarkets", Contracts.SpotMarkets, "SettlementFixed", ("underlying", 1), ("expiry", 1_600_000_000)),
            Of("SpotMarkets", Contracts.SpotMarkets, "SettlementFixed", ("underlying", 2), ("expiry", 0)),
            Of("Clearinghouse", Contracts.Clearinghouse, "MarketWoundDown", ("underlying", 1)));
        for (int publication = 0; publication < 3; publication++)
        {
            // Each comes longer after the one before than that stays the one that counts.
            Add(Of("VolSurfaces", Contracts.VolSurfaces, "SurfacePublished", ("underlying", 1), ("expiry", 1_900_000_000)));
            for (ulong passed = 0; passed <= SurfaceHistory.DelaySeconds; passed += BlockSeconds)
            {
                Add();
            }
        }

        Attested();
        Add(
            Lot("LotStarted", 1, ("account", 2), ("state", Empty), ("balances", new byte[32])),
            Lot("LotDeleveraged", 1, ("account", 2), ("state", Empty), ("balances", new byte[32]), ("served", true)),
            Lot("LotBid", 1),
            Lot("LotInsolvent", 1),
            Lot("LotStarted", 2, ("account", 3), ("state", Empty), ("balances", new byte[32])),
            Lot("LotEnded", 2, ("account", 3)));
    }

    private void Attested()
    {
        LogEntry Registry(string name, params (string Name, object Value)[] values) => Of("RiskRegistry", Contracts.RiskRegistry, name, values);
        LogEntry Bonds(string name, byte who) => Of("AttesterBonds", Contracts.AttesterBonds, name, ("attester", SampleDeployment.At(who)));
        byte[] balances = Balances.Pack([new Balance(1, 9)]);
        object[] attestation =
        [
            1UL, Keccak256.Hash(StateBytes(1, 1).AsSpan(64)), Keccak256.Hash(balances), (Int256)5, 6L, 7L, 1UL, Keccak256.HashUtf8("model"), (ulong)Books.Start + (ulong)Horizon,
        ];
        (string, object)[] preimages = [("attestation", attestation), ("balances", balances), ("positions", StateBytes(1, 1)[64..])];
        Add(
            Registry("AttesterAdded", ("attester", SampleDeployment.At(80)), ("seat", 1)),
            Registry("AttesterAdded", ("attester", SampleDeployment.At(81)), ("seat", 2)),
            Registry("ThresholdSet"),
            Registry("ModelSet"),
            Bonds("Joined", 80),
            Bonds("Joined", 81),
            Bonds("Left", 80),
            Bonds("Slashed", 81),
            Registry("EpochPosted", ("epoch", 1), ("checkpoint", 1), ("signers", 2)),
            Registry("EpochPosted", ("epoch", 2), ("checkpoint", 1), ("signers", 4)),
            Registry("EpochVoided", ("epoch", 2)),
            Registry("AttestationVoided"),
            Of("Challenges", Contracts.Challenges, "Demanded", ("epoch", 1)),
            Of("Challenges", Contracts.Challenges, "Supplied", ("epoch", 1)),
            Of("HealthGate", Contracts.HealthGate, "LeafUsed", [("epoch", 1), .. preimages]),
            Of("HealthGate", Contracts.HealthGate, "SignedAttestationUsed", preimages));
        Add([.. Enumerable.Range(3, Epochs - 2).Select(epoch => Registry("EpochPosted", ("epoch", epoch), ("checkpoint", 1), ("signers", 2)))]);
    }

    private LogEntry Taken(ulong id)
    {
        var surface = new Surface(Books.One, Books.One, 10_000_000_000, 100_000_000_000, -20_000_000, 1, 20_000_000);
        CheckpointInputs inputs = Books.Inputs(id, (long)Now, 3_000 + id, record: made => made with { CumulativeFundingE8 = 7, Expiries = [new ExpiryRecord(1_900_000_000, (long)Now - 5, 1_000_000_000_000, surface, surface)] });
        return Of("PriceHub", Contracts.PriceHub, "CheckpointTaken", ("id", id), ("time", Now), ("inputsHash", inputs.InputsHash), ("checkpoint", inputs.Head), ("records", inputs.AllRecords));
    }

    private LogEntry Filled(ushort underlying, int size) =>
        Of("Clearinghouse", Contracts.Clearinghouse, "Filled", ("instrument", Instrument.Perpetual(underlying).Packed), ("takerSizeE8", size));

    private LogEntry Deposited(ulong account, ushort token) => Of("MarginVault", Contracts.MarginVault, "Deposited", ("account", account), ("token", token));

    private LogEntry State(ulong account, uint version) =>
        Of("Clearinghouse", Contracts.Clearinghouse, "AccountUpdated", ("account", account), ("stateHash", Keccak256.Hash(StateBytes(account, version))), ("state", StateBytes(account, version)));

    private static byte[] StateBytes(ulong account, uint version) => (AccountState.Empty with
    {
        CashE8 = 5 + (long)account,
        Version = version,
        InterestIndexE12 = 1_000_000_000_000,
        Positions = [new Position(Instrument.Perpetual(1), 100_000_000 + version, -90), new Position(Instrument.Call(1, 1_900_000_000, 30_000_000), -5, 0)],
    }).Pack();

    private LogEntry Lot(string name, ulong lot, params (string Name, object Value)[] values) => Of("LiquidationHouse", Contracts.LiquidationHouse, name, [("lot", lot), .. values]);

    private void Add(params LogEntry[] logs)
    {
        ulong number = (ulong)_blocks.Count + 1;
        var block = new StoredBlock(number, new Hash32(number, 1, 2, 3), new Hash32(number - 1, 1, 2, 3), Now);
        _blocks.Add((block, [.. logs.Select((log, at) => log with
        {
            BlockNumber = number,
            BlockHash = block.Hash,
            BlockTimestampSeconds = block.TimeSeconds,
            TransactionHash = new Hash32(number, (ulong)at, 5, 6),
            LogIndex = (uint)at,
        })]));
    }

    /// <summary>An event as the contract declares it; what is not given is something other than nothing.</summary>
    private LogEntry Of(string contract, Address address, string name, params (string Name, object Value)[] given)
    {
        if (!Abis.TryGetValue(contract, out ContractAbi? abi))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "abi", contract + ".json")));
            Abis[contract] = abi = ContractAbi.FromJson(json.RootElement);
        }

        AbiEvent declared = abi.Events.Single(one => string.Equals(one.Name, name, StringComparison.Ordinal));
        foreach ((string Name, object Value) value in given)
        {
            Assert.Contains(declared.Inputs, input => string.Equals(input.Name, value.Name, StringComparison.Ordinal));
        }

        var values = declared.Inputs.Select(input => given.FirstOrDefault(one => string.Equals(one.Name, input.Name, StringComparison.Ordinal)).Value ?? Sample(input.Type)).ToImmutableArray();
        IEnumerable<(AbiParameter Input, object Value)> all = declared.Inputs.Zip(values);
        return new LogEntry
        {
            Address = address,
            Topics = [declared.Topic, .. all.Where(static one => one.Input.IsIndexed).Select(static one => new Hash32(AbiCodec.Encode([one.Input with { IsIndexed = false }], one.Value)))],
            Data = AbiCodec.Encode([.. all.Where(static one => !one.Input.IsIndexed).Select(static one => one.Input)], [.. all.Where(static one => !one.Input.IsIndexed).Select(static one => one.Value)]),
        };
    }

    private object Sample(AbiType type)
    {
        _sample = (_sample % 99) + 1;
        return type.Kind switch
        {
            AbiKind.UnsignedInteger => (UInt256)(ulong)_sample,
            AbiKind.SignedInteger => (Int256)(long)_sample,
            AbiKind.Boolean => true,
            AbiKind.Address => SampleDeployment.At((byte)(110 + _sample)),
            AbiKind.FixedBytes => Hash32.LeftAligned([.. Enumerable.Repeat((byte)_sample, type.Size)]),
            AbiKind.Bytes => new byte[] { (byte)_sample },
            AbiKind.Array => new[] { Sample(type.Element!), Sample(type.Element!) },
            AbiKind.Tuple => type.Components.Select(component => Sample(component.Type)).ToArray(),
            _ => throw new NotSupportedException(type.Canonical),
        };
    }
}
