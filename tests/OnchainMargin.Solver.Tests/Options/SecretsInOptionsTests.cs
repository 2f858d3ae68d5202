using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Tests.Options;

/// <summary>A secret that stands where its name belongs, or in an address, is in no message: messages are logged, and shown to whoever helps.</summary>
public sealed class SecretsInOptionsTests
{
    private const string Key = "a234567812345678123456781234567812345678123456781234567812345678";
    private const string Password = "hunter2";

    [Theory]
    [InlineData("relay:key:variable", "0x" + Key, Key, "relay:key:variable is no name of an environment variable")]
    [InlineData("relay:key:variable", Key, Key, "relay:key:variable is no name of an environment variable")]
    [InlineData("relay:key:variable", Password, Password, "The environment variable that option relay:key:variable names is not set; set it to a private key of 0x and 64 hexadecimal digits, or name a key file.")]
    [InlineData("relay:key:file", "0x" + Key, Key, "relay:key:file looks like a key; name a file that holds it")]
    [InlineData("relay:key:passwordVariable", "hunter 2", "hunter 2", "relay:key:passwordVariable is no name of an environment variable")]
    [InlineData("relay:key:passwordVariable", Password, Password, "needs its password: set the environment variable that option relay:key:passwordVariable names.")]
    [InlineData("attester:keys", "0x" + Key, Key, "Option attester:keys is no list of keys; write it like [{ \"variable\": \"ATTESTER_KEY\" }].")]
    [InlineData("attester:keys:0", "0x" + Key, Key, "Option attester:keys is no list of keys")]
    [InlineData("attester:keys:variable", "ATTESTER_KEY", Key, "Option attester:keys is no list of keys")]
    [InlineData("attester:keys:0:variable", "0x" + Key, Key, "attester:keys:0:variable is no name of an environment variable")]
    [InlineData("api:operatorKeyVariable", "correct horse battery", "horse", "api:operatorKeyVariable is no name of an environment variable")]
    [InlineData("api:operatorKeyVariable", Password, Password, "api:operatorKeyVariable names no environment variable that holds a key of 16 characters or more")]
    [InlineData("nodeUrl", "wss://mainnet.example/v3/" + Password, Password, "Option nodeUrl is no http or https address (wss://mainnet.example); write it like http://127.0.0.1:8545.")]
    [InlineData("nodeUrl", "me:" + Password + "@mainnet.example", Password, "Option nodeUrl is no http or https address; write")]
    [InlineData("nodeUrls:0", "wss://me:" + Password + "@mainnet.example:8546/?key=" + Password, Password, "Option nodeUrls names what is no http or https address (wss://mainnet.example:8546); write")]
    [InlineData("nodeWebSocketUrl", "https://mainnet.example/v3/" + Password, Password, "Option nodeWebSocketUrl is no ws or wss address (https://mainnet.example); write")]
    [InlineData("pricer:feedNodeUrls:0", "mainnet.example/v3/" + Password, Password, "Option pricer:feedNodeUrls names what is no http or https address; write")]
    [InlineData("transactions:privateRelayUrl", "wss://relay.example/" + Password, Password, "Option transactions:privateRelayUrl is no http or https address (wss://relay.example); write")]
    [InlineData("telemetry:otlpUrl", "grpc://collector.example/" + Password, Password, "Option telemetry:otlpUrl is no http or https address (grpc://collector.example); write")]
    [InlineData("attester:peers:0", "ftp://me:" + Password + "@peer.example", Password, "Option attester:peers names what is no http or https address (ftp://peer.example); write")]
    [InlineData("api:publicNodeUrl", "notaurl", Password, "Option api:publicNodeUrl is no http or https address; write it like https://node.example or leave it empty.")]
    [InlineData("api:allowedOrigins:0", "foo", Password, "Option api:allowedOrigins names what is no origin of a page; write each as scheme, host and port alone, like https://trade.example, or * for all.")]
    [InlineData("api:allowedOrigins:0", "https://trade.example/", Password, "Option api:allowedOrigins names what is no origin of a page (https://trade.example); write")]
    [InlineData("api:trustedProxies:0", "localhost", Password, "Option api:trustedProxies names 'localhost', which is no IP address; write each like 127.0.0.1 or ::1.")]
    public void Start_WithASecretInTheWrongPlace_SaysWhatIsWrongWithoutIt(string option, string value, string secret, string expected)
    {
        string folder = Directory.CreateTempSubdirectory("omargin-options-").FullName;
        string file = Path.Combine(folder, "key.json");
        using (var key = PrivateKey.Generate())
        {
            KeyFile.Write(file, key, "password", new KeyFileOptions { ScryptCost = 1024 });
        }

        var set = new Dictionary<string, string?>(StringComparer.Ordinal) { [option] = value };
        for (int i = 0; i < SolverRoles.All.Count; i++)
        {
            set[$"roles:{i}"] = SolverRoles.All[i];
        }

        if (option.EndsWith(":passwordVariable", StringComparison.Ordinal))
        {
            set["relay:key:file"] = file;
        }

        string said = Said(() => SolverOptions.Load(null, set).Validate());
        set.Keys.Where(static name => name.StartsWith("roles:", StringComparison.Ordinal)).ToList().ForEach(name => set.Remove(name));
        set["roles:0"] = SolverRoles.Relay;
        said += Said(() => SolverKeys.Read(SolverOptions.Load(null, set)).Dispose());
        Directory.Delete(folder, recursive: true);

        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, said, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What messages it ends with.</summary>
    private static string Said(Action start)
    {
        try
        {
            start();
            return "";
        }
        catch (Exception error) when (error is SolverOptionsException or KeyException)
        {
            return error.ToString();
        }
    }
}
