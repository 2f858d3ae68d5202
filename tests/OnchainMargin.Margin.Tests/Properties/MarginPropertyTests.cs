using System.Numerics;
using OnchainMargin.Oracle;
using Xunit.Abstractions;

namespace OnchainMargin.Margin.Tests.Properties;

/// <summary>
/// Properties of the margin over generated markets and accounts, on the engine. Bounds are in units of 10⁻⁸ and argued: the scenario part rounds each N down by less than 1/24 of a unit,
/// `between` each of h, dip, line and u by less than one unit, each of at most 3·14 intervals alone deciding; the short minimum by less than 2, the group total by less than 1.
/// </summary>
public sealed class MarginPropertyTests(ITestOutputHelper output)
{
    /// <summary>Roundings of one evaluation of a group: dip (2), u (1), line and N (2/24), minimum (2 an underlying), ⌈/24⌉ and the netting floor (2); at most 4 underlyings and groups here.</summary>
    private const int Rounding = 40;

    [Fact]
    public void ScenarioPart_OfTwoAccountsTogether_IsAtMostTheSum() => Accounts.ForAll(300, (generator, market) =>
    {
        var view = new CheckpointView(market);
        IEnumerable<Position> a = Accounts.State(generator, market).Positions;
        IEnumerable<Position> b = Accounts.State(generator, market).Positions;
        BigInteger together = Accounts.ScenarioPart(view, a.Concat(b));
        BigInteger apart = Accounts.ScenarioPart(view, a) + Accounts.ScenarioPart(view, b);
        Assert.True(together <= apart + Bound(market), $"{together} together, {apart} apart");
    });

    [Fact]
    public void ScenarioPart_WithDustLegs_IsAtMostTheSum() => Accounts.ForAll(200, (generator, market) =>
    {
        var view = new CheckpointView(market);
        List<Position> account = [.. Accounts.State(generator, market).Positions];
        List<Position> dust = [.. Accounts.State(generator, market).Positions.Select(position => position with { SizeE8 = Math.Sign(position.SizeE8) })];
        Assert.True(Accounts.ScenarioPart(view, account.Concat(dust)) <= Accounts.ScenarioPart(view, account) + Accounts.ScenarioPart(view, dust) + Bound(market));
    });

    [Fact]
    public void ScenarioPart_OfEveryPositionAlone_IsAtLeastTheWhole() => Accounts.ForAll(150, (generator, market) =>
    {
        var view = new CheckpointView(market);
        List<Position> account = [.. Accounts.State(generator, market).Positions.Take(24)];
        BigInteger alone = account.Aggregate(BigInteger.Zero, (sum, position) => sum + Accounts.ScenarioPart(view, [position]));
        Assert.True(Accounts.ScenarioPart(view, account) <= alone + (account.Count * Bound(market)));
    });

    /// <summary>Any split: a share of each position from none to twice the whole of either sign, so that the two accounts may also hold a position against each other.</summary>
    [Fact]
    public void SplittingAnAccount_NeverLowersTheScenarioPart() => Accounts.ForAll(300, (generator, market) =>
    {
        var view = new CheckpointView(market);
        List<Position> account = [.. Accounts.State(generator, market).Positions];
        var random = new Random(account.Count);
        List<Position> part = [.. account.Select(position => position with { SizeE8 = random.Next(4) switch { 0 => 0, 1 => position.SizeE8, _ => (long)(position.SizeE8 * ((4 * random.NextDouble()) - 2)) } })];
        IEnumerable<Position> rest = account.Zip(part, (whole, taken) => whole with { SizeE8 = whole.SizeE8 - taken.SizeE8 });
        Assert.True(Accounts.ScenarioPart(view, part) + Accounts.ScenarioPart(view, rest) + Bound(market) >= Accounts.ScenarioPart(view, account));
    });

    [Fact]
    public void ScalingAnAccount_ScalesTheScenarioPart() => Accounts.ForAll(200, (generator, market) =>
    {
        var view = new CheckpointView(market);
        List<Position> account = [.. Accounts.State(generator, market).Positions];
        long k = 2 + (account.Count % 48);
        BigInteger once = Accounts.ScenarioPart(view, account);
        BigInteger scaled = Accounts.ScenarioPart(view, account.Select(position => position with { SizeE8 = k * position.SizeE8 }));
        Assert.InRange(scaled, k * (once - Bound(market)), k * (once + Bound(market)));
    });

    [Fact]
    public void UnsortedInput_SortedByTheCaller_GivesTheSame() => Accounts.ForAll(100, (generator, market) =>
    {
        var view = new CheckpointView(market);
        AccountState state = Accounts.State(generator, market);
        AccountState shuffled = state with { Positions = [.. state.Positions.Reverse()] };
        Assert.Equal(state.Positions.Skip(1).Any(), AccountState.Unpack(shuffled.Pack(), out _) != MarginError.None);
        AccountState sorted = shuffled with { Positions = [.. shuffled.Positions.OrderBy(position => position.Instrument)] };
        Assert.Equal(MarginEngine.Compute(state, [], view), MarginEngine.Compute(sorted, [], view));
    });

    [Fact]
    public void EveryTerm_IsNeverNegative() => Accounts.ForAll(200, (generator, market) =>
    {
        MarginReport report = Accounts.Report(new CheckpointView(market), Accounts.State(generator, market).Positions);
        Assert.All(report.Underlyings, u => Assert.True(Int128.Min(Int128.Min(u.BasisE8, u.LiquidityE8), Int128.Min(u.VegaE8, u.RateE8)) >= 0 && u.StaleE8 >= 0 && u.Scenario24E8 >= 0 && u.Between24E8 >= 0));
        Assert.True(report.Figures.MaintenanceE8 >= 0 && report.Figures.InitialE8 >= report.Figures.MaintenanceE8 && report.StandardE8 >= 0 && report.Figures.FloorE8 >= 0);
    });

    [Fact]
    public void Witness_AnyPoints_ShowsAtMostTheMaintenanceMargin()
    {
        int shownOnes = 0;
        Accounts.ForAll(150, (generator, market) => shownOnes += WitnessesOf(generator, market));
        Assert.True(shownOnes > 1500, $"only {shownOnes} of 3000 witnesses showed anything");
    }

    private static int WitnessesOf(AccountGenerator generator, Checkpoint market)
    {
        var view = new CheckpointView(market);
        Oracle.Checkpoint source = Accounts.Source(market);
        AccountInputs inputs = generator.Account(source) with { Choice = Choice.Present };
        AccountReport report = AccountRules.Evaluate(inputs);
        AccountState state = EngineDecode.State(inputs.State);
        Balance[] balances = [.. inputs.Balances.Select(balance => new Balance((ushort)balance.Token, (UInt128)balance.AmountRaw))];
        Int128 maintenance = MarginEngine.Compute(state, balances, view).MaintenanceE8;
        int shownOnes = 0;
        for (int i = 0; i < 20; i++)
        {
            if (Witness.Evaluate(state, balances, view, SurfaceChoice.Present, generator.Witness(report), out _, out Int128 shown) == MarginError.None)
            {
                Assert.True(shown <= maintenance);
                shownOnes++;
            }
        }

        return shownOnes;
    }

    /// <summary>
    /// Each unit of a token adds its value to equity and at most factor·(R + haircut + basis + 2·slippage) of it to IM, which the setter holds to one, so that equity − MM never falls either; roundings: 40 in the scenario part,
    /// 12 in add-ons, times the factor, and what one step of liquidity's rate (10⁻⁸) and of basis' ratio (2⁻³²) is of the gross delta. The charge on the spread takes no part in it: collateral never raises it (MRG-052), however far spot is from its average.
    /// </summary>
    [Fact]
    public void AddingCollateral_NeverLowersEquityLessInitialMargin() => Accounts.ForAll(300, (generator, market) =>
    {
        var random = new Random(market.Underlyings[0].SpotE8.GetHashCode());
        AccountState state = Accounts.State(generator, market);
        foreach (CollateralRecord token in market.Collaterals)
        {
            // Spot as it was drawn, near its average mostly, and anywhere.
            UnderlyingRecord[] away = [.. market.Underlyings.Select(u => u with { SpreadE8 = (long)(u.SpotE8 * random.NextDouble()) })];
            foreach (Checkpoint at in new[] { market, market with { Underlyings = [.. away] } })
            {
                var view = new CheckpointView(at);
                UInt128 scale = (UInt128)BigInteger.Pow(10, token.Decimals);

                // From none, which brings its underlying into the account, or from one; by the least amount there is or by many.
                UInt128 some = random.Next(2) == 0 ? 0 : scale;
                UInt128 more = random.Next(2) == 0 ? 1 : scale * (UInt128)random.Next(1, 1_000);
                AccountFigures before = MarginEngine.Compute(state, some == 0 ? [] : [new Balance(token.Token, some)], view);
                MarginReport report = MarginEngine.Report(state, [new Balance(token.Token, some + more)], view);
                AccountFigures after = report.Figures;
                Int128 added = after.EquityE8 - before.EquityE8;
                Int128 steps = report.Underlyings.Aggregate((Int128)0, (sum, u) => sum + u.GrossE8) * 2 / 100_000_000;
                Int128 roundings = (Int128)(2 * (Bound(market) + 12)) + (2 * steps);
                Assert.True(added - (after.InitialE8 - before.InitialE8) >= -roundings, $"token {token.Token}: initial margin");
                Assert.True(added - (after.MaintenanceE8 - before.MaintenanceE8) >= -roundings, $"token {token.Token}: maintenance margin");
            }
        }
    });

    /// <summary>
    /// A long option at its mark costs its premium and leaves equity as it is; the scenario part rises by at most the premium (it cannot lose more), and all of MM by at most that and the option's own add-ons: its vega and
    /// rate charge, and of its delta twice the largest slippage and one and a half times the largest basis charge, as headroom has it (MRG-058).
    /// </summary>
    [Fact]
    public void BuyingALongOptionAtItsMark_LowersEquityLessMaintenanceByAtMostItsPremiumAndAddOns() => Accounts.ForAll(300, (generator, market) =>
    {
        var view = new CheckpointView(market);
        AccountState state = Accounts.State(generator, market);
        Oracle.Instrument wanted = generator.Instrument(Accounts.Source(market).Underlyings[0]);
        var instrument = Instrument.Unpack((UInt128)wanted.Packed);
        if (!instrument.IsOption)
        {
            return;
        }

        const long size = 1_000_000_000;
        MarginReport before = Accounts.Report(view, state.Positions);
        MarginReport after = Accounts.Report(view, state.Positions.Append(new Position(instrument, size, 0)));
        BigInteger mark = (BigInteger)Accounts.Report(view, [new Position(instrument, 100_000_000, 0)]).Figures.EquityE8;
        BigInteger premium = Integers.Ceil(mark * size, SpecConstants.One);

        // A price may come out below zero, or fall between scenarios, by the accuracy of the kernel, 10⁻⁸ of the forward an option; a kink stands up to 2⁻¹⁶ of a quarter beside its strike,
        // which moves the broken line by slope·2⁻¹⁶, and a slope is at most 0.08 of the forward.
        BigInteger forward = view.Checkpoint.Underlyings[0].Expiries.Max(expiry => (BigInteger)expiry.Present.ForwardE8);
        BigInteger kernel = Integers.Ceil(forward * 4 * size, SpecConstants.One * SpecConstants.One) + Integers.Ceil(forward * 8 * size, 100 * SpecConstants.One * 65_536) + 10;
        BigInteger rise = Part(after) - Part(before);
        Assert.True(rise <= BigInteger.Max(0, premium) + kernel + Bound(market), $"the scenario part rose by {rise} for a premium of {premium}");
        UnderlyingReport own = Assert.Single(Accounts.Report(view, [new Position(instrument, size, 0)]).Underlyings);
        RiskParameters p = market.Underlyings[0].Parameters;
        BigInteger basis = market.Underlyings[0].Expiries.Max(expiry => (BigInteger)AddOns.BasisRate(p, Math.Max(expiry.Expiry - market.Header.Time, 0)));
        BigInteger cross = Integers.Ceil(((2 * p.SlippageCapE8) + Integers.Ceil(3 * BigInteger.Max(basis, p.BasisChargeE8), 2)) * (BigInteger)own.GrossE8, SpecConstants.One);
        BigInteger whole = (BigInteger)(after.Figures.MaintenanceE8 - before.Figures.MaintenanceE8);
        Assert.True(whole <= BigInteger.Max(0, premium) + (BigInteger)(own.VegaE8 + own.RateE8) + cross + kernel + Bound(market) + 12, $"maintenance margin rose by {whole} for a premium of {premium} and add-ons of {own.VegaE8 + own.RateE8 + (Int128)cross}");
    });

    /// <summary>Whatever headroom admits, the full computation admits: with any collateral, and with a spread between spot and its average.</summary>
    [Fact]
    public void Headroom_AdmitsNoFillThatTheFullComputationRefuses() => Accounts.ForAll(400, (generator, market) =>
    {
        Balance[] balances = [.. generator.Account(Accounts.Source(market)).Balances.Select(balance => new Balance((ushort)balance.Token, (UInt128)balance.AmountRaw))];
        if (Trade.Make(generator, market, balances, new Random(1)) is { } trade)
        {
            Assert.Equal(0, trade.Missing(SurfaceChoice.Present));
        }
    });

    /// <summary>
    /// The same while two surfaces differ by half an hour's steps of volatility and forward, with one to three fills, most of them in expiries that the account holds. With the worse surface for account before, account after and each fill
    /// by itself, headroom would admit what the full computation refuses: so the test could fail.
    /// </summary>
    [Fact]
    public void Headroom_WhileTwoSurfacesDiffer_AdmitsNoFillThatTheFullComputationRefuses()
    {
        var random = new Random(5);
        (int shown, int turned, int naive) = (0, 0, 0);
        Int128 most = 0;
        Accounts.ForAll(3000, (generator, market) =>
        {
            Checkpoint republished = market with { Underlyings = [.. market.Underlyings.Select(u => u with { Expiries = [.. u.Expiries.Select(expiry => expiry with { Delayed = Stepped(expiry.Present, random) })] })] };
            if (Trade.Make(generator, republished, [], random) is not { } trade)
            {
                return;
            }

            naive += trade.Missing(SurfaceChoice.Worse) > 0 ? 1 : 0;
            Int128? missing = trade.Missing();
            turned += missing is null ? 1 : 0;
            shown += missing is null ? 0 : 1;
            most = Int128.Max(most, missing ?? 0);
        });
        output.WriteLine($"{shown} trades shown, {turned} not, as they turn a surface; {naive} would be admitted wrongly by the worse surface for each");
        Assert.Equal(0, most);
        Assert.True(shown > 2 * turned && turned > 0 && naive > 0, $"{shown} shown, {turned} turned, {naive} naive");
    }

    /// <summary>A surface half an hour's steps away: 7.5 % of volatility, 0.25 % of forward.</summary>
    private static Surface Stepped(Surface surface, Random random)
    {
        double volatility = 1 + (0.075 * ((2 * random.NextDouble()) - 1));
        double forward = 1 + (0.0025 * ((2 * random.NextDouble()) - 1));
        return surface with
        {
            AE12 = (long)(surface.AE12 * volatility * volatility),
            BE12 = (long)(surface.BE12 * volatility * volatility),
            ForwardE8 = Math.Max(1, (long)(surface.ForwardE8 * forward)),
        };
    }

    private static BigInteger Part(MarginReport report) => report.Groups.Aggregate(BigInteger.Zero, (sum, group) => sum + (BigInteger)group.MaintenanceE8);

    private static BigInteger Bound(Checkpoint market) => Rounding * (BigInteger)market.Underlyings.Length;
}
