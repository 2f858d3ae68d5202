using System.Numerics;
using System.Text.Json.Nodes;

namespace OnchainMargin.Oracle;

/// <summary>Account inputs in a vector: the very bytes that the contracts take, beside a line for each position that a person can read.</summary>
public static class AccountJson
{
    /// <summary>Account inputs as JSON.</summary>
    public static JsonObject Write(AccountInputs inputs) => new()
    {
        ["account"] = new JsonArray([.. inputs.State.Positions.Select(position => (JsonNode)Describe(position, inputs.Checkpoint.Time)), .. inputs.Balances.Select(balance => (JsonNode)$"{balance.AmountRaw} of token {balance.Token}")]),
        ["choice"] = inputs.Choice.ToString(),
        ["state"] = Hex(StateEncoding.Pack(inputs.State)),
        ["balances"] = Hex(StateEncoding.Pack(inputs.Balances)),
        ["checkpoint"] = Hex(CheckpointEncoding.PackHead(inputs.Checkpoint)),
        ["records"] = new JsonArray([.. inputs.Checkpoint.Underlyings.Select(u => (JsonNode)Hex(CheckpointEncoding.Pack(u)))]),
    };

    /// <summary>Account inputs from JSON, through the bytes.</summary>
    public static AccountInputs Read(JsonObject json) => new(
        StateEncoding.Unpack(Bytes(json["state"])), StateEncoding.UnpackBalances(Bytes(json["balances"])),
        CheckpointEncoding.Unpack(Bytes(json["checkpoint"]), json["records"]!.AsArray().Select(Bytes)), Enum.Parse<Choice>(json["choice"]!.GetValue<string>()));

    /// <summary>Bytes as hexadecimal.</summary>
    public static string Hex(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Hexadecimal as bytes.</summary>
    public static byte[] Bytes(JsonNode? hex) => Convert.FromHexString(hex!.GetValue<string>()[2..]);

    /// <summary>The six figures and everything that adds up to them.</summary>
    public static JsonObject Figures(AccountReport report, AccountInputs inputs)
    {
        JsonObject json = new()
        {
            ["equityE8"] = Text(report.Equity),
            ["maintenanceE8"] = Text(report.Maintenance),
            ["initialE8"] = Text(report.Initial),
            ["floorE8"] = Text(report.Floor),
            ["floorEquityE8"] = Text(report.FloorEquity),
            ["leastCashE8"] = Text(report.LeastCash),
            ["standardE8"] = Text(AccountRules.Standard(inputs)),
            ["collateralValueE8"] = Text(report.CollateralValue),
            ["haircutE8"] = Text(report.Haircut),
            ["marksE8"] = new JsonArray([.. report.Marks.Select(mark => (JsonNode)Text(mark))]),
        };
        json["underlyings"] = new JsonArray([.. report.Underlyings.Select(u => (JsonNode)new JsonObject
        {
            ["underlying"] = Text(u.Record.Underlying),
            ["scenario24E8"] = Text(u.Scenario24),
            ["between24E8"] = Text(u.Between24),
            ["shortMinimumE8"] = Text(u.ShortMinimum),
            ["netE8"] = Text(u.Net),
            ["grossE8"] = Text(u.Gross),
            ["basisE8"] = Text(u.Basis),
            ["liquidityE8"] = Text(u.Liquidity),
            ["vegaE8"] = Text(u.Vega),
            ["staleE8"] = Text(u.Stale),
            ["rateE8"] = Text(u.Rate),
            ["spreadE8"] = Text(u.Spread),
            ["weighted24E8"] = new JsonArray([.. u.Weighted24.Select(n => (JsonNode)Text(n))]),
        })]);
        json["groups"] = new JsonArray([.. report.Groups.Select(group => (JsonNode)new JsonObject
        {
            ["group"] = Text(group.Group),
            ["joint24E8"] = Text(group.Joint24),
            ["loss24E8"] = Text(group.Loss24),
            ["shortMinimumE8"] = Text(group.ShortMinimum),
            ["maintenanceE8"] = Text(group.Maintenance),
        })]);
        return json;
    }

    internal static string Text(BigInteger value) => value.ToString();

    private static string Describe(Position position, BigInteger time)
    {
        Instrument i = position.Instrument;
        string when = i.Kind == Kind.Perpetual ? string.Empty : $" in {i.Expiry - time} s";
        string strike = i.IsOption ? $" at {(decimal)i.StrikeE4 / 10_000m}" : string.Empty;
        return $"{(decimal)position.SizeE8 / 100_000_000m} {i.Kind.ToString().ToLowerInvariant()} of underlying {i.Underlying}{strike}{when}";
    }
}
