using System.Collections.Immutable;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Policies;
using OnchainMargin.Cli.Tests.Margin;
using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using TokenParameters = OnchainMargin.Protocol.Generated.RiskParameters.TokenParameters;
using UnderlyingParameters = OnchainMargin.Protocol.Generated.RiskParameters.UnderlyingParameters;

namespace OnchainMargin.Cli.Tests.Policies;

public sealed class ParameterProposalTests : IDisposable
{
    private static readonly Book Design = BookFile.Parse(Books.Design);
    private static readonly Dictionary<ushort, string> Underlyings = new() { [1] = "ETH" };
    private static readonly Dictionary<ushort, string> Tokens = new() { [0] = "USDC", [1] = "WETH" };
    private static readonly Dictionary<ushort, Int128> Totals = new() { [0] = 0, [1] = (Int128)9000 * 100_000_000 };
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Apply_WhatIsNamed_ChangesAndNothingElse()
    {
        Checkpoint after = Apply("""{ "initialFactorE8": 120000000, "underlyings": { "ETH": { "priceRangeE8": 20000000, "shortOptionMinimumE8": 1250000, "depthE8": 100000000000 } }, "tokens": { "WETH": { "haircutBaseE8": 4000000, "haircutMaxE8": 15000000, "thresholdE8": 300000000000 } } }""");

        UnderlyingRecord before = Design.Checkpoint.Underlyings[0];
        Assert.Equal(120_000_000, after.Header.InitialFactorE8);
        Assert.Equal(before.Parameters with { PriceRangeE8 = 20_000_000, ShortOptionMinimumE8 = 1_250_000 }, after.Underlyings[0].Parameters);
        Assert.Equal(100_000_000_000, after.Underlyings[0].DepthE8);
        Assert.Equal(before.SpotE8, after.Underlyings[0].SpotE8);

        // 9000 of a threshold of 3000: three times the base.
        Assert.Equal(12_000_000, after.Collaterals[1].HaircutE8);
        Assert.Equal(Design.Checkpoint.Collaterals[0], after.Collaterals[0]);
    }

    [Fact]
    public void Apply_AHarderRange_NamesWhoWouldFall()
    {
        AccountState state = new() { CashE8 = 200_00000000, Positions = [new Position(Instrument.Perpetual(1), 5_00000000, 5 * 152_31000000L)] };

        IReadOnlyList<Impact> none = ImpactCheck.MadeLiquidatable(Design.Checkpoint, Apply("""{ "underlyings": { "ETH": { "priceRangeE8": 20000000, "shortOptionMinimumE8": 1250000 } } }"""), [(state, [])]);
        Impact hurt = Assert.Single(ImpactCheck.MadeLiquidatable(Design.Checkpoint, Apply("""{ "initialFactorE8": 110000000, "underlyings": { "ETH": { "priceRangeE8": 30000000, "shortOptionMinimumE8": 1875000 } } }"""), [(state, [])]));

        Assert.Empty(none);
        Assert.True(hurt.BeforeE8 <= hurt.EquityE8 && hurt.AfterE8 > hurt.EquityE8);
    }

    /// <summary>Records that act at once are held to what their setters take, field by field; what is not named may be of before the bounds of now.</summary>
    [Theory]
    [InlineData("""{ "initialFactorE8": 109999999 }""", "initialFactorE8 is 109999999 in the proposal, and the contracts take 110000000 to 200000000: correct it.")]
    [InlineData("""{ "clearing": { "takerFeeE8": 1000001 } }""", "clearing.takerFeeE8 is 1000001 in the proposal, and the contracts take 0 to 1000000: correct it.")]
    [InlineData("""{ "interest": { "reserveE8": 100000001 } }""", "interest.reserveE8 is 100000001 in the proposal, and the contracts take 0 to 100000000: correct it.")]
    [InlineData("""{ "oracle": { "fundingIntervalSeconds": 8 } }""", "oracle.fundingIntervalSeconds is 8 in the proposal, and the contracts take 3600 to 86400: correct it.")]
    [InlineData("""{ "oracle": { "attestationMaxAgeSeconds": 1201 } }""", "oracle.attestationMaxAgeSeconds is 1201 in the proposal, and the contracts take 120 to 1200: correct it.")]
    [InlineData("""{ "liquidation": { "resumeSeconds": 0 } }""", "liquidation.resumeSeconds is 0 in the proposal, and the contracts take 1800 to 21600: correct it.")]
    [InlineData("""{ "surfaces": { "volStepE8": 1 } }""", "surfaces.volStepE8 is 1 in the proposal, and the contracts take 2000000 to 20000000: correct it.")]
    [InlineData("""{ "oracle": { "interval": 60 } }""", "The proposal names the field 'interval' of oracle, which does not exist: give some of ")]
    [InlineData("""{ "surfaces": { "volStepE8": "much" } }""", "The proposal's parameters of surfaces are none")]
    [InlineData("""{ "oracle": { "maxDriftE8": 1500000 }, "clearing": { "makerFeeE8": 0 }, "surfaces": { "volStepE8": 12000000 } }""", null)]
    public void RequireTaken_RecordsThatActAtOnce_AreHeldToTheirSetters(string proposal, string? sentence)
    {
        DeploymentPlan plan = DeploymentPlanFile.Read(null);
        BookParameters present = new() { InitialFactorE8 = plan.InitialFactorE8, Clearing = plan.Clearing, Interest = plan.Interest, Oracle = plan.Oracle, Liquidation = plan.Liquidation };
        File.WriteAllText(_path, proposal);
        void Check()
        {
            var read = ParameterProposal.Read(_path);
            read.RequireTaken(read.Targets(present, new Dictionary<ushort, string>(), new Dictionary<ushort, string>()), plan.Surfaces);
        }

        if (sentence is null)
        {
            Check();
        }
        else
        {
            Assert.StartsWith(sentence, Assert.Throws<CliException>(Check).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{ "underlyings": { "DOGE": {} } }""", "The proposal names the underlying 'DOGE', which is not listed: give some of ETH.")]
    [InlineData("""{ "tokens": { "PEPE": { "haircutBaseE8": 1, "haircutMaxE8": 1 } } }""", "The proposal names the token 'PEPE', which is not listed: give some of USDC, WETH.")]
    [InlineData("""{ "underlyings": { "ETH": { "range": 1 } } }""", "The proposal names the field 'range' of ETH, which does not exist")]
    [InlineData("""{ "underlyings": { "ETH": { "priceRangeE8": "much" } } }""", "The proposal's parameters of ETH are none")]
    [InlineData("""{ "tokens": { "WETH": { "haircutBaseE8": 1 } } }""", "is not one")]
    [InlineData("""{ "nonsense": 1 }""", "is not one")]
    [InlineData("""{ "tokens": { "WETH": null } }""", "holds null for WETH: give the fields that change, or leave it out.")]
    [InlineData("""{ "underlyings": { "ETH": null } }""", "holds null for ETH: give the fields that change, or leave it out.")]
    [InlineData("""{ "underlyings": { "ETH": { "depthE8": 9223372036854775808 } } }""", "The proposal gives ETH a value that no contract takes: keep to the bounds of MRG-010 in spec/margin.md.")]
    [InlineData("""{ "underlyings": { "ETH": { "depthE8": 18446744073709551616 } } }""", "The proposal's parameters of ETH are none")]
    [InlineData("""{ "underlyings": { "ETH": { "priceRangeE8": 320000000, "shortOptionMinimumE8": 20000000 } } }""", "The proposal gives ETH a value that no contract takes: keep to the bounds of MRG-010 in spec/margin.md.")]
    [InlineData("""{ "tokens": { "WETH": { "haircutBaseE8": 5000000, "haircutMaxE8": 200000000, "thresholdE8": 1 } } }""", "The proposal gives WETH a value")]
    [InlineData("""{ "tokens": { "WETH": { "haircutBaseE8": 5000000, "haircutMaxE8": 4000000, "thresholdE8": 1 } } }""", "The proposal gives WETH a haircutBaseE8 of 5000000 above its haircutMaxE8 of 4000000")]
    [InlineData("""{ "tokens": { "WETH": { "haircutBaseE8": 5000000, "haircutMaxE8": 30000000, "thresholdE8": 1 } } }""", "The proposal would have WETH ask for more margin than it is worth, which the contract refuses (PAR-004): initialFactor·(priceRange + haircutMax + max(basisCharge, 2·basisRate) + 2·slippageCap) is 1.")]
    [InlineData("""{ "tokens": { "USDC": { "haircutBaseE8": 0, "haircutMaxE8": 80000000, "thresholdE8": 1 } } }""", "The proposal would have USDC ask for more margin than it is worth, which the contract refuses (PAR-004): initialFactor·haircutMax is 1.04 and at most 1; lower one of them.")]
    [InlineData("""{ "underlyings": { "ETH": { "priceRangeE8": 20000000 } } }""", "The proposal leaves ETH a shortOptionMinimumE8 of 1000000, and the contract takes that of its priceRangeE8 alone (PAR-004): give 1250000.")]
    [InlineData("""{ "underlyings": { "ETH": { "group": 9 } } }""", "The proposal moves ETH from group 1 to 9, which the contract refuses (PAR-005): a group cannot change by degrees, so leave it as it is.")]
    [InlineData("""{ "initialFactorE8": 1 }""", "The proposal gives initialFactorE8 a value")]
    public void Apply_WhatIsNotThere_IsNamed(string text, string message) =>
        Assert.Contains(message, Assert.Throws<CliException>(() => Apply(text)).Message, StringComparison.Ordinal);

    /// <summary>What is on its way stays on it: a change of one field leaves the others' targets.</summary>
    [Fact]
    public void Apply_OfWhatIsOnItsWay_GoesFromItsTarget()
    {
        BookParameters targets = Targets();
        targets = targets with
        {
            InitialFactorE8 = 135_000_000,
            Underlyings = targets.Underlyings.SetItem(1, targets.Underlyings[1] with { PriceRangeE8 = 20_000_000, ShortOptionMinimumE8 = 1_250_000 }),
            Tokens = targets.Tokens.SetItem(1, targets.Tokens[1] with { HaircutBaseE8 = 10_000_000 }),
        };
        File.WriteAllText(_path, """{ "underlyings": { "ETH": { "depthE8": 100000000000 } } }""");

        Checkpoint after = ParameterProposal.Read(_path).Apply(Design.Checkpoint, targets, Underlyings, Tokens, Totals);

        Assert.Equal(135_000_000, after.Header.InitialFactorE8);
        Assert.Equal(20_000_000U, after.Underlyings[0].Parameters.PriceRangeE8);

        // 9000 of a threshold of 5000: once and four fifths of the base.
        Assert.Equal(18_000_000, after.Collaterals[1].HaircutE8);
    }

    /// <summary>Before the end of a deployment all is at once, groups as well.</summary>
    [Fact]
    public void Apply_AnotherGroupWithoutRamps_ChangesIt()
    {
        File.WriteAllText(_path, """{ "underlyings": { "ETH": { "group": 9 } } }""");
        Assert.Equal(9, ParameterProposal.Read(_path).Apply(Design.Checkpoint, Targets() with { RampSeconds = 0 }, Underlyings, Tokens, Totals).Underlyings[0].Group);
    }

    /// <summary>At a largest haircut of 18 % of the design the price range ends below the corridor; governance is told before its act, and by the doctor after it.</summary>
    [Fact]
    public void Corridor_BeyondTheCoupledBound_IsTold()
    {
        var range = new Protocol.Generated.ParameterSteps.Band(14_000_000, 26_900_000, 0, 0, 0, 0);
        ProtocolBook book = ProtocolBook.Empty with
        {
            Parameters = Targets(),
            Steps = new BookSteps { Underlyings = ImmutableSortedDictionary<ushort, Protocol.Generated.ParameterSteps.UnderlyingCorridor>.Empty.Add(1, new Protocol.Generated.ParameterSteps.UnderlyingCorridor { PriceRange = range }) },
        };
        long bound = book.Parameters.PriceRangeMostE8(1, book.Parameters.Underlyings[1].BasisChargeE8);
        File.WriteAllText(_path, """{ "tokens": { "WETH": { "haircutBaseE8": 5000000, "haircutMaxE8": 15000000 } } }""");

        string told = Assert.Single(CorridorRoom.Beyond(book.Steps, book.Parameters, Underlyings));
        Assert.Equal($"The corridor of ETH lets priceRangeE8 go to 26900000, and the coupled bound (PAR-004) ends it at {bound}: lower the corridor's mostE8, or a haircutMaxE8, the basis, slippageCapE8 or initialFactorE8.", told);

        // A corridor may be set before the underlying is, as a plan or a governor does who begins with it.
        var early = book.Steps.Underlyings.Add(2, new Protocol.Generated.ParameterSteps.UnderlyingCorridor { PriceRange = range });
        Assert.Equal([told], CorridorRoom.Beyond(book.Steps with { Underlyings = early }, book.Parameters, Underlyings));
        Assert.Equal(bound + 3_000_000, ParameterProposal.Read(_path).Targets(book.Parameters, Underlyings, Tokens).PriceRangeMostE8(1, book.Parameters.Underlyings[1].BasisChargeE8));
        Doctor.Finding finding = Doctor.Checkup.Steps(book, new Protocol.Deployment.DeploymentRecord { ChainId = 1, Block = 1, Contracts = default!, Tokens = [], Underlyings = [] });
        Assert.Equal((Doctor.FindingState.Odd, told.Replace("of ETH", "of underlying 1", StringComparison.Ordinal)), (finding.State, finding.Text));
        Assert.Equal(Doctor.FindingState.Well, Doctor.Checkup.Steps(book with { Steps = new BookSteps() }, new Protocol.Deployment.DeploymentRecord { ChainId = 1, Block = 1, Contracts = default!, Tokens = [], Underlyings = [] }).State);
    }

    /// <summary>Between its listing and its parameters a token is in checkpoints, and has nothing that could be changed.</summary>
    [Fact]
    public void Apply_TokenWithoutParameters_IsLeftAsItIs()
    {
        Dictionary<ushort, string> listed = new(Tokens) { [2] = "#2" };
        Dictionary<ushort, Int128> totals = new(Totals) { [2] = 0 };
        Checkpoint checkpoint = Design.Checkpoint with { Collaterals = [.. Design.Checkpoint.Collaterals, new CollateralRecord(2, 0, 18, 0, 0)] };
        File.WriteAllText(_path, "{}");
        Assert.Equal(checkpoint.Collaterals[2], ParameterProposal.Read(_path).Apply(checkpoint, Targets(), Underlyings, listed, totals).Collaterals[2]);

        File.WriteAllText(_path, """{ "tokens": { "#2": { "haircutBaseE8": 1, "haircutMaxE8": 1 } } }""");
        Assert.Contains(
            "The proposal names the token '#2', which is not listed: give some of USDC, WETH.",
            Assert.Throws<CliException>(() => ParameterProposal.Read(_path).Apply(checkpoint, Targets(), Underlyings, listed, totals)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_Nothing_ChangesNothing()
    {
        Checkpoint after = Apply("{}");
        Assert.Equal(Design.Checkpoint.Header, after.Header);
        Assert.Equal(Design.Checkpoint.Underlyings[0].Parameters, after.Underlyings[0].Parameters);
        Assert.Equal(Design.Checkpoint.Collaterals.AsEnumerable(), after.Collaterals.AsEnumerable());
    }

    public void Dispose() => File.Delete(_path);

    private Checkpoint Apply(string text)
    {
        File.WriteAllText(_path, text);
        return ParameterProposal.Read(_path).Apply(Design.Checkpoint, Targets(), Underlyings, Tokens, Totals);
    }

    /// <summary>The design's parameters, none of them on its way.</summary>
    private static BookParameters Targets()
    {
        UnderlyingRecord eth = Design.Checkpoint.Underlyings[0];
        RiskParameters p = eth.Parameters;
        return new BookParameters
        {
            InitialFactorE8 = (uint)Design.Checkpoint.Header.InitialFactorE8,
            RampSeconds = 86_400,
            Underlyings = ImmutableSortedDictionary<ushort, UnderlyingParameters>.Empty.Add(1, new UnderlyingParameters(
                (ulong)eth.DepthE8, eth.Group, p.PriceRangeE8, p.VolRangeE8, p.VolUpFloorE8, p.ShortOptionMinimumE8, p.BasisChargeE8, p.BasisRateE8, p.SlippageE8,
                p.SlippageCapE8, p.CrowdingE8, p.VegaChargeE8, p.RateChargeE8, p.FloorRateE8, p.NettingFloorE8)),
            Tokens = ImmutableSortedDictionary<ushort, TokenParameters>.Empty
                .Add(0, default)
                .Add(1, new TokenParameters { Underlying = 1, HaircutBaseE8 = 5_000_000, HaircutMaxE8 = 18_000_000, ThresholdE8 = 5_000UL * 100_000_000 }),
        };
    }
}
