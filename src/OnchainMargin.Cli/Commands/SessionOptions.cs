using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Commands;

/// <summary>The options by which a command finds node, deployment and, when it signs, the key.</summary>
internal sealed class SessionOptions
{
    private readonly Option<string> _rpc = CommonOptions.Rpc();
    private readonly Option<string> _deployment = CommonOptions.Deployment();
    private readonly Option<string?>? _keyFile;

    private SessionOptions(bool signs) => _keyFile = signs ? CommonOptions.KeyFile() : null;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="signs">Whether it needs a key.</param>
    public static SessionOptions AddTo(Command command, bool signs)
    {
        var options = new SessionOptions(signs);
        command.Options.Add(options._rpc);
        command.Options.Add(options._deployment);
        if (options._keyFile is { } keyFile)
        {
            command.Options.Add(keyFile);
        }

        return options;
    }

    /// <summary>Opens the session that the command line names.</summary>
    public Task<ProtocolSession> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) => OpenAsync(parsed, null, cancellationToken);

    /// <summary>Opens the session that the command line names, with a key to sign.</summary>
    public Task<ProtocolSession> OpenAsync(ParseResult parsed, PrivateKey? key, CancellationToken cancellationToken) =>
        ProtocolSession.OpenAsync(parsed.GetRequiredValue(_rpc), parsed.GetRequiredValue(_deployment), key, cancellationToken);

    /// <summary>The deployment alone, without a node.</summary>
    public DeploymentRecord Deployment(ParseResult parsed) => DeploymentFile.Read(parsed.GetRequiredValue(_deployment));

    /// <summary>The file name of the deployment.</summary>
    public string DeploymentPath(ParseResult parsed) => parsed.GetRequiredValue(_deployment);

    /// <summary>The node's address.</summary>
    public string RpcAddress(ParseResult parsed) => parsed.GetRequiredValue(_rpc);

    /// <summary>The key file that the command line names, if it does.</summary>
    public string? KeyFile(ParseResult parsed) => _keyFile is null ? null : parsed.GetValue(_keyFile);

    /// <summary>The key that the command line names.</summary>
    public PrivateKey Key(ParseResult parsed) => KeySource.Read(KeyFile(parsed));
}
