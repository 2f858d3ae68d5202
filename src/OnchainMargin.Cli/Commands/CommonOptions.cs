using System.CommandLine;

namespace OnchainMargin.Cli.Commands;

/// <summary>Options that several commands share, made anew for each.</summary>
internal static class CommonOptions
{
    /// <summary>The environment variable of the node's address.</summary>
    public const string RpcVariable = "OMARGIN_RPC";

    /// <summary>The environment variable of the deployment file.</summary>
    public const string DeploymentVariable = "OMARGIN_DEPLOYMENT";

    /// <summary>The node.</summary>
    public static Option<string> Rpc() => new("--rpc")
    {
        Description = $"The node's address (http). Environment: {RpcVariable}.",
        HelpName = "url",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(RpcVariable) ?? "http://127.0.0.1:8545",
    };

    /// <summary>The file of the deployment.</summary>
    public static Option<string> Deployment() => new("--deployment")
    {
        Description = $"The file that `omargin deploy` wrote. Environment: {DeploymentVariable}.",
        HelpName = "file",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(DeploymentVariable) ?? "deployment.json",
    };

    /// <summary>The key that signs.</summary>
    public static Option<string?> KeyFile() => new("--key-file")
    {
        Description = $"A web3 key file (its password in {Chain.KeySource.PasswordVariable}), or a file with the hexadecimal key alone. Without it the key is taken from {Chain.KeySource.KeyVariable}.",
        HelpName = "file",
    };

    /// <summary>The store on a server.</summary>
    public static Option<string?> StoreServer() => new("--store-server")
    {
        Description = "A PostgreSQL database with the store in place of the file, like \"Host=db;Database=omargin;Username=solver\", the password in PGPASSWORD or a password file. Of several processes that name it one leads, the others stand by.",
        HelpName = "database",
    };

    /// <summary>JSON instead of a table.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write JSON, for programs." };
}
