using System.Globalization;
using System.Numerics;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Policies;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Cli.Doctor;

/// <summary>Looks at everything that the commands need, one thing after another, and says how each is. Changes nothing.</summary>
internal sealed class Checkup(string rpc, string deploymentFile, string? keyFile, string? storeFile, string? storeServer, string? api, TimeProvider time)
{
    private const long MostClockSeconds = 60;
    private const int EtherDecimals = 18;

    private readonly List<Finding> _findings = [];

    /// <summary>Runs every check.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        DeploymentRecord? deployment = Try("deployment", () => DeploymentFile.Read(deploymentFile));
        if (deployment is not null)
        {
            Say("deployment", FindingState.Well, $"'{deploymentFile}', chain {deployment.ChainId}, {deployment.Tokens.Count} tokens, {deployment.Underlyings.Count} underlyings");
        }

        using NodeConnection? connection = Try("node", () => new NodeConnection(rpc));
        ProtocolClient? client = connection is null ? null : await NodeAsync(connection.Node, deployment, cancellationToken);
        ProtocolBook? book = client is null ? null : await TryAsync("history", () => client.ReplayAsync(cancellationToken));
        if (client is not null && book is not null)
        {
            Say("history", FindingState.Well, $"{book.Accounts.Count} accounts, {book.OpenLots.Count()} open lots at block {book.BlockNumber}");
            await PricesAsync(client, book, cancellationToken);
            Attesters(book);
            _findings.Add(Trading(book));
            _findings.Add(Steps(book, client.Deployment));
            Surfaces(book);
        }
        else
        {
            Say("prices", FindingState.Skipped, "needs the node and the contracts");
            Say("attesters", FindingState.Skipped, "needs the node and the contracts");
            Say("trading", FindingState.Skipped, "needs the node and the contracts");
            Say("steps", FindingState.Skipped, "needs the node and the contracts");
            Say("surfaces", FindingState.Skipped, "needs the node and the contracts");
        }

        await KeyAsync(client?.Node, book, cancellationToken);
        Store(deployment, book);
        await ApiAsync(cancellationToken);
        return _findings;
    }

    private async Task<ProtocolClient?> NodeAsync(IEthereumNode node, DeploymentRecord? deployment, CancellationToken cancellationToken)
    {
        if (await TryAsync("node", () => node.GetBlockAsync(BlockTag.Latest, cancellationToken)) is not { } head)
        {
            return null;
        }

        if (await TryAsync("node", async () => (object)await node.GetChainIdAsync(cancellationToken)) is not ulong chain)
        {
            return null;
        }

        Say("node", FindingState.Well, $"{UrlOrigin.Of(new Uri(rpc))} serves chain {chain} and is at block {head.Number}");
        long behind = time.GetUtcNow().ToUnixTimeSeconds() - (long)head.TimestampSeconds;
        Say("clock", Math.Abs(behind) <= MostClockSeconds ? FindingState.Well : FindingState.Odd, Math.Abs(behind) <= MostClockSeconds
            ? $"the newest block is {behind} s old"
            : $"the newest block is {(behind > 0 ? $"{behind} s old" : $"{-behind} s ahead of this machine")}: check this machine's clock and that the node follows the chain (a local test chain has a time of its own)");
        if (deployment is null)
        {
            Say("contracts", FindingState.Skipped, "needs the deployment");
            return null;
        }

        ProtocolClient? client = await TryAsync("contracts", () => ProtocolClient.ConnectAsync(node, deployment, cancellationToken: cancellationToken));
        if (client is not null)
        {
            Say("contracts", FindingState.Well, "every contract of the deployment is there");
        }

        return client;
    }

    private async Task PricesAsync(ProtocolClient client, ProtocolBook book, CancellationToken cancellationToken)
    {
        if (await TryAsync("prices", () => client.GetLiveInputsAsync(cancellationToken: cancellationToken)) is not { } live)
        {
            return;
        }

        string[] halted = [.. live.Checkpoint.Underlyings.Where(static record => record.MarketState != MarketState.Normal)
            .Select(record => $"{client.Deployment.Underlyings.FirstOrDefault(listed => listed.Number == record.Underlying)?.Name ?? $"#{record.Underlying}"} is {record.MarketState}")];
        long age = live.Checkpoint.Header.Time - (book.LatestCheckpoint?.Checkpoint.Header.Time ?? 0);
        uint most = (uint)book.Parameters.Oracle.CheckpointMaxAgeSeconds;
        if (halted.Length > 0)
        {
            Say("prices", FindingState.Odd, $"{string.Join(", ", halted)}: new risk waits until the sources agree again");
        }
        else if (book.LatestCheckpoint is null || age > most)
        {
            Say("prices", FindingState.Odd, $"the last checkpoint is {(book.LatestCheckpoint is null ? "none" : $"{age} s old, more than {most}")}: run a solver with the role pricer, or each operation takes one at its own gas");
        }
        else
        {
            Say("prices", FindingState.Well, $"{live.Checkpoint.Underlyings.Length} markets, the last checkpoint is {age} s old");
        }
    }

    private void Attesters(ProtocolBook book)
    {
        bool isEnough = book.Attesters.Count >= book.Threshold && book.Threshold > 0;
        ulong behind = (book.LatestCheckpoint?.Id ?? 0) - Math.Min(book.LatestEpoch?.Checkpoint ?? 0, book.LatestCheckpoint?.Id ?? 0);
        Say("attesters", isEnough ? FindingState.Well : FindingState.Odd, isEnough
            ? $"{book.Attesters.Count} sit and {book.Threshold} must sign; the last epoch is {(book.LatestEpoch is null ? "none yet" : $"{behind} checkpoints behind")}"
            : $"{book.Attesters.Count} sit and {book.Threshold} must sign: everything goes by computation on chain until more join");
    }

    /// <summary>Whether the guardian has paused trading.</summary>
    internal static Finding Trading(ProtocolBook book) => new("trading", book.IsPaused ? FindingState.Odd : FindingState.Well, book.IsPaused
        ? "the guardian has paused it: positions can only be made smaller, nothing moves between accounts, and what needs margin is not withdrawn, while deposits and liquidations go on; `Clearinghouse.setPaused(false)` by the guardian lets it go on"
        : "goes on; `Clearinghouse.setPaused(true)` by the guardian stops what may raise risk at once");

    /// <summary>Whether attesters may step, and as far as their corridor says.</summary>
    internal static Finding Steps(ProtocolBook book, DeploymentRecord deployment)
    {
        IReadOnlyList<string> corridors = CorridorRoom.Beyond(book.Steps, book.Parameters, deployment.Underlyings.ToDictionary(static listed => listed.Number, static listed => listed.Name));
        return book.Steps.IsStopped
            ? new("steps", FindingState.Odd, "the guardian has stopped attesters' steps of parameters, which stay as they are: `ParameterSteps.setStopped(false)` by the guardian lets them go on")
            : corridors.Count > 0 ? new("steps", FindingState.Odd, string.Join(' ', corridors))
            : new("steps", FindingState.Well, "attesters may move parameters inside the corridor; `ParameterSteps.setStopped(true)` by the guardian stops that at once");
    }

    private void Surfaces(ProtocolBook book) => Say("surfaces", book.AreSurfacesStopped ? FindingState.Odd : FindingState.Well, book.AreSurfacesStopped
        ? "the guardian has stopped surfaces, which grow old and ask for more initial margin: `VolSurfaces.setStopped(false)` by the guardian lets attesters publish again"
        : "attesters may publish surfaces; `VolSurfaces.setStopped(true)` by the guardian stops that at once");

    private async Task KeyAsync(IEthereumNode? node, ProtocolBook? book, CancellationToken cancellationToken)
    {
        if (keyFile is null && string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(KeySource.KeyVariable)))
        {
            Say("key", FindingState.Skipped, $"none is named; name a key file with --key-file, or set {KeySource.KeyVariable}");
            return;
        }

        using PrivateKey? key = Try("key", () => KeySource.Read(keyFile));
        if (key is null)
        {
            return;
        }

        string accounts = book is null ? "" : string.Join(' ', book.Accounts.Values.Where(account => account.Owner == key.Address).Select(static account => account.Id));
        string owns = book is null ? "" : accounts.Length == 0 ? ", owns no account" : $", owns {accounts}";
        if (node is null || await TryAsync("key", async () => (object)await node.GetBalanceAsync(key.Address, cancellationToken: cancellationToken)) is not UInt256 balance)
        {
            Say("key", FindingState.Odd, $"{key.Address}; what it holds cannot be asked without the node");
            return;
        }

        string held = FixedPointText.Format((BigInteger)balance, EtherDecimals);
        Say("key", balance.IsZero ? FindingState.Odd : FindingState.Well, balance.IsZero ? $"{key.Address} holds nothing to pay gas with{owns}: send it some" : $"{key.Address} holds {held} for gas{owns}");
    }

    private void Store(DeploymentRecord? deployment, ProtocolBook? book)
    {
        if ((storeServer ?? storeFile) is not { } store)
        {
            Say("store", FindingState.Skipped, "none is named; name one with --store or --store-server");
            return;
        }

        if (Try("store", () => storeServer is null ? StoreReport.Read(store) : StoreReport.ReadServer(store)) is not { } report)
        {
            return;
        }

        if (deployment is not null && (report.ChainId != deployment.ChainId || report.Deployment != deployment.Contracts.Clearinghouse))
        {
            Say("store", FindingState.Failed, $"'{store}' is an index of chain {report.ChainId} and the deployment {report.Deployment}: name another store, or that deployment");
            return;
        }

        string behind = book is null || report.LastBlock > book.BlockNumber ? "" : string.Create(CultureInfo.InvariantCulture, $", {book.BlockNumber - report.LastBlock} behind the node");
        Say("store", FindingState.Well, $"'{store}' is at block {report.LastBlock}{behind}, and of its transactions {report.Waiting} wait, {report.Shallow} are mined and not deep yet");
    }

    private async Task ApiAsync(CancellationToken cancellationToken)
    {
        if (api is null)
        {
            Say("solver", FindingState.Skipped, "none is named; name its API with --api");
            return;
        }

        if (!Uri.TryCreate($"{api.TrimEnd('/')}/readyz", UriKind.Absolute, out Uri? ready) || ready.Scheme is not ("http" or "https"))
        {
            Say("solver", FindingState.Failed, $"its address{UrlOrigin.Bracketed(api)} is not an http or https address: write it like http://127.0.0.1:8600");
            return;
        }

        string name = UrlOrigin.Of(ready);
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            using HttpResponseMessage reply = await http.GetAsync(ready, cancellationToken);
            string text = await reply.Content.ReadAsStringAsync(cancellationToken);
            Say("solver", reply.IsSuccessStatusCode ? FindingState.Well : FindingState.Failed, reply.IsSuccessStatusCode ? $"{name} is ready" : $"{name} is not ready: {text}");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Say("solver", FindingState.Failed, $"{name} does not answer ({exception.Message.TrimEnd('.')}): check the address and that the solver runs with the role api");
        }
    }

    private void Say(string check, FindingState state, string text) => _findings.Add(new Finding(check, state, text));

    private T? Try<T>(string check, Func<T> look)
        where T : class
    {
        try
        {
            return look();
        }
        catch (Exception exception) when (IsTold(exception))
        {
            Say(check, FindingState.Failed, exception.Message);
            return null;
        }
    }

    private async Task<T?> TryAsync<T>(string check, Func<Task<T>> look)
        where T : class?
    {
        try
        {
            return await look();
        }
        catch (Exception exception) when (IsTold(exception))
        {
            Say(check, FindingState.Failed, exception.Message);
            return null;
        }
    }

    private static bool IsTold(Exception exception) => exception is CliException or DeploymentException or ProtocolException or EthereumException or StoreException;
}
