using System.Numerics;
using System.Text.Json.Nodes;
using static OnchainMargin.Oracle.Integers;
using static OnchainMargin.Oracle.SampleMarket;

namespace OnchainMargin.Oracle;

/// <summary>The cases of spec/vectors: what goes in, and why the case is there. What comes out is the oracle's.</summary>
public static class VectorCases
{
    private static readonly BigInteger Hour = 3600;
    private static readonly BigInteger Day = 86_400;

    /// <summary>Every case with its expected numbers.</summary>
    public static IReadOnlyList<Vector> All() => [.. Kernel().Concat(Encodings()).Concat(Values()).Concat(Scenarios()).Concat(AddOns()).Concat(Totals()).Select(Complete)];

    private static Vector Complete(Vector vector) => vector with { Expected = VectorEvaluator.Evaluate(vector) };

    private static Vector Case(string rule, string name, string about, params (string Key, BigInteger Value)[] inputs) =>
        new(rule, name, about, new JsonObject(inputs.Select(input => KeyValuePair.Create(input.Key, (JsonNode?)input.Value.ToString()))), []);

    private static Vector Account(string rule, string name, string about, AccountInputs inputs, byte[]? witness = null)
    {
        JsonObject json = AccountJson.Write(inputs);
        if (witness is not null)
        {
            json["witness"] = AccountJson.Hex(witness);
        }

        return new Vector(rule, name, about, json, []);
    }

    private static AccountInputs On(Checkpoint market, BigInteger cash, params Position[] positions) => new(AccountState.Of(cash * SpecConstants.One, positions), [], market, Choice.Present);

    private static IEnumerable<Vector> Kernel()
    {
        yield return Case("MRG-020", "zero", "The root of nothing.", ("a", 0));
        yield return Case("MRG-020", "perfect-square", "⌊√16⌋ = 4.", ("a", 16));
        yield return Case("MRG-020", "just-below-a-square", "⌊√15⌋ = 3.", ("a", 15));
        yield return Case("MRG-020", "largest", "2¹²⁷ − 1, the top of the domain.", ("a", Two(127) - 1));
        yield return Case("MRG-020", "square-of-a-64-bit-number", "(2⁶³ − 1)².", ("a", (Two(63) - 1) * (Two(63) - 1)));
        yield return Case("MRG-020", "one-below-that-square", "(2⁶³ − 1)² − 1.", ("a", ((Two(63) - 1) * (Two(63) - 1)) - 1));
        yield return Case("MRG-021", "one", "ln 1 = 0.", ("n", 1), ("d", 1));
        yield return Case("MRG-021", "two", "ln 2 = 0.693147…·2³².", ("n", 2), ("d", 1));
        yield return Case("MRG-021", "half", "ln ½, rounded down.", ("n", 1), ("d", 2));
        yield return Case("MRG-021", "just-above-one", "(10⁸ + 1)/10⁸.", ("n", 100_000_001), ("d", 100_000_000));
        yield return Case("MRG-021", "just-below-one", "(10⁸ − 1)/10⁸.", ("n", 99_999_999), ("d", 100_000_000));
        yield return Case("MRG-021", "smallest-quotient", "1/2⁵⁶.", ("n", 1), ("d", Two(56)));
        yield return Case("MRG-021", "largest-quotient", "2⁵⁶/1.", ("n", Two(56)), ("d", 1));
        (string, BigInteger)[] Svi(BigInteger strike, BigInteger a, BigInteger b, BigInteger rho, BigInteger m, BigInteger sigma) =>
            [("strikeE8", strike), ("publishedForwardE8", 2000 * SpecConstants.One), ("aE12", a), ("bE12", b), ("rhoE8", rho), ("mE8", m), ("sigmaE8", sigma)];
        yield return Case("MRG-022", "flat-60-percent", "a = 0.36, b = 0: √0.36 = 0.6.", Svi(2000 * SpecConstants.One, 360_000_000_000, 0, 0, 0, 1));
        yield return Case("MRG-022", "skewed-put", "A put wing under negative skew.", Svi(1500 * SpecConstants.One, 100_000_000_000, 400_000_000_000, -50_000_000, 0, 20_000_000));
        yield return Case("MRG-022", "negative-variance-is-the-least", "a far below zero: the least volatility, 0.1 %.", Svi(2000 * SpecConstants.One, -Two(53), 0, 0, 0, 1));
        yield return Case("MRG-022", "largest-variance", "b at its bound: 1600 %.", Svi(1, Two(53), Two(52), -100_000_000, 600_000_000, 600_000_000));
        yield return Case("MRG-022", "moneyness-clamped-below", "A strike of one unit: k held at −6.", Svi(1, 100_000_000_000, 100_000_000_000, 0, 0, 10_000_000));
        foreach (BigInteger tau in new BigInteger[] { 0, 86_400, 86_401, 604_800, 2_592_000, 7_776_000, 31_535_999, 31_536_000, 63_072_000 })
        {
            yield return Case("MRG-023", $"kappa-at-{tau}-seconds", "κ on and between its knots, ETH's parameters, 60 %.", ("tau", tau), ("volQ32", Two(32) * 6 / 10), ("volRangeE8", 50_000_000), ("volUpFloorE8", 50_000_000));
        }

        yield return Case("MRG-023", "down-shock-is-held-at-a-twentieth", "V = 2 would take the volatility below nothing.", ("tau", 60), ("volQ32", Two(32)), ("volRangeE8", 200_000_000), ("volUpFloorE8", 50_000_000));
        yield return Case("MRG-023", "low-volatility-rises-to-the-floor", "1 % goes to 50 %.", ("tau", 2_592_000), ("volQ32", Two(32) / 100), ("volRangeE8", 50_000_000), ("volUpFloorE8", 50_000_000));
        yield return Case("MRG-024", "one-deviation", "100 % over a year: 160 cells.", ("tau", 31_536_000), ("volQ32", Two(32)));
        yield return Case("MRG-024", "least", "0.1 % over a minute is above the bound; one unit of volatility is not.", ("tau", 60), ("volQ32", 1));
        yield return Case("MRG-024", "largest", "1600 % over two years is held at 8 deviations.", ("tau", 63_072_000), ("volQ32", 16 * Two(32)));
        yield return Case("MRG-025", "below-the-table", "Left of −6.25 deviations.", ("d", -1));
        yield return Case("MRG-025", "first-cell", "The left end.", ("d", 0));
        yield return Case("MRG-025", "middle", "P(0) = ½.", ("d", 1000 * Two(28)));
        yield return Case("MRG-025", "one-deviation", "P(1) = 0.8413….", ("d", 1160 * Two(28)));
        yield return Case("MRG-025", "inside-a-cell", "Half way through a cell.", ("d", (960 * Two(28)) + Two(27)));
        yield return Case("MRG-025", "last-unit-of-the-table", "One unit left of the right end.", ("d", (1944 * Two(28)) - 1));
        yield return Case("MRG-025", "right-end", "2⁶⁰ from here on.", ("d", 1944 * Two(28)));
        yield return Case("MRG-027", "no-rate", "exp(0) = 1.", ("rateE12", 0), ("tau", 31_536_000));
        yield return Case("MRG-027", "five-percent-a-year", "exp(−0.05).", ("rateE12", 50_000_000_000), ("tau", 31_536_000));
        yield return Case("MRG-027", "largest-rate-two-years", "exp(−2).", ("rateE12", 1_000_000_000_000), ("tau", 63_072_000));
        yield return Case("MRG-027", "held-at-four", "exp(−4), whatever comes after.", ("rateE12", 1_000_000_000_000), ("tau", 315_360_000));
    }

    private static IEnumerable<Vector> Encodings()
    {
        yield return Case("MRG-001", "perpetual", "Underlying 1, nothing else.", ("instrument", new Instrument(1, 0, 0, Kind.Perpetual).Packed));
        yield return Case("MRG-001", "call", "A call at 2000.5.", ("instrument", new Instrument(2, Now, 20_005_000, Kind.Call).Packed));
        yield return Case("MRG-001", "largest", "Every field full.", ("instrument", new Instrument(65_535, Two(32) - 1, Two(40) - 1, Kind.Put).Packed));
        yield return Case("MRG-001", "perpetual-with-a-strike", "A field that its kind does not have.", ("instrument", new Instrument(1, 0, 1, Kind.Perpetual).Packed));
        yield return Case("MRG-001", "option-without-a-strike", "A call at nothing.", ("instrument", new Instrument(1, Now, 0, Kind.Call).Packed));
        yield return Case("MRG-001", "underlying-zero", "No underlying.", ("instrument", new Instrument(0, 0, 0, Kind.Perpetual).Packed));
        Checkpoint market = Market(Underlying(1, 1, Expiry(Day)));
        AccountInputs two = On(market, -5, Perpetual(-1.5m), Call(2, 2000, Day));
        yield return Account("MRG-002", "two-positions-and-debt", "Negative cash and a negative size in zig-zag form.", two);
        yield return Account("MRG-002", "empty", "The state of an account that was never touched.", On(market, 0));
        Vector good = Account("MRG-002", "sizes-and-order", string.Empty, two);
        foreach ((string name, string about, Func<byte[], byte[]> spoil) in new (string, string, Func<byte[], byte[]>)[]
        {
            ("one-byte-short", "Not whole words.", bytes => bytes[..^1]),
            ("unsorted", "Two positions the wrong way round.", bytes => [.. bytes[..64], .. bytes[96..128], .. bytes[64..96]]),
            ("twice-the-same", "The same position twice.", bytes => [.. bytes[..96], .. bytes[64..96]]),
            ("size-zero", "A position of size zero.", bytes => [.. bytes[..76], .. new byte[8], .. bytes[84..]]),
            ("spare-bits", "A spare bit of the second word is set.", bytes => [.. bytes[..63], 1, .. bytes[64..]]),
            ("other-format", "Format 2.", bytes => [.. bytes[..28], 2, .. bytes[29..]]),
        })
        {
            JsonObject inputs = good.Inputs.DeepClone().AsObject();
            inputs["state"] = AccountJson.Hex(spoil(AccountJson.Bytes(inputs["state"])));
            yield return new Vector("MRG-002", name, about, inputs, []);
        }

        yield return Account("MRG-003", "largest-size-and-cash", "2⁵³ of a perpetual, cash at its bound.", new AccountInputs(
            AccountState.Of(Two(100) - 1, Perpetual(1) with { SizeE8 = Two(53), CostE8 = Two(95) - 1 }), [], market, Choice.Present));
        yield return Account("MRG-004", "two-underlyings-three-tokens", "Every field of header, collateral, underlying and expiry.", new AccountInputs(
            AccountState.Of(0, Perpetual(1), Call(1, 2100, Hour, 2)), [new Balance(0, 1_000_000), new Balance(1, Ten(18)), new Balance(2, Ten(8))],
            Market(Underlying(1, 1, Expiry(Day)), Underlying(2, 2, Expiry(Hour), Expiry(7 * Day)) with { SpreadE8 = 100_000_000, OpenInterestE8 = Ten(12), CumulativeFundingE8 = -5 }), Choice.Present));
        yield return Account("MRG-005", "a-token-that-the-checkpoint-lacks", "CollateralMissing.", two with { Balances = [new Balance(9, 1)] });
        yield return Account("MRG-005", "an-expiry-that-the-record-lacks", "ExpiryMissing.", On(market, 0, Call(1, 2000, Hour)));
        yield return Account("MRG-005", "an-underlying-that-was-not-brought", "UnderlyingMissing.", On(market, 0, Perpetual(1, 2)));
        yield return Account("MRG-010", "every-bound-at-once", "Largest spot, forward, range, shocks and charges.", Edge());
        foreach ((string name, string about, BigInteger tau, BigInteger spotE8, BigInteger sumE8, BigInteger covered, BigInteger remaining, BigInteger forwardE8, BigInteger publishedE8) in new (string, string, BigInteger, BigInteger, BigInteger, BigInteger, BigInteger, BigInteger, BigInteger)[]
        {
            ("outside-the-window", "Spot 2100 against 2000 at publication lifts a forward of 2010 to 2110.5.", 1801, E8(2100), 0, 0, 1800, E8(2010), E8(2000)),
            ("held-at-the-bound", "A forward beyond 2⁴⁹.", 10_000, Two(48), 0, 0, 1800, Two(49), 1),
            ("as-the-window-opens", "Nothing of it yet: spot.", 1800, E8(2100), 0, 0, 1800, 1, 1),
            ("half-way-through", "900 seconds at 2000, 900 to come at 2100.", 900, E8(2100), E8(2000) * 900, 900, 900, 1, 1),
            ("half-of-it-unseen", "600 seconds at 2000, 600 nobody saw, 600 to come at 2100: half and half.", 600, E8(2100), E8(2000) * 600, 600, 600, 1, 1),
            ("too-little-to-be-had", "600 seconds at 100 000, a minute left: the half hour after the expiry will count, too.", 60, E8(91_000), E8(100_000) * 600, 600, 1860, 1, 1),
            ("after-the-expiry", "600 seconds before it and 100 after it, 1700 to come.", 0, E8(91_000), (E8(100_000) * 600) + (E8(90_500) * 100), 700, 1700, 1, 1),
            ("nothing-to-come", "Fixed: the price of one second.", 0, E8(2100), E8(1999), 1, 0, 1, 1),
            ("one-second-to-come", "Follows by two parts of 1800, rounded up.", 1, E8(2100), E8(2000) * 1000, 1000, 1, 1, 1),
        })
        {
            yield return Case("MRG-011", name, about, ("tau", tau), ("spotE8", spotE8), ("sumE8", sumE8), ("covered", covered), ("remaining", remaining), ("publishedForwardE8", forwardE8), ("publishedSpotE8", publishedE8));
        }

        yield return Case("MRG-013", "no-growth-without-a-threshold", "Threshold 0.", ("haircutBaseE8", 5_000_000), ("haircutMaxE8", 25_000_000), ("totalE8", Two(70)), ("thresholdE8", 0));
        yield return Case("MRG-013", "grows-with-the-total", "1.8 times the threshold: 9 %.", ("haircutBaseE8", 5_000_000), ("haircutMaxE8", 25_000_000), ("totalE8", 9000), ("thresholdE8", 5000));
        yield return Case("MRG-013", "up-to-the-most", "100 times the threshold: 25 %.", ("haircutBaseE8", 5_000_000), ("haircutMaxE8", 25_000_000), ("totalE8", 500_000), ("thresholdE8", 5000));
    }

    private static AccountInputs Edge()
    {
        var parameters = new RiskParameters(32_000_000, 200_000_000, 500_000_000, 100_000_000, 100_000_000, 100_000_000, 100_000_000, 100_000_000, 100_000_000, 100_000_000, 100_000_000, 10_000_000, 100_000_000);
        var surface = new Surface(Two(49), Two(49), Two(53), Two(52), 100_000_000, 600_000_000, 600_000_000);
        UnderlyingRecord record = Underlying(1, 255, Expiry(10 * Day) with { Present = surface, Delayed = surface }) with
        {
            SpotE8 = Two(48),
            PerpetualMarkE8 = Two(48),
            SpreadE8 = Two(48),
            OpenInterestE8 = Two(62),
            AverageSpotE8 = Two(48),
            CumulativeFundingE8 = -Two(62),
            DepthE8 = Ten(8),
            Parameters = parameters,
        };
        return new AccountInputs(
            AccountState.Of(-Two(100) + 1, [Perpetual(1) with { SizeE8 = -Two(53) }, Call(1, 1000, 10 * Day) with { SizeE8 = -Two(53) }, Put(1, 109_951_162.7775m, 10 * Day) with { SizeE8 = Two(53) }]),
            [new Balance(1, Two(128) - 1), new Balance(2, Two(128) - 1)],
            Market(record) with { InitialFactorE8 = 300_000_000, Collaterals = [new CollateralRecord(0, 0, 0, 100_000_000, 0), new CollateralRecord(1, 1, 0, 100_000_000, Two(48)), new CollateralRecord(2, 0, 0, 100_000_000, Two(48))] }, Choice.Present);
    }

    private static IEnumerable<Vector> Values()
    {
        Surface higher = Flat(2000, 80);
        ExpiryRecord moved = Expiry(Day) with { Delayed = higher };
        AccountInputs straddle = On(Market(Underlying(1, 1, moved)), 0, Call(-1, 2000, Day), Put(-1, 2000, Day));
        yield return Account("MRG-012", "better-keeps-the-lower-volatility-of-a-short", "A short straddle; the delayed surface has 80 %.", straddle with { Choice = Choice.Better });
        yield return Account("MRG-012", "worse-takes-the-higher-volatility-of-a-short", "The same for a withdrawal.", straddle with { Choice = Choice.Worse });
        yield return Account("MRG-012", "present-on-a-tie", "A future whose forward is the same on both.", On(Market(Underlying(1, 1, moved)), 0, Future(1, Day)) with { Choice = Choice.Better });
        yield return Account("MRG-012", "each-expiry-by-itself", "One expiry takes the delayed, the other the present one.", On(Market(Underlying(1, 1, moved, Expiry(2 * Day) with { Delayed = Flat(2000, 40) })), 0, Call(-1, 2000, Day), Call(-1, 2000, 2 * Day)) with { Choice = Choice.Worse });
        foreach ((string name, string about, BigInteger tau) in new (string, string, BigInteger)[]
        {
            ("one-month", "The usual case.", 30 * Day), ("two-years", "The far end.", 730 * Day), ("one-minute", "The first second with a volatility.", 60), ("under-a-minute", "Intrinsic.", 59),
            ("in-the-settlement-window", "A range of half.", 900), ("expired", "The payoff at the settlement price.", -Day),
        })
        {
            yield return Account("MRG-026", name, about, On(Market(Underlying(1, 1, Expiry(tau))), 0, Call(1, 2100, tau), Put(1, 2100, tau)));
        }

        foreach ((string name, string about, BigInteger tau, BigInteger followSeconds) in new (string, string, BigInteger, BigInteger)[]
        {
            ("half-of-the-window-unseen", "600 seconds to its expiry and 600 seen: half of it follows, and the range is half.", 600, 900),
            ("expired-and-not-fixed", "The payoff at a forward of which 1361 parts of 1800 follow the spot still: it is asked for margin.", -Hour, 1361),
        })
        {
            yield return Account("MRG-026", name, about, On(Market(Underlying(1, 1, Expiry(tau) with { FollowSeconds = followSeconds })), 0, Call(1, 2100, tau), Put(-2, 1990, tau), Future(1, tau)));
        }

        yield return Account("MRG-026", "far-out-of-the-money", "May come out a few units below zero.", On(Market(Underlying(1, 1, Expiry(7 * Day))), 0, Call(1, 16_000, 7 * Day), Put(1, 250, 7 * Day)));
        yield return Account("MRG-026", "left-far-behind", "K/F of 10,000 at 100 % over four years: beyond e⁶ the value is held between intrinsic and forward.", On(Market(Underlying(1, 1, Expiry(1460 * Day, 100, 1))), 0, Call(1, 10_000, 1460 * Day), Put(1, 10_000, 1460 * Day)));
        yield return Account("MRG-026", "discounted", "A discount of 0.9.", On(Market(Underlying(1, 1, Expiry(365 * Day) with { DiscountE12 = 900_000_000_000 })), 0, Call(1, 2100, 365 * Day), Put(1, 2100, 365 * Day)));
        yield return Account("MRG-028", "perpetual-and-future", "Linear in the node, independent of volatility.", On(Market(Underlying(1, 1, Expiry(30 * Day, 60, 2010))), 0, Perpetual(1), Future(1, 30 * Day)));
        yield return new Vector("MRG-030", "grid", "All 37: q, v, w.", [], []);
    }

    private static IEnumerable<Vector> Scenarios()
    {
        Checkpoint one = Market(Underlying(1, 1, Expiry(2 * Hour), Expiry(Day), Expiry(8 * Day), Expiry(30 * Day)));
        yield return Account("MRG-031", "one-perpetual-long", "Loses 4·4 % of 2000 = 320 at q = −4: 320·24 in 24ths.", On(one, 1000, Perpetual(1, cost: 2000)));
        yield return Account("MRG-031", "covered-call", "One WETH against one short call.", On(one, 0, Call(-1, 2200, 30 * Day)) with { Balances = [new Balance(1, Ten(18))] });
        yield return Account("MRG-031", "tail-binds", "Short far calls lose most at +12 R, weighted 1/24.", On(one, 0, Call(-1, 5000, 30 * Day), Perpetual(0.05m)));
        Position[] butterfly = [Call(-10, 2040, 2 * Hour), Call(20, 2060, 2 * Hour), Call(-10, 2080, 2 * Hour)];
        yield return Account("MRG-032", "short-butterfly-inside-an-interval", "Nothing lost at a node, 20 a unit at 2060. The three kinks lie between q = 0 and q = 1.", On(one, 0, butterfly));
        yield return Account("MRG-032", "long-butterfly-inside-an-interval", "The same, bought: loses its premium.", On(one, 0, [.. butterfly.Select(position => position with { SizeE8 = -position.SizeE8 })]));
        yield return Account("MRG-032", "wings-worth-nothing-lend-nothing", "A short call hedged at the next node by the time value of many far ones.", On(one, 0, Call(-1, 2080, 2 * Hour), Call(200, 2165, 2 * Hour)));
        yield return Account("MRG-032", "eight-days-at-low-volatility", "Narrow because of its volatility, not its days.", On(Market(Underlying(1, 1, Expiry(8 * Day, 8))), 0, Call(-10, 2040, 8 * Day), Call(20, 2060, 8 * Day), Call(-10, 2080, 8 * Day)));
        yield return Account("MRG-032", "wide-options-have-no-kink", "30 days at 60 %: none is narrow.", On(one, 0, Call(-10, 2040, 30 * Day), Call(20, 2060, 30 * Day), Call(-10, 2080, 30 * Day)));
        yield return Account("MRG-032", "kink-on-a-node", "2080 is q = 1 exactly: no kink inside, but its hump counts on both sides.", On(one, 0, Call(-1, 2080, 2 * Hour), Call(1, 2100, 2 * Hour)));
        yield return Account("MRG-032", "in-the-settlement-window", "The range is half as wide, and so are the nodes.", On(Market(Underlying(1, 1, Expiry(900))), 0, Call(-10, 2010, 900), Call(20, 2020, 900), Call(-10, 2030, 900)));
        yield return Account("MRG-032", "under-a-minute", "Intrinsic: narrow at every shock, no hump.", On(Market(Underlying(1, 1, Expiry(30))), 0, Call(-10, 2000.1m, 30), Call(20, 2000.5m, 30), Call(-10, 2000.9m, 30)));
        yield return Account("MRG-032", "two-expiries", "A long strike of today against a short one of tomorrow.", On(one, 0, Call(-10, 2060, Day), Call(10, 2060, 2 * Hour)));
        Checkpoint pair = Market(Underlying(1, 1, Expiry(2 * Hour)), Underlying(2, 1, Expiry(2 * Hour)));
        Checkpoint apart = Market(Underlying(1, 1, Expiry(2 * Hour)), Underlying(2, 2, Expiry(2 * Hour)));
        yield return Account("MRG-033", "hedged-in-one-group", "Long one, short the other: the netting floor binds.", On(pair, 0, Perpetual(1), Perpetual(-1, 2)));
        yield return Account("MRG-033", "hedged-in-two-groups", "The same in two groups: no netting.", On(apart, 0, Perpetual(1), Perpetual(-1, 2)));
        yield return Account("MRG-033", "unequal-netting-floors", "Long one, short the other, each with its own netting floor.", On(UnequalFloors(), 0, Perpetual(1), Perpetual(-1, 2)));
        yield return Account("MRG-033", "kinks-of-two-underlyings-together", "A butterfly of one hidden behind its own crash, which the other hedges.", On(pair, 0, [.. butterfly, Put(-1, 1700, 2 * Hour), Put(1, 1700, 2 * Hour, 2)]));
        yield return Account("MRG-033", "short-minimum-binds", "Far short options that lose next to nothing.", On(one, 0, Call(-1, 9000, 2 * Hour)));
    }

    /// <summary>Two underlyings of one group with netting floors of 0.5 and 0.6.</summary>
    private static Checkpoint UnequalFloors()
    {
        UnderlyingRecord other = Underlying(2, 1, Expiry(2 * Hour));
        return Market(Underlying(1, 1, Expiry(2 * Hour)), other with { Parameters = other.Parameters with { NettingFloorE8 = 60_000_000 } });
    }

    private static IEnumerable<Vector> AddOns()
    {
        Checkpoint market = Market(Underlying(1, 1, Expiry(Day, 60, 2000), Expiry(90 * Day, 60, 2040)));
        AccountInputs none = On(market, 0);
        yield return Account("MRG-040", "settlement-token-spot-and-other", "100 dollars, 2 of spot at 2000, 3 of a token at 10.", none with { Balances = [new Balance(0, 100_000_000), new Balance(1, 2 * Ten(18)), new Balance(2, 3 * Ten(8))] });
        yield return Account("MRG-040", "dust", "One base unit of 18 decimals: rounds to nothing.", none with { Balances = [new Balance(1, 1)] });
        yield return Account("MRG-040", "largest-amount", "2¹²⁸ − 1 base units: held at 2⁵³ of spot.", none with { Balances = [new Balance(1, Two(128) - 1)] });
        yield return Account("MRG-041", "three-buckets", "Perpetual, spot and two expiries.", On(market, 0, Perpetual(-3), Future(1, 90 * Day), Call(2, 2000, Day)) with { Balances = [new Balance(1, Ten(18))] });
        yield return Account("MRG-042", "hedged-across-expiries", "A perpetual against a future of 90 days: 0.4 % and 7.5 % a year.", On(market, 0, Perpetual(1), Future(-1, 90 * Day)));
        yield return Account("MRG-042", "one-sided", "Nothing hedged: no basis.", On(market, 0, Perpetual(1), Future(1, 90 * Day)));
        yield return Account("MRG-043", "small", "One unit against a depth of 5000.", On(market, 0, Perpetual(1)));
        yield return Account("MRG-043", "at-the-cap", "100,000 units: held at 10 %.", On(market, 0, Perpetual(100_000)));
        yield return Account("MRG-043", "crowded", "Open interest of a million units counts 5 %.", On(Market(market.Underlyings[0] with { OpenInterestE8 = Ten(14) }), 0, Perpetual(1)));
        yield return Account("MRG-044", "risk-reversal", "Long above, short below: both sides count.", On(market, 0, Put(-1, 1800, 90 * Day), Call(1, 2300, 90 * Day)));
        yield return Account("MRG-044", "stale-by-half-a-day", "The charge of initial margin has risen from 0.10 by half the way to 1.", On(Market(Underlying(1, 1, Expiry(90 * Day) with { SurfaceTime = Now - 600 - 43_200 })), 0, Call(-1, 2300, 90 * Day)));
        yield return Account("MRG-045", "box", "A box is a loan.", On(market, 0, Call(1, 1800, 90 * Day), Put(-1, 1800, 90 * Day), Call(-1, 2200, 90 * Day), Put(1, 2200, 90 * Day)));
    }

    private static IEnumerable<Vector> Totals()
    {
        Checkpoint market = Market(Underlying(1, 1, Expiry(Day), Expiry(30 * Day)) with { SpreadE8 = 50_000_000, CumulativeFundingE8 = 300_000_000, PerpetualMarkE8 = 200_100_000_000 });
        AccountInputs mixed = On(market, 5000, Perpetual(-2, cost: -3990), Future(1, 30 * Day, cost: 1990), Call(-3, 2100, Day), Put(4, 1900, 30 * Day)) with { Balances = [new Balance(1, Ten(18)), new Balance(2, 5 * Ten(8))] };
        yield return Account("MRG-050", "all-kinds", "A perpetual less its funding, a future, options, two tokens.", mixed);
        yield return Account("MRG-050", "nothing", "An empty account.", On(market, 0));
        yield return Account("MRG-051", "all-kinds", "Every term of the maintenance margin.", mixed);
        yield return Account("MRG-052", "spread-counts-the-net", "0.5 on 2000 of the net delta on top.", On(market, 5000, Perpetual(-2, cost: -4000)));
        yield return Account("MRG-052", "spread-without-the-collateral-of-a-long", "A long of 2 beside a token of collateral: 2 count.", On(market, 5000, Perpetual(2, cost: 4000)) with { Balances = [new Balance(1, Ten(18))] });
        yield return Account("MRG-052", "spread-beyond-the-cover-of-a-short", "A short of 2 of which a token covers 1: 1 counts.", On(market, 5000, Perpetual(-2, cost: -4000)) with { Balances = [new Balance(1, Ten(18))] });
        yield return Account("MRG-052", "spread-under-cover", "A short of 2 that three tokens cover: none counts.", On(market, 5000, Perpetual(-2, cost: -4000)) with { Balances = [new Balance(1, 3 * Ten(18))] });
        yield return Account("MRG-052", "spread-of-collateral-alone", "Collateral alone: none.", On(market, 5000) with { Balances = [new Balance(1, Ten(18))] });
        yield return Account("MRG-053", "covered-call-apart", "A call and its cover, each alone.", On(market, 0, Call(-1, 2100, 30 * Day)) with { Balances = [new Balance(1, Ten(18))] });
        yield return Account("MRG-054", "cheap-long-options", "A wing worth nothing counts half the short minimum.", On(market, 0, Call(10, 12_000, Day)));
        yield return Account("MRG-054", "dear-long-options", "At most the floor rate of spot.", On(market, 0, Call(10, 1500, 30 * Day)));
        yield return Account("MRG-054", "expired-long-options", "No least value once expired.", On(Market(Underlying(1, 1, Expiry(-Day))), 0, Call(10, 12_000, -Day)));
        yield return Account("MRG-055", "options-at-their-cautious-marks", "Long at intrinsic, short at the mark.", On(market, 0, Call(1, 1900, 30 * Day), Call(-1, 1950, 30 * Day)));
        yield return Account("MRG-056", "all-kinds", "The least cash of a mixed account.", mixed);
        AccountReport report = AccountRules.Evaluate(mixed);
        yield return Account("MRG-057", "best", "The witness that shows all of it.", mixed, WitnessRules.Best(report));
        AccountInputs unequal = On(UnequalFloors(), 0, Perpetual(1), Perpetual(-1, 2));
        yield return Account("MRG-057", "unequal-netting-floors", "Each loss by the netting floor of its underlying.", unequal, WitnessRules.Best(AccountRules.Evaluate(unequal)));
        yield return Account("MRG-057", "a-scenario-without-add-ons", "A crash by the whole range.", mixed, [0, 0, 0]);
        yield return Account("MRG-057", "netting-floor", "Half of the worst of each underlying.", mixed, [1, 24, 1]);
        yield return Account("MRG-057", "short-minimum", "The third branch.", mixed, [2, 1]);
        yield return Account("MRG-057", "kink-of-a-position", "The short call of a day, position 2.", mixed, [0, 65, 0]);
        yield return Account("MRG-057", "node", "The node q = 2 with narrow options at their intrinsic value.", mixed, [0, 192 + 8, 0]);
        yield return Account("MRG-057", "unknown-branch", "WitnessMalformed.", mixed, [3, 0]);
        yield return Account("MRG-057", "too-long", "WitnessMalformed.", mixed, [2, 1, 0]);
        yield return Account("MRG-057", "perpetual-has-no-kink", "WitnessMalformed.", mixed, [0, 64, 0]);
        foreach ((string name, Position fill) in new[] { ("perpetual", Perpetual(3)), ("short-call", Call(-2, 2100, Day)), ("long-put", Put(2, 1900, 30 * Day)), ("future", Future(-1, 30 * Day)) })
        {
            yield return new Vector("MRG-058", name, "The most that this fill can raise the initial margin by.", new JsonObject
            {
                ["instrument"] = fill.Instrument.Packed.ToString(),
                ["sizeE8"] = fill.SizeE8.ToString(),
                ["market"] = AccountJson.Write(On(market, 0)),
            }, []);
        }
    }
}
