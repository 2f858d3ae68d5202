using System.Buffers.Binary;

namespace OnchainMargin.Margin.Tests.Attested;

/// <summary>Prices, settlement, averages and what lies are worth against the vectors that the Solidity reads, too (spec/attested, written by spec/generate-oracle.js).</summary>
public sealed class OracleVectorTests
{
    [Fact]
    public void Agreed_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("ORC-001");
        Assert.True(v.Count("price") > 100);
        for (int i = 0; i < v.Count("price"); i++)
        {
            Assert.Equal(new Observation(v.Long("price", i), (int)v.Long("live", i), (int)v.Long("used", i)), Medians.Agreed(v.Row("prices", i, 5), v.Long("deviation", i)));
        }
    }

    [Fact]
    public void Next_LeavesThePricesOfTheVectors()
    {
        Columns v = Columns.Of("ORC-002");
        Assert.True(v.Count("now") > 200);
        for (int i = 0; i < v.Count("now"); i++)
        {
            SpotMarket after = Next(v, i, out _);
            Assert.Equal(
                (v.Long("spotAfter", i), v.Long("averageAfter", i), v.Long("now", i), (Int128)v.Long("cumulativeAfter", i), v.Long("coveredAfter", i)),
                (after.SpotE8, after.AverageSpotE8, after.TimeSeconds, after.CumulativeE8, after.CoveredSeconds));
        }
    }

    [Fact]
    public void Next_LeavesTheStateOfTheVectors()
    {
        Columns v = Columns.Of("ORC-003");
        for (int i = 0; i < v.Count("now"); i++)
        {
            SpotMarket after = Next(v, i, out int reasons);
            Assert.Equal((v.Long("stateAfter", i), v.Long("demandedAfter", i), v.Long("reasonsAfter", i)), ((long)after.State, after.DemandedSeconds, (long)reasons));
        }

        for (int i = 0; i < v.Count("drawdown"); i++)
        {
            InsuranceHigh after = new InsuranceHigh(v.Long("day", i), v.Long("high", i), v.Long("previous", i)).Next(v.Long("insurance", i), v.Long("fallTime", i), v.Long("drawn", i) == 1, out long drawdown);
            Assert.Equal((new InsuranceHigh(v.Long("dayAfter", i), v.Long("highAfter", i), v.Long("previousAfter", i)), v.Long("drawdown", i)), (after, drawdown));
            if (v.Long("insurance", i) == 0)
            {
                continue;
            }

            InsuranceHigh resized = after.Resize(v.Long("insurance", i), v.Large("then", i), v.Long("drawn", i) == 1);
            Assert.Equal((v.Large("highThen", i), v.Large("previousThen", i)), (resized.HighE8, resized.PreviousHighE8));
        }
    }

    [Fact]
    public void Fix_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("ORC-004");
        Assert.Contains(0, Enumerable.Range(0, v.Count("settled")).Select(i => v.Long("settled", i)));
        for (int i = 0; i < v.Count("settled"); i++)
        {
            List<SpotMarket> updates = Walk(v, i);
            long now = updates[^1].TimeSeconds;
            Assert.Equal((v.Long("settled", i), v.Long("seconds", i)), Settlements.Fix(updates, v.Long("expiry", i), now));
            foreach ((string name, int k) in new[] { ("expiry", 2 * i), ("coming", (2 * i) + 1) })
            {
                WindowReading window = Settlements.Window(updates, v.Long(name, i), v.Long("asked", i));
                Assert.Equal(new WindowReading(v.Large("sum", k), v.Long("covered", k), v.Long("remaining", k)) { StalledSeconds = v.Long("stalled", k) }, window);
                Assert.Equal((v.Long("forward", k), v.Long("beside", k), v.Long("follow", k)), Forwards.PairInsideWindow(updates[^1].SpotE8, window));
            }
        }
    }

    [Fact]
    public void LastPrice_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("ORC-005");
        for (int i = 0; i < v.Count("last"); i++)
        {
            Assert.Equal((v.Long("last", i), v.Long("observed", i)), Settlements.LastPrice(Walk(v, i), 20_000_000));
        }
    }

    [Fact]
    public void GrowthGuards_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("ORC-006");
        for (int i = 0; i < v.Count("noted"); i++)
        {
            Assert.Equal(v.Large("ceiling", i), GrowthGuards.CeilingE20(v.Large("noted", i), v.Long("growth", i), v.Long("elapsed", i)));
            Assert.Equal(v.Large("noteAfter", i), GrowthGuards.NextE20(v.Large("noted", i), v.Large("raw", i), v.Long("growth", i), v.Long("elapsed", i)));
        }
    }

    [Fact]
    public void IsInDomain_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("ORC-010");
        for (int i = 0; i < v.Count("listable"); i++)
        {
            var s = new PublishedSurface(0, v.Long("forward", i), v.Long("spot", i), v.Long("a", i), v.Long("b", i), (int)v.Long("rho", i), (int)v.Long("m", i), (uint)v.Long("sigma", i));
            Assert.Equal(v.Long("listable", i) == 1, SurfaceChecks.IsInDomain(s));
        }
    }

    [Fact]
    public void RiskE6_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("ORC-015");
        for (int i = 0; i < v.Count("risk"); i++)
        {
            var bands = new SurfaceBands((uint)v.Long("volStep", i), (uint)v.Long("forwardStep", i), 0, 0, 0, 0);
            Assert.Equal(v.Long("risk", i), SurfaceChecks.RiskE6(bands, v.Row("vols", i, SurfaceChecks.PointCount), v.Long("ratio", i), v.Long("tau", i)));
        }
    }

    [Fact]
    public void OptionCaps_AreThoseOfTheVectors()
    {
        const int Underlyings = 4;
        Columns v = Columns.Of("ORC-016");
        for (int i = 0; i < v.Count("limit"); i++)
        {
            Assert.Equal(v.Row("most", i, Underlyings).ToArray(), OptionCaps.LargestOf(v.Row("open", i, Underlyings), v.Row("risks", i, Underlyings), v.Long("limit", i)));
        }
    }

    [Fact]
    public void AveragedPrices_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("CLR-021");
        Assert.Equal(30, v.Count("recordsWords"));
        for (int i = 0; i < v.Count("recordsWords"); i++)
        {
            Assert.Equal(MarginError.None, Checkpoint.Unpack(v.Words("checkpoint", i), v.Records("records", i), out Checkpoint? checkpoint));
            Assert.Equal(v.Records("recordsAfter", i), AveragedPrices.Of(checkpoint!).Underlyings.Select(static u => u.Pack()));
        }
    }

    [Fact]
    public void AttestedCredit_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-050");
        Assert.Equal(60, v.Count("credit"));
        for (int i = 0; i < v.Count("credit"); i++)
        {
            Assert.Equal(MarginError.None, AccountState.Unpack(v.Words("state", i), out AccountState? state));
            Assert.Equal(MarginError.None, Checkpoint.Unpack(v.Words("checkpoint", i), v.Records("records", i), out Checkpoint? checkpoint));
            Balance[] held = [.. v.Words("balances", i).Chunk(32).Select(static word => new Balance(BinaryPrimitives.ReadUInt16BigEndian(word), BinaryPrimitives.ReadUInt128BigEndian(word.AsSpan(16))))];
            Int128 credit = AttestedCredit.CreditE8(state!.Positions, [.. held], checkpoint!, v.Large("equity", i) - v.Large("debt", i));
            Assert.Equal((v.Large("credit", i), v.Large("fee", i)), (credit, AttestedCredit.FeeUp(credit, v.Long("rate", i))));
        }
    }

    [Fact]
    public void FeeUp_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-054");
        Assert.Equal(60, v.Count("creditFeePaid"));
        for (int i = 0; i < v.Count("creditFeePaid"); i++)
        {
            Assert.Equal(v.Large("creditFeePaid", i), AttestedCredit.FeeUp(v.Large("credit", i), v.Long("creditFee", i)));
        }
    }

    /// <summary>The updates of a case, of a market with one source and the bands of constants.json.</summary>
    private static List<SpotMarket> Walk(Columns v, int i)
    {
        const int Steps = 24;
        var market = new SpotMarket(9_000_000_000_000, 9_000_000_000_000, 1_800_000_000, MarketState.Normal, 1_800_000_000, 0, 0);
        List<SpotMarket> updates = [market];
        for (int j = i * Steps; j < (i + 1) * Steps; j++)
        {
            market = market.Next(Medians.Agreed([v.Long("price", j)], 2_000_000), new FeedBands(1, 2_000_000, 10_000_000, 20_000_000, 120), market.TimeSeconds + v.Long("gap", j), 1800, out _);
            updates.Add(market);
        }

        return updates;
    }

    private static SpotMarket Next(Columns v, int i, out int reasons)
    {
        var market = new SpotMarket(v.Long("spot", i), v.Long("average", i), v.Long("time", i), (MarketState)v.Long("state", i), v.Long("demanded", i), v.Long("cumulative", i), v.Long("covered", i));
        var bands = new FeedBands((int)v.Long("minCount", i), 0, v.Long("reduceMove", i), v.Long("haltMove", i), v.Long("recovery", i));
        return market.Next(new Observation(v.Long("price", i), (int)v.Long("live", i), (int)v.Long("used", i)), bands, v.Long("now", i), v.Long("window", i), out reasons);
    }
}
