using System.Globalization;
using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Tests.Deployment;

/// <summary>What of a plan is refused while nothing was sent: a chain that knows the tokens and feeds of a whole plan, and no transactions.</summary>
public sealed class PlanCheckTests
{
    private const ulong Mainnet = 1;
    private const ulong NowSeconds = 1_800_000_000;
    private const string Answered = "answered";
    private static readonly Address Governance = SampleDeployment.At(201);
    private static readonly Address Guardian = SampleDeployment.At(202);
    private static readonly Address Deployer = SampleDeployment.At(203);

    private readonly ScriptedChain _chain = new(Mainnet);

    public PlanCheckTests()
    {
        _chain.Wallets.Add(Governance);
        byte place = 0;
        foreach (PlannedToken token in Whole().Tokens)
        {
            _chain.Decimals[token.Address!.Value] = token.Decimals;
        }

        foreach (PlannedUnderlying underlying in Whole().Underlyings)
        {
            _chain.Decimals[underlying.Feed!.Value] = 8;
            _chain.Rounds[underlying.Feed!.Value] = (++place, underlying.MockPriceE8, NowSeconds - 60);
        }
    }

    [Fact]
    public async Task WholePlan_OnAChainWithMoney_Passes() => Assert.Equal(Answered, await AnswerAsync(Whole()));

    [Fact]
    public async Task LocalPlan_OnALocalChainOrWithMocks_Passes()
    {
        DeploymentPlan local = DeploymentPlanFile.Read(null);

        Assert.Equal(Answered, await AnswerAsync(local, new ScriptedChain(LocalChain.Id)));
        Assert.Equal(Answered, await AnswerAsync(local, allowsMocks: true));
        Assert.Equal("The token USDC of the deployment plan has no address, and chain 1 is no local one: name it, or give --mocks for one that anyone mints.", await AnswerAsync(local));
    }

    [Theory]
    [InlineData("feed", "The underlying ETH of the deployment plan has no feed, and chain 1 is no local one: name it, or give --mocks for one that anyone sets.")]
    [InlineData("governance", "The deployment plan names no governance, without which the deployer keeps every power: give its address.")]
    [InlineData("guardian", "The deployment plan names no guardian, without which governance alone may pause and take its own acts back: give an address.")]
    [InlineData("delay", "The deployment plan has no governanceDelaySeconds, without which governance acts at once: give it, 172800 for two days.")]
    [InlineData("cap", "The token WBTC of the deployment plan has no capWholeTokens, without which any amount of it counts: give how many may.")]
    [InlineData("interest", "The underlying ETH of the deployment plan has no riskInterestMaxE8, without which nothing bounds its open interest: give it.")]
    [InlineData("no delay", "The governanceDelaySeconds of the deployment plan are 0: give 86400 to 1209600, a day to two weeks, in which people can leave and an act is not too late.")]
    [InlineData("ramp", "The deployment plan has no rampSeconds, without which what asks for more margin acts at once: give them, 86400 for a day.")]
    [InlineData("attesters", "The deployment plan names no attesters, or the deployer among them, whose key is one that is left lying about: name those whose keys sign.")]
    [InlineData("deployer attests", "The deployment plan names no attesters, or the deployer among them, whose key is one that is left lying about: name those whose keys sign.")]
    [InlineData("bond", "The attesterBondRaw of the deployment plan is 0, so that attesters would have nothing at stake: give what a seat costs.")]
    public async Task WhatIsLeftOpen_OnAChainWithMoney_IsRefused(string what, string sentence)
    {
        DeploymentPlan whole = Whole();
        DeploymentPlan open = what switch
        {
            "feed" => whole with { Underlyings = [whole.Underlyings[0], whole.Underlyings[1] with { Feed = null }] },
            "governance" => whole with { Governance = null },
            "guardian" => whole with { Guardian = null },
            "delay" => whole with { GovernanceDelaySeconds = null },
            "no delay" => whole with { GovernanceDelaySeconds = 0 },
            "ramp" => whole with { RampSeconds = 0 },
            "attesters" => whole with { Attesters = [] },
            "deployer attests" => whole with { Attesters = [Deployer] },
            "bond" => whole with { AttesterBondRaw = 0 },
            "cap" => whole with { Tokens = [whole.Tokens[0], whole.Tokens[1], whole.Tokens[2] with { CapWholeTokens = null }] },
            _ => whole with { Underlyings = [whole.Underlyings[0], whole.Underlyings[1] with { RiskInterestMaxE8 = null }] },
        };

        Assert.Equal(sentence, await AnswerAsync(open));
        Assert.Equal(Answered, await AnswerAsync(open, allowsMocks: true));
    }

    /// <summary>The contracts refuse some of these, after a part of the deployment was paid for; of two of one name orders would go to the first.</summary>
    [Theory]
    [InlineData("token", "The token at {0} is named twice in the deployment plan: name each once.")]
    [InlineData("symbol", "The token weth is named twice in the deployment plan: name each once.")]
    [InlineData("underlying", "The underlying btc is named twice in the deployment plan: name each once.")]
    [InlineData("source", "The source of BTC at {0} is named twice in the deployment plan: name each once.")]
    [InlineData("attester", "The attester {0} is named twice in the deployment plan: name each once.")]
    [InlineData("BTC-USD", "The underlying 'BTC-USD' of the deployment plan cannot be traded by that name, as in BTC-27MAR26-90000-C: give letters, digits, dots and underscores.")]
    [InlineData("", "The underlying '' of the deployment plan cannot be traded by that name, as in BTC-27MAR26-90000-C: give letters, digits, dots and underscores.")]
    public async Task WhatIsNamedTwiceOrCannotBeNamed_OnAnyChain_IsRefused(string what, string sentence)
    {
        DeploymentPlan whole = Whole();
        PlannedUnderlying first = whole.Underlyings[0];
        Address twice = SampleDeployment.At(205);
        DeploymentPlan wrong = what switch
        {
            "token" => whole with { Tokens = [whole.Tokens[0], whole.Tokens[1] with { Address = twice }, whole.Tokens[2] with { Address = twice }] },
            "symbol" => whole with { Tokens = [whole.Tokens[0], whole.Tokens[1] with { Symbol = "weth" }, whole.Tokens[2] with { Symbol = "WETH" }] },
            "underlying" => whole with { Underlyings = [first with { Name = "btc" }, whole.Underlyings[1] with { Name = "BTC" }] },
            "source" => whole with { Underlyings = [first with { MoreSources = [twice, twice], Feeds = whole.Feeds with { MinCount = 3 } }, whole.Underlyings[1]] },
            "attester" => whole with { Attesters = [twice, twice] },
            _ => whole with { Underlyings = [first with { Name = what }, whole.Underlyings[1]] },
        };

        string expected = sentence.Replace("{0}", twice.ToString(), StringComparison.Ordinal);
        Assert.Equal(expected, await AnswerAsync(wrong));
        Assert.Equal(expected, await AnswerAsync(wrong, new ScriptedChain(LocalChain.Id), allowsMocks: true));
    }

    [Fact]
    public async Task Powers_InOneHand_AreRefused()
    {
        foreach ((Address governance, Address guardian) in new[] { (Guardian, Guardian), (Deployer, Guardian), (Governance, Deployer), (default, Guardian) })
        {
            Assert.Equal(
                $"Governance {governance}, guardian {guardian} and deployer {Deployer} must be three addresses, and none of them zero: whoever holds two of these powers guards himself. Name others in the deployment plan.",
                await AnswerAsync(Whole() with { Governance = governance, Guardian = guardian }));
        }
    }

    /// <summary>Nobody could take the last key back from an address that nobody has.</summary>
    [Fact]
    public async Task Governance_WithoutCode_IsRefused()
    {
        _chain.Wallets.Clear();

        Assert.Equal(
            $"The governance {Governance} of the deployment plan is no contract on chain 1, and would have every power for ever, also where that is a slip of the pen or a wallet of another chain: deploy its multisignature wallet or timelock on this chain first, and name that.",
            await AnswerAsync(Whole()));
        Assert.Equal(Answered, await AnswerAsync(Whole(), allowsMocks: true));
    }

    /// <summary>Set last of all in a deployment, and refused before the first transaction.</summary>
    [Fact]
    public async Task NumberThatNoSetterTakes_IsRefused() =>
        Assert.Equal("rampSeconds is 1800 in the deployment plan, and the contracts take 43200 to 1209600: correct it.", await AnswerAsync(Whole() with { RampSeconds = 1800 }));

    [Fact]
    public async Task Token_OfOtherDecimals_IsRefused()
    {
        Address token = Whole().Tokens[1].Address!.Value;
        _chain.Decimals[token] = 6;

        Assert.Equal($"The token WETH at {token} has 6 decimals and the deployment plan says 18: correct the plan.", await AnswerAsync(Whole()));
    }

    [Fact]
    public async Task Token_WithoutCode_IsRefused()
    {
        Address token = Whole().Tokens[2].Address!.Value;
        _chain.Decimals.Remove(token);

        Assert.Equal($"The token WBTC at {token} is no contract on this chain: correct its address in the deployment plan.", await AnswerAsync(Whole()));
    }

    [Fact]
    public async Task Feed_ThatIsNone_IsRefused()
    {
        Address feed = Whole().Underlyings[0].Feed!.Value;
        _chain.Rounds.Remove(feed);

        Assert.Equal($"The feed of BTC at {feed} does not answer as one: correct its address in the deployment plan.", await AnswerAsync(Whole()));
    }

    [Theory]
    [InlineData(0, 8, "answers 0 (E8)")]
    [InlineData(3_001_27000000, 6, "answers 30012700000000 (E8)")]
    [InlineData(-1, 8, "answers -1 (E8)")]
    public async Task Feed_OfAnotherPrice_IsRefused(long answer, int decimals, string told)
    {
        Address feed = Whole().Underlyings[1].Feed!.Value;
        _chain.Decimals[feed] = (byte)decimals;
        _chain.Rounds[feed] = (1, answer, NowSeconds);

        Assert.Equal($"The feed of ETH at {feed} {told}, outside minPriceE8 1000000000 to maxPriceE8 10000000000000: name another, or correct the deployment plan.", await AnswerAsync(Whole()));
    }

    [Theory]
    [InlineData(0, NowSeconds)]
    [InlineData(1, NowSeconds - 90_001)]
    public async Task Feed_WithoutAnAnswerInItsHeartbeat_IsRefused(int round, ulong updated)
    {
        Address feed = Whole().Underlyings[0].Feed!.Value;
        _chain.Rounds[feed] = ((byte)round, 89_035_47000000, updated);

        Assert.Equal($"The feed of BTC at {feed} has no answer of the last 90000 s, its heartbeatSeconds: name another, or correct the deployment plan.", await AnswerAsync(Whole()));
    }

    [Fact]
    public async Task FurtherSource_WithoutCode_IsRefused()
    {
        DeploymentPlan whole = Whole();
        Address source = SampleDeployment.At(210);

        Assert.Equal(
            $"The source of BTC at {source} is no contract on this chain: correct its address in the deployment plan.",
            await AnswerAsync(whole with { Underlyings = [whole.Underlyings[0] with { MoreSources = [source], Feeds = whole.Feeds with { MinCount = 2 } }, whole.Underlyings[1]] }));
    }

    /// <summary>Sources are set when dozens of transactions are paid for.</summary>
    [Theory]
    [InlineData(0, "The source of BTC at {0} has no price now: name another, or wait until it has one.")]
    [InlineData(99_000_00000000, "The sources of BTC in the deployment plan answer 8903547000000, 9900000000000, 8903547000000 (E8), and 1 of them lie more than maxDeviationE8 from the median: name others, or correct it.")]
    [InlineData(89_100_00000000, Answered)]
    public async Task FurtherSource_IsAskedForItsPrice(long priceE8, string sentence)
    {
        DeploymentPlan whole = Whole();
        (Address source, Address third) = (SampleDeployment.At(210), SampleDeployment.At(211));
        (_chain.Sources[source], _chain.Sources[third]) = ((ulong)priceE8, 89_035_47000000);

        Assert.Equal(
            sentence.Replace("{0}", source.ToString(), StringComparison.Ordinal),
            await AnswerAsync(whole with { Underlyings = [whole.Underlyings[0] with { MoreSources = [source, third], Feeds = whole.Feeds with { MinCount = 2 } }, whole.Underlyings[1]] }));
    }

    /// <summary>A coin at half a hundred-thousandth of a dollar: averages of so few units could be kept from moving.</summary>
    [Fact]
    public async Task Feed_OfACoinThatIsListedByTheThousand_IsRefused()
    {
        DeploymentPlan whole = Whole();
        Address feed = whole.Underlyings[0].Feed!.Value;
        _chain.Rounds[feed] = (1, 500, NowSeconds);

        Assert.Equal(
            $"The feed of BTC at {feed} answers 500 (E8), and the contracts list nothing below 1000000: name a source that counts the coin by the thousand or the million.",
            await AnswerAsync(whole with { Underlyings = [whole.Underlyings[0] with { MinPriceE8 = 1 }, whole.Underlyings[1]] }));
    }

    /// <summary>The sentence of the refusal, or that there was none.</summary>
    private async Task<string> AnswerAsync(DeploymentPlan plan, ScriptedChain? chain = null, bool allowsMocks = false)
    {
        try
        {
            await new PlanCheck(new EthereumNode(chain ?? _chain), Deployer).RequireAsync(plan, allowsMocks, CancellationToken.None);
            return Answered;
        }
        catch (DeploymentException refusal)
        {
            return refusal.Message;
        }
    }

    /// <summary>The local plan with all that a chain with money must be told.</summary>
    private static DeploymentPlan Whole()
    {
        DeploymentPlan local = DeploymentPlanFile.Read(null);
        return local with
        {
            Governance = Governance,
            Guardian = Guardian,
            GovernanceDelaySeconds = 172_800,
            Attesters = [SampleDeployment.At(210)],
            Tokens = [.. local.Tokens.Select(static (token, place) => token with { Address = SampleDeployment.At((byte)(220 + place)), CapWholeTokens = place == 0 ? null : 1_000 })],
            Underlyings = [.. local.Underlyings.Select(static (underlying, place) => underlying with { Feed = SampleDeployment.At((byte)(230 + place)), RiskInterestMaxE8 = 5_000_000_00000000 })],
        };
    }

    /// <summary>A chain of tokens and feeds that answers questions alone.</summary>
    private sealed class ScriptedChain(ulong chainId) : IRpcClient
    {
        public Dictionary<Address, byte> Decimals { get; } = [];

        public Dictionary<Address, (byte Round, long Answer, ulong UpdatedSeconds)> Rounds { get; } = [];

        /// <summary>What further sources say.</summary>
        public Dictionary<Address, ulong> Sources { get; } = [];

        /// <summary>Contracts that are asked for nothing.</summary>
        public HashSet<Address> Wallets { get; } = [];

        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
        {
            using JsonDocument parameters = JsonDocument.Parse(request.Parameters);
            string answer = request.Method switch
            {
                "eth_chainId" => $"0x{chainId:x}",
                "eth_getCode" => Has(Address.Parse(parameters.RootElement[0].GetString()!)) ? "0x00" : "0x",
                "eth_call" => Call(parameters.RootElement[0]),
                "eth_getBlockByNumber" => string.Empty,
                _ => throw new NotSupportedException(request.Method),
            };
            string json = answer.Length > 0 ? $"\"{answer}\"" : Block;
            return Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(json));
        }

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        private static string Block =>
            $$"""{"number":"0x10","hash":"{{Hash32.Zero}}","parentHash":"{{Hash32.Zero}}","timestamp":"0x{{NowSeconds:x}}","baseFeePerGas":"0x1","gasLimit":"0x1","gasUsed":"0x0","logsBloom":"0x","miner":"{{Address.Zero}}"}""";

        private bool Has(Address contract) => Decimals.ContainsKey(contract) || Sources.ContainsKey(contract) || Wallets.Contains(contract);

        private string Call(JsonElement call)
        {
            Address to = Address.Parse(call.GetProperty("to").GetString()!);
            string data = (call.TryGetProperty("data", out JsonElement plain) ? plain : call.GetProperty("input")).GetString()!;
            if (uint.Parse(data.AsSpan(2, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) == Aggregator.DecimalsCall.Selector)
            {
                return $"0x{Decimals[to]:x64}";
            }

            if (Sources.TryGetValue(to, out ulong priceE8))
            {
                return $"0x{priceE8:x64}{NowSeconds:x64}";
            }

            return Rounds.TryGetValue(to, out (byte Round, long Answer, ulong UpdatedSeconds) found)
                ? $"0x{found.Round:x64}{Word(found.Answer)}{found.UpdatedSeconds:x64}{found.UpdatedSeconds:x64}{found.Round:x64}"
                : "0x";
        }

        private static string Word(long number) => $"{(number < 0 ? new string('f', 48) : new string('0', 48))}{number:x16}";
    }
}
