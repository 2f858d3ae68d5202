using System.Numerics;
using System.Text.Json.Nodes;
using static OnchainMargin.Oracle.AccountJson;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>What the oracle says of a vector's inputs, by its rule.</summary>
public static class VectorEvaluator
{
    /// <summary>The expected part of a vector.</summary>
    public static JsonObject Evaluate(Vector vector)
    {
        try
        {
            return vector.Inputs.ContainsKey("state") ? Account(vector) : vector.Rule switch
            {
                "MRG-001" => Instrument(vector),
                "MRG-011" => Forward(vector),
                "MRG-013" => One("haircutE8", CheckpointRules.Haircut(N(vector, "haircutBaseE8"), N(vector, "haircutMaxE8"), N(vector, "totalE8"), N(vector, "thresholdE8"))),
                "MRG-020" => One("root", Root(N(vector, "a"))),
                "MRG-021" => One("lnQ32", KernelRules.Ln(N(vector, "n"), N(vector, "d"))),
                "MRG-022" => Volatility(vector),
                "MRG-023" => Shocks(vector),
                "MRG-024" => Deviation(vector),
                "MRG-025" => One("normalQ60", KernelRules.Normal(N(vector, "d"))),
                "MRG-027" => One("discountE12", KernelRules.Discount(N(vector, "rateE12"), N(vector, "tau"))),
                "MRG-030" => new JsonObject { ["scenarios"] = new JsonArray([.. Grid.Scenarios.Select(s => (JsonNode)$"{s.Q} {s.V} {s.W}")]) },
                "MRG-058" => One("riseE8", Rise(vector)),
                _ => throw new InvalidOperationException($"{vector}: no vectors of this shape are known for the rule."),
            };
        }
        catch (SpecException error)
        {
            return new JsonObject { ["error"] = error.Name };
        }
    }

    private static BigInteger N(Vector vector, string key) => vector.Number(key);

    private static JsonObject One(string name, BigInteger value) => new() { [name] = Text(value) };

    private static JsonObject Forward(Vector vector)
    {
        (BigInteger forwardE8, BigInteger followSeconds) = CheckpointRules.Forward(
            N(vector, "tau"), N(vector, "spotE8"), N(vector, "sumE8"), N(vector, "covered"), N(vector, "remaining"), N(vector, "publishedForwardE8"), N(vector, "publishedSpotE8"));
        return new JsonObject { ["forwardE8"] = Text(forwardE8), ["followSeconds"] = Text(followSeconds) };
    }

    private static JsonObject Instrument(Vector vector)
    {
        Instrument instrument = StateEncoding.UnpackInstrument(N(vector, "instrument"));
        return new JsonObject
        {
            ["underlying"] = Text(instrument.Underlying),
            ["expiry"] = Text(instrument.Expiry),
            ["strikeE4"] = Text(instrument.StrikeE4),
            ["strikeE8"] = Text(instrument.StrikeE8),
            ["kind"] = Text((int)instrument.Kind),
            ["packed"] = Text(instrument.Packed),
        };
    }

    private static JsonObject Volatility(Vector vector)
    {
        var surface = new Surface(1, N(vector, "publishedForwardE8"), N(vector, "aE12"), N(vector, "bE12"), N(vector, "rhoE8"), N(vector, "mE8"), N(vector, "sigmaE8"));
        BigInteger kRaw = KernelRules.LogStrike(N(vector, "strikeE8"), surface);
        return new JsonObject { ["kRawQ32"] = Text(kRaw), ["volQ32"] = Text(KernelRules.Volatility(kRaw, surface)) };
    }

    private static JsonObject Shocks(Vector vector)
    {
        BigInteger kappa = KernelRules.Kappa(N(vector, "tau"));
        var parameters = new RiskParameters(0, N(vector, "volRangeE8"), N(vector, "volUpFloorE8"), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        BigInteger Shocked(int v) => KernelRules.Shocked(N(vector, "volQ32"), kappa, parameters, v);
        return new JsonObject { ["kappaE8"] = Text(kappa), ["downQ32"] = Text(Shocked(-1)), ["sameQ32"] = Text(Shocked(0)), ["upQ32"] = Text(Shocked(1)) };
    }

    private static JsonObject Deviation(Vector vector)
    {
        BigInteger rootTau = KernelRules.RootTau(N(vector, "tau"));
        BigInteger deviation = KernelRules.Deviation(N(vector, "volQ32"), rootTau);
        return new JsonObject { ["rootTauQ40"] = Text(rootTau), ["deviationQ28"] = Text(deviation), ["inverse"] = Text(KernelRules.Inverse(deviation)) };
    }

    private static BigInteger Rise(Vector vector)
    {
        AccountInputs inputs = Read(vector.Inputs["market"]!.AsObject());
        return HeadroomRules.Rise(StateEncoding.UnpackInstrument(N(vector, "instrument")), N(vector, "sizeE8"), inputs.Checkpoint, inputs.Choice);
    }

    private static JsonObject Account(Vector vector)
    {
        AccountInputs inputs = Read(vector.Inputs);
        AccountReport report = AccountRules.Evaluate(inputs);
        JsonObject expected = Figures(report, inputs);
        switch (vector.Rule)
        {
            case "MRG-026" or "MRG-028":
                expected["values"] = Values(inputs);
                break;
            case "MRG-032" or "MRG-033":
                expected["kinks"] = new JsonArray([.. report.Underlyings.SelectMany(u => u.Kinks).Select(kink => (JsonNode)
                    $"position {kink.Position}: y {kink.Y}, weight {kink.Weight}, narrow {string.Join(' ', kink.Narrow)}, hump {string.Join(' ', kink.HumpE8)}")]);
                expected["nodes24E8"] = new JsonArray([.. report.Underlyings.Select(u => (JsonNode)string.Join(' ', u.Between24Nodes))]);
                break;
            case "MRG-057":
                expected["witnessE8"] = Text(WitnessRules.Maintenance(inputs, Bytes(vector.Inputs["witness"])));
                break;
            default:
                break;
        }

        return expected;
    }

    /// <summary>Each position at the 37 scenarios on the present surface.</summary>
    private static JsonArray Values(AccountInputs inputs) => [.. inputs.State.Positions.Select(position =>
    {
        UnderlyingRecord record = inputs.Checkpoint.Underlyings.First(u => u.Underlying == position.Instrument.Underlying);
        ExpiryRecord? expiry = record.Expiries.FirstOrDefault(e => e.Expiry == position.Instrument.Expiry);
        return (JsonNode)string.Join(' ', new Valuation(position.Instrument, inputs.Checkpoint.Time, record, expiry, expiry?.Present).Values);
    })];
}
