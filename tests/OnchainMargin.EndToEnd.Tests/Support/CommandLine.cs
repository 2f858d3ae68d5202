using System.Text.Json;
using OnchainMargin.Cli;
using OnchainMargin.Ethereum.Keys;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>The command line as a user has it, with a key file and JSON for an answer.</summary>
public static class CommandLine
{
    public static async Task<JsonElement> RunAsync(Deployed world, PrivateKey key, params string[] arguments)
    {
        (int code, string output, string error) = await TryAsync(world, key, arguments);
        Assert.True(code == 0, error);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    /// <summary>What it says when it refuses.</summary>
    public static async Task<string> RefusalAsync(Deployed world, PrivateKey key, params string[] arguments)
    {
        (int code, _, string error) = await TryAsync(world, key, arguments);
        Assert.NotEqual(0, code);
        return error;
    }

    private static async Task<(int Code, string Output, string Error)> TryAsync(Deployed world, PrivateKey key, string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(key);
        string keyFile = Path.Combine(world.Folder, $"{key.Address}.key");
        await File.WriteAllTextAsync(keyFile, Deployed.DigitsOf(key));
        using StringWriter output = new(), error = new();
        int code = await Omargin.RunAsync([.. arguments, "--json", "--rpc", world.Chain.Url, "--deployment", world.DeploymentPath, .. IsRead(arguments) ? (string[])[] : ["--key-file", keyFile]], output, error);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>What takes no key.</summary>
    private static bool IsRead(string[] arguments) => arguments is ["attester", "fees", ..] or ["account", "show" or "list", ..] or ["health", ..] or ["params", ..];
}
