using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>A deployment of its own on the shared node, with everything that a test needs to act on it.</summary>
public sealed class Deployed : IAsyncDisposable
{
    public const long Unit = 100_000_000;

    private static readonly AbiFunction SetAnswer = ContractAbi.FromSignatures("function setAnswer(int256 answer)").Functions[0];
    private static readonly AbiFunction Mint = ContractAbi.FromSignatures("function mint(address to, uint256 amount)").Functions[0];
    private static int _keys;

    private TransactionSender _sender;
    private readonly List<IDisposable> _disposables = [];
    private ulong _nonce;

    private Deployed(HardhatNode chain, PrivateKey deployer, TransactionSender sender, PrivateKey attester, PrivateKey pricer, DeploymentRecord record, ProtocolClient client, string folder)
    {
        Chain = chain;
        Deployer = deployer;
        _sender = sender;
        Attester = attester;
        Pricer = pricer;
        Record = record;
        Client = client;
        Folder = folder;
    }

    public HardhatNode Chain { get; }

    public PrivateKey Deployer { get; }

    public PrivateKey Attester { get; }

    public PrivateKey Pricer { get; }

    public DeploymentRecord Record { get; }

    public ProtocolClient Client { get; private set; }

    public string Folder { get; }

    public string DeploymentPath => Path.Combine(Folder, "deployment.json");

    public static async Task<Deployed> CreateAsync(HardhatNode chain, PrivateKey? secondAttester = null, Func<DeploymentPlan, DeploymentPlan>? change = null)
    {
        PrivateKey deployer = await FundedKeyAsync(chain);
        PrivateKey attester = await FundedKeyAsync(chain);
        PrivateKey pricer = await FundedKeyAsync(chain);
        TransactionSender sender = Sender(chain, deployer);
        DeploymentPlan plan = DeploymentPlanFile.Read(null) with { Attesters = [attester.Address], Threshold = 1 };
        if (secondAttester is not null)
        {
            plan = plan with { Attesters = [attester.Address, secondAttester.Address], Threshold = 2 };
        }

        plan = change?.Invoke(plan) ?? plan;
        DeploymentRecord record = await new ProtocolDeployer(chain.Node, sender, new ArtifactFolder(Repository.Artifacts())).DeployAsync(plan, static _ => { });
        string folder = Directory.CreateTempSubdirectory("omargin-e2e-").FullName;
        ProtocolClient client = await ProtocolClient.ConnectAsync(chain.Node, record, sender);
        var deployed = new Deployed(chain, deployer, sender, attester, pricer, record, client, folder);
        DeploymentFile.Write(deployed.DeploymentPath, record);
        return deployed;
    }

    /// <summary>A trader with an account and settlement tokens in it.</summary>
    public async Task<Trader> TraderAsync(long depositUnits)
    {
        PrivateKey key = await FundedKeyAsync(Chain);
        TransactionSender sender = Sender(Chain, key);
        ProtocolClient client = await ProtocolClient.ConnectAsync(Chain.Node, Record, sender);
        ulong account = await client.OpenAccountAsync(key.Address);
        var trader = new Trader(key, client, sender, account);
        _disposables.Add(trader);
        if (depositUnits > 0)
        {
            UInt128 raw = (UInt128)depositUnits * 1_000_000;
            await _sender.SendAsync(new TransactionRequest(Record.Tokens[0].Address, Mint.EncodeCall([key.Address, (UInt256)raw])));
            await client.DepositAsync(account, key.Address, 0, raw);
        }

        return trader;
    }

    /// <summary>Mints tokens, of the settlement token when no other is named.</summary>
    public Task MintAsync(Address to, UInt128 raw, int token = 0) => _sender.SendAsync(new TransactionRequest(Record.Tokens[token].Address, Mint.EncodeCall([to, (UInt256)raw])));

    /// <summary>Takes the chain back to a snapshot; the sender must ask for its nonce again.</summary>
    public async Task RevertAsync(string snapshot)
    {
        await Chain.RevertAsync(snapshot);
        _sender.Dispose();
        _sender = Sender(Chain, Deployer);
        Client = await ProtocolClient.ConnectAsync(Chain.Node, Record, _sender);
    }

    /// <summary>What somebody is to be paid for proving attesters wrong.</summary>
    public async Task<UInt256> RewardsOfAsync(Address prover)
    {
        UInt256 sum = UInt256.Zero;
        foreach (Address attester in (await Client.ReplayAsync()).Bonds.Keys)
        {
            AttesterBonds.RewardOfResult reward = await Chain.Node.CallAsync(Record.Contracts.AttesterBonds, new AttesterBonds.RewardOfCall(attester));
            sum += reward.Prover == prover ? reward.AmountRaw : UInt256.Zero;
        }

        return sum;
    }

    public Task SetPriceAsync(int underlying, long priceE8) =>
        _sender.SendAsync(new TransactionRequest(Record.Underlyings[underlying - 1].Feed, SetAnswer.EncodeCall([priceE8])));

    /// <summary>Sends a call as the deployer.</summary>
    /// <returns>The block that it is in.</returns>
    public async Task<ulong> SendAsync((Address Contract, IContractCall Call) call) =>
        (await _sender.SendAsync(TransactionRequest.Call(call.Contract, call.Call))).BlockNumber;

    /// <summary>A surface of the first underlying, signed by the attester: it lists the expiry, or is its next one.</summary>
    /// <param name="expiry">The expiry, Unix seconds.</param>
    /// <param name="aE12">The surface's level.</param>
    /// <param name="second">The second attester, where two must sign.</param>
    public async Task PublishSurfaceAsync(uint expiry, long aE12, PrivateKey? second = null)
    {
        Address surfaces = Record.Contracts.VolSurfaces;
        ulong spotE8 = await Chain.Node.CallAsync(Record.Contracts.SpotMarkets, new SpotMarkets.StoredSpotE8Call(1));
        var update = new VolSurfaces.SurfaceUpdate(1, expiry, await NowAsync(), spotE8 + (spotE8 / 2000), spotE8, aE12, 400_000_000_000, -20_000_000, 0, 20_000_000);
        Hash32 digest = await Chain.Node.CallAsync(surfaces, new VolSurfaces.PublicationDigestCall([update]));
        PrivateKey[] signers = [.. new[] { Attester, second }.OfType<PrivateKey>().OrderBy(static key => key.Address)];
        await SendAsync((surfaces, new VolSurfaces.PublishCall([update], [.. signers.Select(key => new VolSurfaces.AttesterSignature(key.Address, key.SignHash(digest).ToArray()))])));
    }

    /// <summary>The buyer takes the seller's offer of perpetuals, both shown healthy by computation unless the buyer brings another proof.</summary>
    public async Task TradeAsync(Trader buyer, Trader seller, ushort underlying, long sizeE8, long priceE8, Clearinghouse.Proof? buyerProof = null)
    {
        ulong expiry = await NowAsync() + 3600;
        UInt128 instrument = Instrument.Perpetual(underlying).Packed;
        Clearinghouse.SignedOrder maker = seller.Client.SignOrder(new Clearinghouse.Order(seller.Account, instrument, -sizeE8, (ulong)priceE8, ++_nonce, expiry, 1_000_000, 0), seller.Key);
        Clearinghouse.SignedOrder taker = buyer.Client.SignOrder(new Clearinghouse.Order(buyer.Account, instrument, sizeE8, (ulong)priceE8, ++_nonce, expiry, 1_000_000, 0), buyer.Key);
        await Client.SettleAsync(maker, taker, (ulong)sizeE8, takerProof: buyerProof);
    }

    /// <summary>The buyer takes the seller's offer of options at their mark.</summary>
    public async Task TradeAsync(Trader buyer, Trader seller, Instrument instrument, long sizeE8)
    {
        CheckpointInputs live = await Client.GetLiveInputsAsync();
        AccountState one = AccountState.Empty with { Positions = [new Position(instrument, Unit, 0)] };
        ulong priceE8 = (ulong)MarginEngine.Compute(one, [], live.View, SurfaceChoice.Present).EquityE8;
        ulong expiry = await NowAsync() + 3600;
        Clearinghouse.SignedOrder maker = seller.Client.SignOrder(new Clearinghouse.Order(seller.Account, instrument.Packed, -sizeE8, priceE8, ++_nonce, expiry, 1_000_000, 0), seller.Key);
        Clearinghouse.SignedOrder taker = buyer.Client.SignOrder(new Clearinghouse.Order(buyer.Account, instrument.Packed, sizeE8, priceE8, ++_nonce, expiry, 1_000_000, 0), buyer.Key);
        await Client.SettleAsync(maker, taker, (ulong)sizeE8);
    }

    public async Task<ulong> NowAsync() => (await Chain.Node.GetBlockAsync(BlockTag.Latest))!.TimestampSeconds;

    /// <summary>Every figure of every account, here and on chain, at live prices and at the last checkpoint: the same integers.</summary>
    public async Task AssertSameFiguresAsync()
    {
        ProtocolBook book = await Client.ReplayAsync();
        CheckpointInputs live = await Client.GetLiveInputsAsync();
        foreach (BookAccount replayed in book.Accounts.Values)
        {
            BookAccount account = await Client.GetAccountAsync(replayed.Id);
            Assert.Equal(account.StateHash, replayed.StateHash);
            Assert.Equal(account.Balances.ToArray(), replayed.Balances.ToArray());
            foreach (CheckpointInputs inputs in (CheckpointInputs[])[live, book.LatestCheckpoint!])
            {
                foreach (SurfaceChoice choice in Enum.GetValues<SurfaceChoice>())
                {
                    AccountFigures here = ProtocolClient.Compute(account, inputs, choice);
                    Referee.Figures there = await Client.ComputeOnChainAsync(account, inputs, choice);
                    Assert.Equal(
                        (there.EquityE8.ToString(), there.MaintenanceE8.ToString(), there.InitialE8.ToString(), there.FloorE8.ToString(), there.FloorEquityE8.ToString(), there.LeastCashE8.ToString()),
                        (Text(here.EquityE8), Text(here.MaintenanceE8), Text(here.InitialE8), Text(here.FloorE8), Text(here.FloorEquityE8), Text(here.LeastCashE8)));
                }
            }
        }

        (UInt256 held, UInt256 owed) = await Client.GetConservationAsync(0);
        Assert.True(held >= owed, $"the vault holds {held} and owes {owed}");
    }

    /// <summary>Options of a solver on this deployment that looks often.</summary>
    public SolverOptions Options(ulong bidder, Trader? keeper, string store, params string[] roles) => new()
    {
        NodeUrl = Chain.Url,
        NodeWebSocketUrl = Chain.WebSocketUrl,
        DeploymentFile = DeploymentPath,
        StoreFile = Path.Combine(Folder, store),
        Roles = roles,
        Index = new IndexOptions { PollMilliseconds = 100 },
        Transactions = new TransactionOptions { BroadcastAgainAfterSeconds = 1, RaiseFeeAfterSeconds = 5, SettledAfterBlocks = 6 },
        Pricer = new PricerOptions { Key = KeyOf("PRICER", Pricer), PollMilliseconds = 100 },
        Attester = new AttesterOptions { Keys = [KeyOf("ATTESTER", Attester)], PollMilliseconds = 100 },
        Watchtower = new WatchtowerOptions { Key = KeyOf("PRICER", Pricer), PollMilliseconds = 100 },
        Keeper = new KeeperOptions { Key = KeyOf("KEEPER", keeper?.Key ?? Deployer), BidderAccount = (long)bidder, MinimumProfitE8 = Unit, InventoryLimitE8 = 100_000_000 * Unit, PollMilliseconds = 100, CoolDownSeconds = 1 },
        Relay = new RelayOptions { Key = KeyOf("PRICER", Pricer), PollMilliseconds = 100 },
        Api = new ApiOptions { Url = "http://127.0.0.1:0" },
    };

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable disposable in _disposables)
        {
            disposable.Dispose();
        }

        _sender.Dispose();
        Deployer.Dispose();
        Attester.Dispose();
        Pricer.Dispose();
        Directory.Delete(Folder, recursive: true);
        await Task.CompletedTask;
    }

    public static TransactionSender Sender(HardhatNode chain, PrivateKey key) =>
        new(chain.Node, key, new TransactionSenderOptions { PollInterval = TimeSpan.FromMilliseconds(20) });

    public static async Task<PrivateKey> FundedKeyAsync(HardhatNode chain)
    {
        PrivateKey key = PrivateKey.Parse(Interlocked.Increment(ref _keys).ToString("x64", CultureInfo.InvariantCulture), "a test");
        await chain.FundAsync(key.Address);
        return key;
    }

    private static string Text(Int128 value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Test keys are small numbers, so their digits can stand in a variable of this process.</summary>
    public static KeyOptions KeyOf(string role, PrivateKey key)
    {
        string variable = $"OMARGIN_E2E_{role}_{key.Address}";
        Environment.SetEnvironmentVariable(variable, KeyDigits(key));
        return new KeyOptions { Variable = variable };
    }

    /// <summary>The digits of a test's key, for a key file.</summary>
    public static string DigitsOf(PrivateKey key) => KeyDigits(key);

    private static string KeyDigits(PrivateKey key)
    {
        for (int i = 1; i <= _keys; i++)
        {
            string digits = i.ToString("x64", CultureInfo.InvariantCulture);
            using PrivateKey candidate = PrivateKey.Parse(digits, "a test");
            if (candidate.Address == key.Address)
            {
                return digits;
            }
        }

        throw new InvalidOperationException("not a key of these tests");
    }
}
