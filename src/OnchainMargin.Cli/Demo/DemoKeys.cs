using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;

namespace OnchainMargin.Cli.Demo;

/// <summary>Keys for a chain that holds no value: made from names, so that a person can use them too.</summary>
internal static class DemoKeys
{
    /// <summary>The key of a name, as hexadecimal text.</summary>
    public static string Text(string name) => Keccak256.HashUtf8($"OnchainMargin demo {name}").ToString();

    /// <summary>The key of a name.</summary>
    public static PrivateKey Of(string name) => PrivateKey.Parse(Text(name), $"the demo's key of {name}");
}
