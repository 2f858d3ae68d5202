using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>Rules MRG-012, MRG-031 to MRG-056: the margin of an account.</summary>
public static class AccountRules
{
    private static readonly BigInteger One = SpecConstants.One;

    /// <summary>All figures of an account.</summary>
    public static AccountReport Evaluate(AccountInputs inputs)
    {
        Checkpoint checkpoint = inputs.Checkpoint;
        List<(CollateralRecord Record, BigInteger Value, BigInteger Size)> collateral = Collateral(inputs);
        List<Held> held = [.. inputs.State.Positions.Select((position, index) => Hold(position, index, checkpoint))];
        if (inputs.Choice != Choice.Present)
        {
            Choose(held, inputs.Choice, checkpoint.Time);
        }

        foreach (Held position in held)
        {
            position.Value(checkpoint.Time);
        }

        SortedSet<int> touched = [.. held.Select(position => position.Record.Underlying), .. collateral.Where(token => token.Record.Underlying != 0).Select(token => token.Record.Underlying)];
        List<UnderlyingReport> underlyings =
        [
            .. touched.Select(u => Underlying(
                FindUnderlying(checkpoint, u), checkpoint.Time, [.. held.Where(position => position.Record.Underlying == u)],
                [.. collateral.Where(token => token.Record.Underlying == u).Select(token => token.Size)])),
        ];
        List<GroupReport> groups = [.. underlyings.GroupBy(u => u.Record.Group).OrderBy(group => group.Key).Select(group => Group(group.Key, [.. group]))];
        BigInteger haircut = Sum(collateral.Select(token => Haircut(token.Record, token.Value)));
        BigInteger value = Sum(collateral.Select(token => token.Value));
        BigInteger maintenance = Sum(groups.Select(group => group.Maintenance)) + Sum(underlyings.Select(u => u.AddOns)) + haircut;
        BigInteger stale = Sum(underlyings.Select(u => u.Stale));
        BigInteger initial = Ceil(checkpoint.InitialFactorE8 * (maintenance + stale), One) + Sum(underlyings.Select(u => u.Spread));
        BigInteger cost = Sum(held.Select(position => position.Position.CostE8));
        BigInteger cash = inputs.State.CashE8;
        BigInteger equity = cash + Floor(Sum(held.Select(position => position.Size * position.Mark)), One) - cost + value;
        return new AccountReport
        {
            Underlyings = underlyings,
            Groups = groups,
            CollateralValue = value,
            Haircut = haircut,
            Equity = equity,
            Maintenance = maintenance,
            Initial = initial,
            Floor = Sum(held.Select(FloorOf)) + stale,
            FloorEquity = cash + value - haircut + Floor(Sum(held.Select(position => position.Size * CautiousMark(position))), One) - cost,
            LeastCash = initial - (equity - cash),
            Marks = [.. held.Select(position => position.Mark)],
        };
    }

    /// <summary>MRG-053: each position and each collateral alone.</summary>
    public static BigInteger Standard(AccountInputs inputs)
    {
        BigInteger positions = Sum(inputs.State.Positions.Select(position => Evaluate(inputs with { State = AccountState.Of(0, position), Balances = [] }).Maintenance));
        return positions + Sum(inputs.Balances.Select(balance => Evaluate(inputs with { State = AccountState.Of(0), Balances = [balance] }).Maintenance));
    }

    /// <summary>MRG-042: the charge of a bucket at this distance.</summary>
    public static BigInteger BasisCharge(RiskParameters parameters, BigInteger tau) =>
        BigInteger.Min(One, BigInteger.Max(parameters.BasisChargeE8, Ceil(parameters.BasisRateE8 * tau, SpecConstants.Year)));

    internal static UnderlyingRecord FindUnderlying(Checkpoint checkpoint, int underlying) =>
        checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == underlying) ?? throw new SpecException("UnderlyingMissing");

    /// <summary>The sum of numbers.</summary>
    public static BigInteger Sum(IEnumerable<BigInteger> values) => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);

    private static List<(CollateralRecord Record, BigInteger Value, BigInteger Size)> Collateral(AccountInputs inputs)
    {
        List<(CollateralRecord, BigInteger, BigInteger)> list = [];
        foreach (Balance balance in inputs.Balances)
        {
            CollateralRecord record = inputs.Checkpoint.Collaterals.FirstOrDefault(token => token.Token == balance.Token) ?? throw new SpecException("CollateralMissing");
            BigInteger units = Floor(balance.AmountRaw * record.PriceE8, Ten(record.Decimals));
            if (record.Underlying == 0)
            {
                list.Add((record, BigInteger.Min(units, Two(90)), 0));
            }
            else
            {
                BigInteger size = BigInteger.Min(units, Two(53));
                list.Add((record, Floor(size * FindUnderlying(inputs.Checkpoint, record.Underlying).SpotE8, One), size));
            }
        }

        return list;
    }

    private static BigInteger Haircut(CollateralRecord record, BigInteger value) => Ceil(record.HaircutE8 * value, One);

    private static Held Hold(Position position, int index, Checkpoint checkpoint)
    {
        UnderlyingRecord record = FindUnderlying(checkpoint, position.Instrument.Underlying);
        ExpiryRecord? expiry = null;
        if (position.Instrument.Kind != Kind.Perpetual)
        {
            expiry = record.Expiries.FirstOrDefault(candidate => candidate.Expiry == position.Instrument.Expiry) ?? throw new SpecException("ExpiryMissing");
        }

        return new Held(position, record, expiry) { Index = index };
    }

    /// <summary>MRG-012.</summary>
    private static void Choose(List<Held> held, Choice choice, BigInteger time)
    {
        foreach (IGrouping<(int, BigInteger), Held> group in held.Where(position => position.Expiry is not null).GroupBy(position => (position.Record.Underlying, position.Expiry!.Expiry)))
        {
            BigInteger Value(bool delayed) => Sum(group.Select(position =>
            {
                position.Delayed = delayed;
                position.Value(time);
                return position.Size * position.Mark;
            }));

            ExpiryRecord expiry = group.First().Expiry!;
            bool takeDelayed = false;
            if (expiry.Delayed != expiry.Present)
            {
                BigInteger delayed = Value(true);
                BigInteger present = Value(false);
                takeDelayed = choice == Choice.Better ? delayed > present : delayed < present;
            }

            foreach (Held position in group)
            {
                position.Delayed = takeDelayed;
            }
        }
    }

    private static UnderlyingReport Underlying(UnderlyingRecord record, BigInteger time, List<Held> held, List<BigInteger> spots)
    {
        RiskParameters parameters = record.Parameters;
        var spot = new Valuation(new Instrument(record.Underlying, 0, 0, Kind.Perpetual), time, record, null, null);
        BigInteger[] weighted = new BigInteger[Grid.Scenarios.Count];
        BigInteger[] nodes = new BigInteger[Grid.Scenarios.Count];
        for (int s = 0; s < weighted.Length; s++)
        {
            (int q, int v, int w) = Grid.Scenarios[s];
            BigInteger linear = Sum(spots) * (spot.Values[s] - spot.Mark);
            BigInteger pnl = linear + Sum(held.Select(position => position.Size * (position.Valuation.Values[s] - position.Valuation.Mark)));
            BigInteger broken = linear + Sum(held.Select(position =>
                position.Size * ((position.IsOption && position.Valuation.Narrow[v + 1] ? position.Valuation.Intrinsic[q] : position.Valuation.Values[s]) - position.Valuation.Mark)));
            weighted[s] = Floor(w * pnl, One);
            nodes[s] = Floor(w * broken, One);
        }

        List<Kink> kinks =
        [
            .. held.Where(position => position.IsOption && position.Valuation.Range > 0).Select(position => new Kink(
                position.Index, position.Valuation.Kink, position.Size * position.Valuation.SlopeE8, position.Size, position.Valuation.Narrow, position.Valuation.Humps)),
        ];
        BigInteger shortSize = Sum(held.Where(position => position.IsOption && position.Size < 0 && position.Valuation.Range > 0).Select(position => -position.Size));
        (BigInteger net, BigInteger gross, BigInteger charged, BigInteger uncovered) = Deltas(record, held, spots, spot);
        BigInteger hedged = gross - net;
        BigInteger open = net + Ceil(hedged, 2);
        BigInteger basis = gross == 0 ? 0 : Ceil(charged * Ceil(hedged * Two(32), gross), Two(33));
        BigInteger units = BigInteger.Min(Ceil(open * One, record.SpotE8), Two(90));
        BigInteger crowd = Floor(parameters.CrowdingE8 * record.OpenInterestE8, One);
        BigInteger slippage = BigInteger.Min(parameters.SlippageCapE8, Ceil(parameters.SlippageE8 * BigInteger.Max(units, crowd), record.DepthE8));
        (BigInteger vega, BigInteger stale, BigInteger rate) = Expiries(record, time, held);
        return new UnderlyingReport
        {
            Record = record,
            Weighted24 = weighted,
            Between24Nodes = nodes,
            Kinks = kinks,
            Scenario24 = weighted.Select(n => -n).Max(),
            Between24 = BetweenRules.Loss24(kinks, nodes),
            ShortMinimum = Ceil(parameters.ShortOptionMinimumE8 * Ceil(record.SpotE8 * shortSize, One), One),
            Net = net,
            Gross = gross,
            Basis = basis,
            Liquidity = Ceil(open * slippage, One),
            Vega = vega,
            Stale = stale,
            Rate = rate,
            Spread = Ceil(Ceil(record.SpreadE8 * One, record.SpotE8) * uncovered, One),
        };
    }

    /// <summary>MRG-041, X of MRG-042, and what the spread of MRG-052 is charged on.</summary>
    private static (BigInteger Net, BigInteger Gross, BigInteger Charged, BigInteger Uncovered) Deltas(UnderlyingRecord record, List<Held> held, List<BigInteger> spots, Valuation spot)
    {
        RiskParameters parameters = record.Parameters;
        BigInteger Delta(BigInteger d) => d.Sign * Ceil(2 * BigInteger.Abs(d), parameters.PriceRangeE8);
        static BigInteger Move(Valuation valuation) => valuation.At(1, 0) - valuation.At(-1, 0);
        List<(BigInteger Delta, BigInteger Tau)> buckets = [(Delta(Sum(spots) * Move(spot)), 0)];
        foreach (IGrouping<BigInteger, Held> bucket in held.GroupBy(position => position.Expiry?.Expiry ?? 0))
        {
            buckets.Add((Delta(Sum(bucket.Select(position => position.Size * Move(position.Valuation)))), bucket.First().Valuation.Tau));
        }

        BigInteger net = BigInteger.Abs(Sum(buckets.Select(bucket => bucket.Delta)));
        BigInteger gross = Sum(buckets.Select(bucket => BigInteger.Abs(bucket.Delta)));
        BigInteger positions = Sum(buckets.Skip(1).Select(bucket => bucket.Delta));
        BigInteger uncovered = positions.Sign >= 0 ? positions : BigInteger.Max(0, -positions - buckets[0].Delta);
        return (net, gross, Sum(buckets.Select(bucket => Ceil(BasisCharge(parameters, bucket.Tau) * BigInteger.Abs(bucket.Delta), One))), uncovered);
    }

    /// <summary>MRG-044 and MRG-045.</summary>
    private static (BigInteger Vega, BigInteger Stale, BigInteger Rate) Expiries(UnderlyingRecord record, BigInteger time, List<Held> held)
    {
        RiskParameters parameters = record.Parameters;
        BigInteger vega = 0;
        BigInteger charged = 0;
        BigInteger rate = 0;
        foreach (IGrouping<BigInteger, Held> group in held.Where(position => position.IsOption).GroupBy(position => position.Expiry!.Expiry))
        {
            BigInteger Swing(bool below) => Sum(group.Where(position => position.Valuation.Tau >= 60 && (position.Position.Instrument.StrikeE8 < position.Surface!.ForwardE8) == below)
                .Select(position => position.Size * (position.Valuation.At(0, 1) - position.Valuation.At(0, -1))));
            BigInteger vegaOf = Ceil(BigInteger.Abs(Swing(true)) + BigInteger.Abs(Swing(false)), 2 * One);
            BigInteger late = Clamp(time - group.First().Expiry!.SurfaceTime - 600, 0, 86_400);
            BigInteger charge = parameters.VegaChargeE8 + Ceil((One - parameters.VegaChargeE8) * late, 86_400);
            vega += Ceil(parameters.VegaChargeE8 * vegaOf, One);
            charged += Ceil(charge * vegaOf, One);
            BigInteger value = Ceil(BigInteger.Abs(Sum(group.Select(position => position.Size * position.Valuation.Mark))), One);
            rate += Ceil(value * group.First().Valuation.Tau, SpecConstants.Year);
        }

        return (vega, charged - vega, Ceil(parameters.RateChargeE8 * rate, One));
    }

    /// <summary>MRG-033.</summary>
    private static GroupReport Group(int number, List<UnderlyingReport> members)
    {
        BigInteger[] Together(Func<UnderlyingReport, IReadOnlyList<BigInteger>> pick) =>
            [.. Enumerable.Range(0, Grid.Scenarios.Count).Select(s => Sum(members.Select(u => pick(u)[s])))];
        BigInteger scenario = Together(u => u.Weighted24).Select(n => -n).Max();
        BigInteger between = BetweenRules.Loss24([.. members.SelectMany(u => u.Kinks)], Together(u => u.Between24Nodes));
        BigInteger loss = Sum(members.Select(u => u.Loss24));
        BigInteger floor = NettingFloor24(members, members.Select(u => u.Loss24));
        BigInteger minimum = Sum(members.Select(u => u.ShortMinimum));
        BigInteger largest = BigInteger.Max(BigInteger.Max(scenario, between), BigInteger.Max(floor, 24 * minimum));
        return new GroupReport(number, scenario, between, loss, floor, minimum, Ceil(largest, 24));
    }

    /// <summary>What netting cannot remove of losses of the members, one each (MRG-033).</summary>
    internal static BigInteger NettingFloor24(IEnumerable<UnderlyingReport> members, IEnumerable<BigInteger> losses24) =>
        Ceil(Sum(members.Zip(losses24, (u, loss) => u.Record.Parameters.NettingFloorE8 * loss)), One);

    /// <summary>MRG-054 of one position.</summary>
    private static BigInteger FloorOf(Held position)
    {
        RiskParameters parameters = position.Record.Parameters;
        BigInteger spot = position.Record.SpotE8;
        if (!position.IsOption || position.Size < 0)
        {
            return Ceil(parameters.FloorRateE8 * BigInteger.Abs(position.Size) * spot, Ten(16));
        }

        BigInteger least = position.Valuation.Range > 0 ? Ceil(parameters.ShortOptionMinimumE8 * spot, 2 * One) : 0;
        return Ceil(position.Size * BigInteger.Min(Ceil(parameters.FloorRateE8 * spot, One), BigInteger.Max(position.Mark, least)), One);
    }

    /// <summary>The mark that MRG-055 trusts.</summary>
    private static BigInteger CautiousMark(Held position)
    {
        if (!position.IsOption)
        {
            return position.Mark;
        }

        BigInteger intrinsic = position.Valuation.Intrinsic[0];
        return position.Size > 0 ? BigInteger.Min(position.Mark, intrinsic) : BigInteger.Max(position.Mark, intrinsic);
    }
}
