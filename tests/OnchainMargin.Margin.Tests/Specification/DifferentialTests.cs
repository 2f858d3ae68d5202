using System.Numerics;
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
                CompareHeadroom(generator, market, view, inputs.Choice);
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

    private static void CompareHeadroom(AccountGenerator generator, Oracle.Checkpoint market, CheckpointView view, Choice choice)
    {
        Oracle.Instrument instrument = generator.Instrument(market.Underlyings[0]);
        BigInteger size = generator.FillSize();
        Assert.Equal(MarginError.None, Headroom.Rise(Instrument.Unpack((UInt128)instrument.Packed), (long)size, view, (SurfaceChoice)(int)choice, out Int128 rise));
        Assert.Equal(HeadroomRules.Rise(instrument, size, market, choice), (BigInteger)rise);
    }
}
