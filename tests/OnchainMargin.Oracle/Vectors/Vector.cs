using System.Text.Json.Nodes;

namespace OnchainMargin.Oracle;

/// <summary>One case of spec/vectors: what goes in, and every number that comes out on the way. All numbers are decimal strings, all bytes hexadecimal.</summary>
public sealed record Vector(string Rule, string Name, string About, JsonObject Inputs, JsonObject Expected)
{
    /// <summary>An input as a number.</summary>
    public System.Numerics.BigInteger Number(string key) => System.Numerics.BigInteger.Parse(Inputs[key]!.GetValue<string>());

    /// <summary>An expected number.</summary>
    public System.Numerics.BigInteger Out(string key) => System.Numerics.BigInteger.Parse(Expected[key]!.GetValue<string>());

    /// <inheritdoc/>
    public override string ToString() => $"{Rule}/{Name}";
}
