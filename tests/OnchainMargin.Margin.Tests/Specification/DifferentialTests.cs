using System.Numerics;
using OnchainMargin.Margin.Tests.Properties;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>Engine and oracle on random accounts over the whole domain, to the last unit. The referee joins in OnchainMargin.EndToEnd.Tests.</summary>
public sealed class DifferentialTests
{
    private const int AccountsPerMarket = 4;

    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 300)]
    public void Engine_RandomAccounts_EqualsTheOracle(int seed, int count) => Compare(new AccountGenerator(seed), seed, count);

    [Fact]
    public void Engine_EdgeAccounts_EqualsTheOracle() => Compare(new EdgeGenerator(1), 1, 400);

    [Fact]
    public void Witness_Best_ShowsAllOfTheMaintenanceMargin()
    {
        var generator = new AccountGenerator(3);
        for (int i = 0; i < 200; i++)
        {
            AccountInputs inputs = generator.Account(generator.Market());
            AccountReport report = AccountRules.Evaluate(inputs);
            Assert.Equal(report.Maintenance, WitnessRules.Maintenance(inputs, WitnessRules.Best(report)));
            var engine = new EngineAccount(inputs);
            Assert.Equal(report.Maintenance.ToString(), engine.Witness(Margin.Witness.Best(engine.State, engine.Balances.AsSpan(), engine.View, engine.Choice)));
        }
    }

    private static void Compare(AccountGenerator generator, int seed, int count)
    {
        for (int i = 0; i < count; i += AccountsPerMarket)
        {
            Oracle.Checkpoint market = generator.Market();
            CheckpointView view = EngineAccount.Market(market);
            for (int j = 0; j < AccountsPerMarket; j++)
            {
                AccountInputs inputs = generator.Account(market);
                var engine = new EngineAccount(inputs, view);
                AccountReport report = AccountRules.Evaluate(inputs);
                Assert.Empty(engine.Differences(report, AccountRules.Standard(inputs)).Select(difference => $"seed {seed} account {i + j}: {difference}"));
                CompareWitness(engine, inputs, WitnessRules.Best(report));
                CompareWitness(engine, inputs, generator.Witness(report));
                CompareHeadroom(generator, inputs, engine);
            }
        }
    }

    private static void CompareWitness(EngineAccount engine, AccountInputs inputs, byte[] witness)
    {
        string expected;
        try
        {
            expected = WitnessRules.Maintenance(inputs, witness).ToString();
        }
        catch (SpecException error)
        {
            expected = error.Name;
        }

        Assert.Equal(expected, engine.Witness(witness));
    }

    /// <summary>A fill anywhere, and one that turns a position of the account: by half, all of it, or to the other side.</summary>
    private static void CompareHeadroom(AccountGenerator generator, AccountInputs inputs, EngineAccount engine)
    {
        List<(Oracle.Instrument Instrument, BigInteger SizeE8)> fills = [(generator.Instrument(inputs.Checkpoint.Underlyings[0]), generator.FillSize())];
        if (inputs.State.Positions.FirstOrDefault(position => BigInteger.Abs(position.SizeE8) is var size && size > 1 && size < BigInteger.Pow(2, 52)) is { } held)
        {
            fills.Add((held.Instrument, (int)(held.SizeE8 % 3) switch { 0 => -held.SizeE8, 1 or -1 => -held.SizeE8 / 2, _ => -(3 * held.SizeE8 / 2) }));
        }

        foreach ((Oracle.Instrument instrument, BigInteger size) in fills)
        {
            var own = Instrument.Unpack((UInt128)instrument.Packed);
            Assert.Equal(MarginError.None, Headroom.Rise(own, (long)size, engine.View, engine.Choice, out Int128 rise));
            Assert.Equal(HeadroomRules.Rise(instrument, size, inputs.Checkpoint, inputs.Choice), (BigInteger)rise);
            IReadOnlyList<Oracle.Position> after = With(inputs.State.Positions, instrument, size);
            Choice? expected = HeadroomRules.ChoiceFor(inputs.State.Positions, after, instrument, size, inputs.Checkpoint);
            AccountState engineAfter = Accounts.State(engine.State.Positions.Append(new Position(own, (long)size, 0)));
            Assert.Equal((int?)expected, (int?)Headroom.ChoiceFor(engine.State.Positions.AsSpan(), engineAfter.Positions.AsSpan(), own, (long)size, engine.View));
        }
    }

    private static List<Oracle.Position> With(IEnumerable<Oracle.Position> positions, Oracle.Instrument instrument, BigInteger sizeE8) =>
        [.. positions.Append(new Oracle.Position(instrument, sizeE8, 0)).GroupBy(position => position.Instrument.Packed).Select(group => group.First() with { SizeE8 = AccountRules.Sum(group.Select(position => position.SizeE8)) }).Where(position => position.SizeE8 != 0).OrderBy(position => position.Instrument.Packed)];
}
