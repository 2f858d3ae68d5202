using System.Numerics;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Properties;

/// <summary>
/// Properties of the margin over generated markets and accounts, on the engine. Bounds are in units of 10⁻⁸ and argued: the scenario part rounds each N down by less than 1/24 of a unit,
/// `between` each of h, dip, line and u by less than one unit, each of at most 3·14 intervals alone deciding; the short minimum by less than 2, the group total by less than 1.
/// </summary>
public sealed class MarginPropertyTests
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

    [Fact]
    public void SplittingAnAccount_NeverLowersTheScenarioPart() => Accounts.ForAll(200, (generator, market) =>
    {
        var view = new CheckpointView(market);
        List<Position> account = [.. Accounts.State(generator, market).Positions];
        IEnumerable<Position> half = account.Select(position => position with { SizeE8 = position.SizeE8 / 3 });
        IEnumerable<Position> rest = account.Select(position => position with { SizeE8 = position.SizeE8 - (position.SizeE8 / 3) });
        Assert.True(Accounts.ScenarioPart(view, half) + Accounts.ScenarioPart(view, rest) + Bound(market) >= Accounts.ScenarioPart(view, account));
    });

    [Fact]
    public void ScalingAnAccount_ScalesTheScenarioPart() => Accounts.ForAll(200, (generator, market) =>
    {
        var view = new CheckpointView(market);
        List<Position> account = [.. Accounts.State(generator, market).Positions];
        BigInteger one = Accounts.ScenarioPart(view, account);
        BigInteger seven = Accounts.ScenarioPart(view, account.Select(position => position with { SizeE8 = 7 * position.SizeE8 }));
        Assert.InRange(seven, (7 * one) - (7 * Bound(market)), (7 * one) + (7 * Bound(market)));
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
    public void Witness_AnyPoints_ShowsAtMostTheMaintenanceMargin() => Accounts.ForAll(150, (generator, market) =>
    {
        var view = new CheckpointView(market);
        Oracle.Checkpoint source = Accounts.Source(market);
        AccountInputs inputs = generator.Account(source) with { Choice = Choice.Present };
        AccountReport report = AccountRules.Evaluate(inputs);
        AccountState state = EngineDecode.State(inputs.State);
        Balance[] balances = [.. inputs.Balances.Select(balance => new Balance((ushort)balance.Token, (UInt128)balance.AmountRaw))];
        for (int i = 0; i < 20; i++)
        {
            if (Witness.Evaluate(state, balances, view, SurfaceChoice.Present, generator.Witness(report), out _, out Int128 shown) == MarginError.None)
            {
                Assert.True(shown <= MarginEngine.Compute(state, balances, view).MaintenanceE8);
            }
        }
    });

    /// <summary>Each unit of a token adds its value to equity and at most factor·(R + haircut + basis + 2·slippage) of it to IM, which the setter holds to one; roundings: 40 in the scenario part, 12 in add-ons, times the factor.</summary>
    [Fact]
    public void AddingCollateral_NeverLowersEquityLessInitialMargin() => Accounts.ForAll(300, (generator, market) =>
    {
        var view = new CheckpointView(market);
        AccountState state = Accounts.State(generator, market);
        foreach (CollateralRecord token in market.Collaterals)
        {
            UInt128 scale = (UInt128)BigInteger.Pow(10, token.Decimals);
            Balance[] few = [new Balance(token.Token, scale)];
            Balance[] more = [new Balance(token.Token, scale * 50)];
            AccountFigures before = MarginEngine.Compute(state, few, view);
            AccountFigures after = MarginEngine.Compute(state, more, view);
            Assert.True(after.EquityE8 - after.InitialE8 >= before.EquityE8 - before.InitialE8 - 2 * (Int128)(Bound(market) + 12), $"token {token.Token}");
        }
    });

    /// <summary>A long option at its mark costs its premium; the scenario part rises by at most the premium (it cannot lose more), so equity − MM falls by at most the premium and the rise of the add-ons.</summary>
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
    });

    /// <summary>Whatever headroom admits, the full computation admits.</summary>
    [Fact]
    public void Headroom_AdmitsNoFillThatTheFullComputationRefuses() => Accounts.ForAll(400, (generator, market) =>
    {
        var view = new CheckpointView(market);
        AccountState before = Accounts.State(generator, market);
        Oracle.Checkpoint source = Accounts.Source(market);
        var instrument = Instrument.Unpack((UInt128)generator.Instrument(source.Underlyings[^1]).Packed);
        long size = (long)BigInteger.Max(-BigInteger.Pow(10, 13), BigInteger.Min(BigInteger.Pow(10, 13), generator.FillSize()));
        AccountState after = Accounts.State(before.Positions.Append(new Position(instrument, size, 0)));
        if (after.Positions.Length > AccountState.PositionsMax)
        {
            return;
        }

        AccountFigures old = MarginEngine.Compute(before, [], view);
        AccountFigures now = MarginEngine.Compute(after, [], view);
        Assert.Equal(MarginError.None, Headroom.Rise(instrument, size, view, SurfaceChoice.Present, out Int128 rise));

        // The least cash that headroom admits the fill with; with it the account after the fill must have its initial margin.
        Int128 restBefore = old.EquityE8 - before.CashE8;
        Int128 restAfter = now.EquityE8 - after.CashE8;
        Int128 cash = old.LeastCashE8 + rise + Int128.Max(0, restBefore - restAfter);
        Assert.True(Headroom.Shows(cash, old.LeastCashE8, rise, restBefore, restAfter));
        Assert.False(Headroom.Shows(cash - 1, old.LeastCashE8, rise, restBefore, restAfter));
        Assert.True(cash >= now.LeastCashE8, $"headroom admits with {cash}, the full computation wants {now.LeastCashE8}");
    });

    private static BigInteger Part(MarginReport report) => report.Groups.Aggregate(BigInteger.Zero, (sum, group) => sum + (BigInteger)group.MaintenanceE8);

    private static BigInteger Bound(Checkpoint market) => Rounding * (BigInteger)market.Underlyings.Length;
}
