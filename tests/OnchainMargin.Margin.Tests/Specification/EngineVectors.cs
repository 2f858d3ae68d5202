using System.Numerics;
using System.Text.Json.Nodes;
using OnchainMargin.Oracle;
using Vector = OnchainMargin.Oracle.Vector;

namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>What the engine says of a vector of the kernel or an encoding, under the names that the vector's expected part uses.</summary>
internal static class EngineVectors
{
    public static JsonObject Evaluate(Vector vector) => vector.Rule switch
    {
        "MRG-001" => ReadInstrument(vector),
        "MRG-011" => ReadForward(vector),
        "MRG-013" => One("haircutE8", Haircuts.HaircutUp(N(vector, "haircutBaseE8"), N(vector, "haircutMaxE8"), (Int128)vector.Number("thresholdE8"), (Int128)vector.Number("totalE8"))),
        "MRG-020" => One("root", Margin.Kernel.Isqrt((UInt128)vector.Number("a"))),
        "MRG-021" => One("lnQ32", Margin.Kernel.Ln(N(vector, "n"), N(vector, "d"))),
        "MRG-022" => ReadVolatility(vector),
        "MRG-023" => ReadShocks(vector),
        "MRG-024" => ReadDeviation(vector),
        "MRG-025" => One("normalQ60", NormalTable.P(N(vector, "d"))),
        "MRG-027" => One("discountE12", Discounts.Discount(N(vector, "rateE12"), N(vector, "tau"))),
        "MRG-030" => new JsonObject
        {
            ["scenarios"] = new JsonArray([.. Enumerable.Range(0, Scenarios.Count).Select(Scenarios.Scenario).Select(s => (JsonNode)$"{s.Quarters} {s.Volatility} {s.Weight24}")]),
        },
        "MRG-058" => ReadHeadroom(vector),
        _ => throw new InvalidOperationException($"{vector}: the engine has no function for vectors of this shape."),
    };

    private static long N(Vector vector, string key) => (long)vector.Number(key);

    private static JsonObject One(string name, BigInteger value) => new() { [name] = value.ToString() };

    private static JsonObject ReadForward(Vector vector)
    {
        (long forwardE8, long followSeconds) = N(vector, "tau") > Forwards.WindowSeconds
            ? (Forwards.OutsideWindow(N(vector, "spotE8"), N(vector, "publishedForwardE8"), N(vector, "publishedSpotE8")), Forwards.WindowSeconds)
            : Forwards.InsideWindow(N(vector, "spotE8"), new WindowReading((Int128)vector.Number("sumE8"), N(vector, "covered"), N(vector, "remaining")));
        return new JsonObject { ["forwardE8"] = forwardE8.ToString(), ["followSeconds"] = followSeconds.ToString() };
    }

    private static JsonObject ReadInstrument(Vector vector)
    {
        Instrument instrument = Instrument.Unpack((UInt128)vector.Number("instrument"));
        return !instrument.IsValid ? new JsonObject { ["error"] = nameof(MarginError.InstrumentInvalid) } : new JsonObject
        {
            ["underlying"] = instrument.Underlying.ToString(),
            ["expiry"] = instrument.Expiry.ToString(),
            ["strikeE4"] = instrument.StrikeE4.ToString(),
            ["strikeE8"] = ((BigInteger)instrument.StrikeE4 * 10_000).ToString(),
            ["kind"] = ((int)instrument.Kind).ToString(),
            ["packed"] = instrument.Packed.ToString(),
        };
    }

    private static JsonObject ReadVolatility(Vector vector)
    {
        var surface = new Surface(1, N(vector, "publishedForwardE8"), N(vector, "aE12"), N(vector, "bE12"), (int)N(vector, "rhoE8"), (int)N(vector, "mE8"), N(vector, "sigmaE8"));
        long kRaw = Margin.Kernel.Ln(N(vector, "strikeE8"), surface.PublishedForwardE8);
        return new JsonObject { ["kRawQ32"] = kRaw.ToString(), ["volQ32"] = new Smile(surface).AtStrike(kRaw).ToString() };
    }

    private static JsonObject ReadShocks(Vector vector)
    {
        long shift = Volatility.Shift((uint)N(vector, "volRangeE8"), N(vector, "tau"));
        return new JsonObject
        {
            ["kappaE8"] = Volatility.Kappa(N(vector, "tau")).ToString(),
            ["downQ32"] = Volatility.Down(N(vector, "volQ32"), shift).ToString(),
            ["sameQ32"] = N(vector, "volQ32").ToString(),
            ["upQ32"] = Volatility.Up(N(vector, "volQ32"), shift, (uint)N(vector, "volUpFloorE8")).ToString(),
        };
    }

    private static JsonObject ReadDeviation(Vector vector)
    {
        long rootTau = Deviation.RootTau(N(vector, "tau"));
        long cells = Deviation.Cells(N(vector, "volQ32"), rootTau);
        return new JsonObject { ["rootTauQ40"] = rootTau.ToString(), ["deviationQ28"] = cells.ToString(), ["inverse"] = Deviation.Inverse(cells).ToString() };
    }

    private static JsonObject ReadHeadroom(Vector vector)
    {
        AccountInputs inputs = AccountJson.Read(vector.Inputs["market"]!.AsObject());
        Assert.Equal(MarginError.None, Headroom.Rise(
            Instrument.Unpack((UInt128)vector.Number("instrument")), N(vector, "sizeE8"), EngineAccount.Market(inputs.Checkpoint), (SurfaceChoice)(int)inputs.Choice, out Int128 rise));
        return One("riseE8", (BigInteger)rise);
    }
}
