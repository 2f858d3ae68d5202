using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Parameters;
using OnchainMargin.Solver.Proving;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Risk;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Telemetry;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>The API over a book of a few accounts that hold every kind of instrument, without a chain.</summary>
public sealed class ApiWorld : IAsyncLifetime
{
    internal const long One = 100_000_000;
    internal const long BtcE8 = 90_000 * One;
    internal const long EthE8 = 3_000 * One;
    internal const uint Expiry = 1_771_000_000;

    /// <summary>The second of the book.</summary>
    internal const ulong Now = 1_770_000_000;

    /// <summary>When orders expire: a month from now.</summary>
    internal const ulong OrderExpiry = Now + (30 * 86_400);
    internal const string OperatorKey = "a key of the operator";
    private const string OperatorVariable = "OMARGIN_TEST_OPERATOR_KEY";
    private const string RelayVariable = "OMARGIN_TEST_RELAY_KEY";

    private WebApplication? _host;

    internal Broadcast<IndexedBook> Books { get; } = new();

    internal Broadcast<RiskSnapshot> Risks { get; } = new();

    internal PrivateKey[] Owners { get; } = [.. Enumerable.Range(1, 3).Select(static i => PrivateKey.Parse(i.ToString("x64"), "a test"))];

    /// <summary>How the API is set up; change it before the world begins.</summary>
    internal ApiOptions Api { get; init; } = new() { Url = "http://127.0.0.1:0", RequestsPerTenSeconds = 0, OperatorKeyVariable = OperatorVariable };

    internal TelemetryOptions Telemetry { get; init; } = new();

    internal TimeProvider Time { get; init; } = new BookTime();

    internal RoleHealth Health => _host!.Services.GetRequiredService<RoleHealth>();

    internal FakeRelayChain Relay { get; } = new();

    internal FakeTrial Trial { get; } = new();

    /// <summary>The node that transactions go to.</summary>
    internal Transactions.FakeTransactionNode Node { get; } = new();

    internal IServiceProvider Services => _host!.Services;

    internal IEnumerable<Endpoint> Endpoints => _host!.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    internal OnDemandSigner Signer => _host!.Services.GetRequiredService<OnDemandSigner>();

    internal ProofAccess Access => _host!.Services.GetRequiredService<ProofAccess>();

    internal FixedLive Live { get; } = new(Inputs(BtcE8, EthE8));

    internal DeploymentRecord Deployment { get; } = Record();

    internal OrderRelay OrderRelay { get; private set; } = null!;

    internal OrderBooks Orders => Services.GetRequiredService<OrderBooks>();

    internal ProtocolDigests Digests { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable(OperatorVariable, OperatorKey);
        Environment.SetEnvironmentVariable(RelayVariable, "0x" + new string('7', 64));
        ProtocolBook book = Book();
        Books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty.Add(1, book), book.BlockNumber));
        Risks.Publish(RiskSnapshot.Of(RiskSnapshot.Follower(2), book, book.LatestCheckpoint!));
        var options = new SolverOptions
        {
            Roles = [SolverRoles.Api, SolverRoles.Relay, SolverRoles.Attester],
            Api = Api,
            Telemetry = Telemetry,
        };
        Digests = new ProtocolDigests(Deployment);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Api.Url);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Time).AddSingleton(Books).AddSingleton(Risks).AddSingleton(Deployment).AddSingleton(options).AddSingleton(Digests)
            .AddSingleton<ILiveInputs>(Live).AddSingleton<IRelayChain>(Relay).AddSingleton<AttestedBooks>().AddSingleton(new Broadcast<ParameterProposal>()).AddSingleton<RoleHealth>().AddSingleton<RelayClock>().AddSingleton<OrderBooks>().AddSingleton<OrderRelay>()
            .AddSingleton<IWalletSignatures, KeyWallets>().AddSingleton<IProofTrial>(Trial).AddSingleton<ProofAccess>().AddSingleton<ProofDesk>().AddSingleton(_ => new HttpClient()).AddSingleton<PeerClient>()
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<OnDemandSigner>(provider, (IReadOnlyList<IHashSigner>)[Owners[0]]))
            .AddSingleton<TransactionManagers>().AddSingleton<ITransactionNode>(Node)
            .AddSingleton(SolverKeys.Read(new SolverOptions { Roles = [SolverRoles.Relay], Relay = new RelayOptions { Key = new KeyOptions { Variable = RelayVariable } } }))
            .AddSingleton(_ => TestStore.Open(Deployment.ChainId, Deployment.Contracts.Clearinghouse));
        ApiSetup.AddServices(builder, options);
        TelemetryExport.AddServices(builder.Services, options.Telemetry);
        _host = builder.Build();
        TelemetryExport.Start(_host.Services);
        ApiSetup.Map(_host, options);
        await _host.StartAsync();
        OrderRelay = _host.Services.GetRequiredService<OrderRelay>();
        Assert.True(await OrderRelay.OpenAsync(CancellationToken.None));
        Http = new HttpClient { BaseAddress = new Uri(_host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await EndAsync();
        foreach (PrivateKey owner in Owners)
        {
            owner.Dispose();
        }
    }

    /// <summary>Ends the host, which sends what waits to be sent.</summary>
    internal async Task EndAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.DisposeAsync();
        }
    }

    /// <summary>Lets somebody act for an account.</summary>
    internal void Appoint(ulong account, Address who, DelegateRights rights, ulong untilSeconds)
    {
        ProtocolBook before = Books.Current!.Book;
        ProtocolBook book = before with { Accounts = before.Accounts.With(before.Accounts[account] with { Delegates = ImmutableSortedDictionary<Address, BookAppointment>.Empty.Add(who, new BookAppointment(who, rights, untilSeconds)) }) };
        Books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty.Add(1, book), book.BlockNumber));
    }

    /// <summary>Gives an account to the owner of another.</summary>
    internal void Give(ulong account, Address owner) => Change(before => before with { Accounts = before.Accounts.With(before.Accounts[account] with { Owner = owner }) });

    /// <summary>The book is another from now on.</summary>
    internal void Change(Func<ProtocolBook, ProtocolBook> change)
    {
        ProtocolBook book = change(Books.Current!.Book);
        Books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty.Add(1, book), book.BlockNumber));
    }

    /// <summary>An order of an account, signed by its owner.</summary>
    internal Clearinghouse.SignedOrder Sign(ulong account, long sizeE8, long priceE8, ulong nonce, byte flags = 0, Instrument? instrument = null) => Digests.Sign(
        new Clearinghouse.Order(account, (instrument ?? Instrument.Perpetual(1)).Packed, sizeE8, (ulong)priceE8, nonce, OrderExpiry, 100_000, flags), Owners[account - 1]);

    internal static CheckpointInputs Inputs(long btcE8, long ethE8)
    {
        var parameters = new OnchainMargin.Margin.RiskParameters(16_000_000, 50_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);
        var surface = new Surface(ethE8, ethE8, 10_000_000_000, 100_000_000_000, -20_000_000, 0, 20_000_000);
        var checkpoint = new Checkpoint(
            new CheckpointHeader(1, 1_770_000_000, 130_000_000, 1_000_000_000_000, 1_000_000_000_000),
            [new CollateralRecord(0, 0, 6, 0, One), new CollateralRecord(1, 2, 18, 5_000_000, One)],
            [
                new UnderlyingRecord(1, 1, MarketState.Normal, btcE8, btcE8, 0, 0, btcE8, 0, 1_000 * One, parameters, []),
                new UnderlyingRecord(2, 1, MarketState.Normal, ethE8, ethE8, 0, 0, ethE8, 0, 10_000 * One, parameters, [new ExpiryRecord(Expiry, 1_769_999_000, 1_000_000_000_000, surface, surface)]),
            ]);
        return CheckpointInputs.Read(checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. checkpoint.Underlyings.SelectMany(static u => u.Pack())]);
    }

    internal BookAccount Account(ulong id, long cash, params Position[] positions)
    {
        AccountState state = AccountState.Empty with { CashE8 = (Int128)cash * One, InterestIndexE12 = 1_000_000_000_000, Version = 1, Positions = [.. positions.OrderBy(static p => p.Instrument)] };
        byte[] packed = state.Pack();
        return new BookAccount { Id = id, Owner = Owners[id - 1].Address, StateBytes = packed, StateHash = Keccak256.Hash(packed), State = state, ChangedInBlock = 5 };
    }

    internal ProtocolBook Book()
    {
        BookAccount rich = Account(1, 1_000_000);
        BookAccount mixed = Account(
            2,
            60_000,
            new Position(Instrument.Perpetual(1), -One, -(Int128)BtcE8),
            new Position(Instrument.Future(2, Expiry), 10 * One, 10 * (Int128)EthE8),
            new Position(Instrument.Call(2, Expiry, 32_000_000), 20 * One, 0),
            new Position(Instrument.Put(2, Expiry, 28_000_000), -5 * One, 0)) with
        { Balances = [new Balance(1, (UInt128)4_000_000_000_000_000_000)] };
        BookAccount small = Account(3, 15_000, new Position(Instrument.Perpetual(1), One / 2, (Int128)BtcE8 / 2));
        byte[] lotState = small.StateBytes;
        var lot = new BookLot { Id = 1, Account = 3, Keeper = Owners[0].Address, LotHash = Keccak256.HashUtf8("lot"), State = lotState, Balances = [], EquityE8 = One, MaintenanceE8 = 2 * (UInt128)One, ForSaleE8 = 50_000_000, BiddingFromSeconds = 1_769_999_900, StartSeconds = 1_769_999_900, StartedInBlock = 5, EndedInBlock = 6 };
        CheckpointInputs inputs = Inputs(BtcE8, EthE8);
        return ProtocolBook.Empty with
        {
            BlockNumber = 9,
            BlockHash = Keccak256.HashUtf8("block nine"),
            BlockTimeSeconds = Now,
            Accounts = AccountTable.Of([rich, mixed, small]),
            Tokens = ImmutableSortedDictionary<ushort, BookToken>.Empty.Add(0, new BookToken(0, Record().Tokens[0].Address, 6)).Add(1, new BookToken(1, Record().Tokens[1].Address, 18)),
            Checkpoints = ImmutableSortedDictionary<ulong, CheckpointInputs>.Empty.Add(1, inputs),
            Epochs = ImmutableSortedDictionary<ulong, BookEpoch>.Empty.Add(1, new BookEpoch(1, 1, Hash32.Zero, Keccak256.HashUtf8("root"), 3, 2, 8)),
            Lots = ImmutableSortedDictionary<ulong, BookLot>.Empty.Add(1, lot),
            Attesters = [Owners[0].Address],
            Bonds = ImmutableSortedDictionary<Address, BookBond>.Empty.Add(Owners[0].Address, new BookBond((UInt256)50_000_000_000UL, 0, false)).Add(Owners[1].Address, new BookBond(UInt256.Zero, 0, true)),
            Needs = ImmutableSortedDictionary<Instrument, long>.Empty.Add(Instrument.Perpetual(1), One / 4),
            Threshold = 1,
            ModelHash = MarginModel.Hash,
            Parameters = new BookParameters
            {
                InitialFactorE8 = 130_000_000,
                Clearing = new Protocol.Generated.RiskParameters.ClearingParameters { MakerFeeE8 = 20_000, TakerFeeE8 = 50_000, PriceBandE8 = 5_000_000, MinReliefE8 = 5_000_000, CreditFeeE8 = 10_000 },
                Oracle = new Protocol.Generated.RiskParameters.OracleParameters { AveragingWindowSeconds = 1800, FundingIntervalSeconds = 28_800, CheckpointIntervalSeconds = 60, AttestationMaxAgeSeconds = 3600 },
            },
        };
    }

    internal static DeploymentRecord Record() => new()
    {
        ChainId = 31337,
        Block = 1,
        Contracts = SampleDeployment.Contracts,
        Tokens = [new DeployedToken(0, "USDC", SampleDeployment.At(20), 6, 0), new DeployedToken(1, "WETH", SampleDeployment.At(21), 18, 2)],
        Underlyings = [new DeployedUnderlying(1, "BTC", SampleDeployment.At(30), SampleDeployment.At(31)), new DeployedUnderlying(2, "ETH", SampleDeployment.At(32), SampleDeployment.At(33))],
    };
}
