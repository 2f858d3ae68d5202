using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Parameters;
using OnchainMargin.Solver.Pricing;
using OnchainMargin.Solver.Proving;
using OnchainMargin.Solver.Quorum;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Risk;
using OnchainMargin.Solver.Snapshots;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Surfaces;
using OnchainMargin.Solver.Telemetry;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Solver.Watching;

namespace OnchainMargin.Solver;

/// <summary>Makes the solver: one host that plays the roles that its options name.</summary>
public static class SolverHost
{
    /// <summary>Makes a solver that is ready to start. Everything that can be wrong with its options, keys, node, deployment and store is found here.</summary>
    /// <param name="options">The options.</param>
    /// <param name="configure">Further set-up of the host: logging, or other services for tests.</param>
    /// <param name="cancellationToken">Stops the checks.</param>
    /// <returns>The host; run or start it, and dispose it. With a store on a server, only when this process leads.</returns>
    /// <exception cref="SolverOptionsException">Thrown when options cannot be used.</exception>
    /// <exception cref="KeyException">Thrown when a key cannot be had.</exception>
    /// <exception cref="DeploymentException">Thrown when the deployment file cannot be used.</exception>
    /// <exception cref="ProtocolException">Thrown when the node is not the deployment's.</exception>
    /// <exception cref="StoreException">Thrown when the store cannot be used.</exception>
    public static Task<WebApplication> CreateAsync(SolverOptions options, Action<WebApplicationBuilder>? configure = null, CancellationToken cancellationToken = default) =>
        CreateAsync(options, hasLed: false, configure, cancellationToken);

    /// <summary>Runs a solver until it is stopped. One whose store lies on a server stands by while another process leads, and again when it has lost the server.</summary>
    /// <inheritdoc cref="CreateAsync(SolverOptions, Action{WebApplicationBuilder}?, CancellationToken)"/>
    public static async Task RunAsync(SolverOptions options, Action<WebApplicationBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        for (bool hasLed = false; ; hasLed = true)
        {
            await using WebApplication host = await CreateAsync(options, hasLed, configure, cancellationToken).ConfigureAwait(false);
            await Listening.StartAsync(host, options.ListensAt, cancellationToken).ConfigureAwait(false);
            await host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            if (host.Services.GetRequiredService<IndexRole>().GivenUp is { } reason)
            {
                // As a failure, so that a supervisor starts it anew, and of several processes another leads.
                throw new ProtocolException(reason);
            }

            if (host.Services.GetService<LeadWatch>() is not { IsLost: true })
            {
                return;
            }
        }
    }

    private static async Task<WebApplication> CreateAsync(SolverOptions options, bool hasLed, Action<WebApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        DeploymentRecord deployment = DeploymentFile.Read(options.DeploymentFile);
        if (options.Plays(SolverRoles.Keeper))
        {
            NativePrice.Require(deployment, options.Keeper);
        }

        IRpcClient rpc = await NodesAsync(options, deployment.ChainId, cancellationToken).ConfigureAwait(false);
        var node = new EthereumNode(rpc, ProtocolErrors.Decoder);
        Task<ProtocolClient> ConnectAsync() => ProtocolClient.ConnectAsync(node, deployment, cancellationToken: cancellationToken);
        ProtocolClient client = await (hasLed ? Standby.AskAsync(options, configure, ConnectAsync, cancellationToken) : ConnectAsync()).ConfigureAwait(false);
        var keys = SolverKeys.Read(options);
        SolverStore store = options.StoreServer.Length > 0
            ? await Standby.LeadAsync(options, deployment, hasLed, configure, cancellationToken).ConfigureAwait(false)
            : SolverStore.Open(options.StoreFile, deployment.ChainId, deployment.Contracts.Clearinghouse);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { WebRootPath = options.Api.WebFolder.Length > 0 ? Path.GetFullPath(options.Api.WebFolder) : null });
        builder.WebHost.UseUrls(options.ListensAt);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        configure?.Invoke(builder);
        // Made by the container, so that the container disposes them, in the reverse order, after every role has stopped.
        builder.Services.AddSingleton(_ => rpc);
        builder.Services.AddSingleton(_ => store);
        builder.Services.AddSingleton(_ => keys);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(deployment);
        builder.Services.AddSingleton<IEthereumNode>(node);
        builder.Services.AddSingleton(client);
        AddCore(builder.Services, options, deployment);
        AddRoles(builder.Services, options, keys);
        AddSurfaces(builder.Services, options, keys);
        AddRelay(builder.Services, options, keys);
        TelemetryExport.AddServices(builder.Services, options.Telemetry);
        ApiSetup.AddServices(builder, options);
        WebApplication host = builder.Build();
        _ = host.Services.GetRequiredService<SolverStore>();
        host.Services.GetRequiredService<TransactionManagers>().TellOfOthers(keys.Senders);
        _ = host.Services.GetRequiredService<IRpcClient>();
        _ = host.Services.GetRequiredService<SolverKeys>();
        TelemetryExport.Start(host.Services);
        ApiSetup.Map(host, options);
        AttestingEndpoints.Map(host, options);
        host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SolverHost)).SolverStarts(string.Join(", ", options.PlayedRoles), deployment.ChainId, store.Name);
        return host;
    }

    /// <summary>One node, or several as one. Addresses of hosted nodes hold keys, so no message has more of one than its host. One that serves another chain would hand out another book, so it is refused; one that does not say now which it serves may be well later, and is asked before its first answer counts.</summary>
    internal static async Task<IRpcClient> NodesAsync(SolverOptions options, ulong chainId, CancellationToken cancellationToken)
    {
        var nodes = new List<ChainCheckedRpcClient>();
        foreach ((string url, string option) in options.NodeUrls.Select(static url => (url, "nodeUrls")).Prepend((options.NodeUrl, "nodeUrl")))
        {
            var endpoint = new Uri(url);
            string name = $"The node at {endpoint.Authority} of option {option}";
            var node = new ChainCheckedRpcClient(new HttpRpcClient(new HttpRpcOptions { Endpoint = endpoint, RetryCount = options.NodeUrls.Count == 0 ? 3 : 1 }), chainId, name);
            nodes.Add(node);
            try
            {
                ulong served = await node.GetChainIdAsync(cancellationToken).ConfigureAwait(false);
                if (served != chainId)
                {
                    throw new ProtocolException($"{name} serves chain {served} and the deployment is on chain {chainId}; name a node of that chain.");
                }
            }
            catch (EthereumException)
            {
                // It is there for the time when others fail, and may itself be away, over its limits or behind a page that says so.
            }
        }

        return nodes is [{ } only] ? only : new FailoverRpcClient(nodes);
    }

    private static void AddCore(IServiceCollection services, SolverOptions options, DeploymentRecord deployment)
    {
        services.AddSingleton<RoleHealth>();
        services.AddSingleton<HeadSignal>();
        services.AddSingleton<Broadcast<IndexedBook>>();
        services.AddSingleton<Broadcast<HeadTick>>();
        services.AddSingleton<Broadcast<RiskSnapshot>>();
        services.AddSingleton<Broadcast<ParameterProposal>>();
        services.AddSingleton<AttestedBooks>();
        services.AddSingleton(_ => new HttpClient(OutboundHttp.NewHandler()) { Timeout = TimeSpan.FromSeconds(5) });
        services.AddSingleton<PeerClient>();
        services.AddSingleton<LocalSignatureExchange>();
        services.AddSingleton<ISignatureExchange>(provider => new PeerSignatureExchange(provider.GetRequiredService<LocalSignatureExchange>(), provider.GetRequiredService<PeerClient>(), options.Attester));
        services.AddSingleton(provider => new ProposalExchange(provider.GetRequiredService<PeerClient>(), options.Attester));
        services.AddSingleton<ILiveInputs, LiveInputs>();
        services.AddSingleton(new ProtocolDigests(deployment));
        services.AddSingleton<IWalletSignatures, WalletSignatures>();
        AddTrials(services);
        services.AddSingleton<ProofAccess>();
        services.AddSingleton<ProofDesk>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<OnDemandSigner>(provider, (IReadOnlyList<IHashSigner>)provider.GetRequiredService<SolverKeys>().Attesters));
        services.AddSingleton(_ => new PrivateRelay(options.Transactions));
        services.AddSingleton<ITransactionNode>(provider => ActivatorUtilities.CreateInstance<NodeTransactions>(provider, deployment.ChainId, options.Transactions));
        services.AddSingleton<TransactionManagers>();
        services.AddSingleton<IChainSource>(provider => new NodeChainSource(provider.GetRequiredService<IEthereumNode>(), deployment.ChainId, ProtocolEmitters.Of(deployment.Contracts)));
        services.AddSingleton(provider => new ChainFollower(
            provider.GetRequiredService<IChainSource>(),
            provider.GetRequiredService<SolverStore>(),
            deployment.Block,
            (ulong)options.Index.ReorganisationDepthBlocks,
            (ulong)options.Index.BlocksPerStep));
        services.AddSingleton<BookSnapshots>();
        services.AddSingleton<BookIndex>();
        if (options.StoreServer.Length > 0)
        {
            services.AddSingleton<LeadWatch>();
            services.AddHostedService(static provider => provider.GetRequiredService<LeadWatch>());
        }

        if (options.NodeWebSocketUrl.Length > 0)
        {
            services.AddSingleton<ISubscriptionClient>(provider => new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = new Uri(options.NodeWebSocketUrl) }, provider.GetRequiredService<TimeProvider>()));
            services.AddHostedService<HeadListener>();
        }
    }

    private static void AddRoles(IServiceCollection services, SolverOptions options, SolverKeys keys)
    {
        AddRole<IndexRole>(services);
        AddRole<SnapshotRole>(services);
        if (options.Plays(SolverRoles.Risk) || options.Plays(SolverRoles.Api))
        {
            AddRole<RiskRole>(services);
        }

        if (keys.Senders.Count > 0)
        {
            AddRole<TransactionRole>(services);
        }

        if (options.Plays(SolverRoles.Pricer))
        {
            services.AddSingleton(provider => new FeedNodes(options));
            services.AddSingleton(provider => new FeedWatch(
                provider.GetRequiredService<FeedNodes>().Readers(provider.GetRequiredService<IEthereumNode>(), provider.GetRequiredService<DeploymentRecord>().Contracts.SpotMarkets),
                (ulong)options.Pricer.FeedBlocksBehind,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<FeedWatch>>()));
            AddRole<PricerRole>(services, provider => ActivatorUtilities.CreateInstance<PricerRole>(
                provider, provider.GetRequiredService<ProtocolClient>().Calls, provider.GetRequiredService<TransactionManagers>().Of(keys.Pricer!), options.Pricer));
        }

        if (options.Plays(SolverRoles.Attester))
        {
            AddRole<AttesterRole>(services, provider => ActivatorUtilities.CreateInstance<AttesterRole>(
                provider, (IReadOnlyList<IHashSigner>)keys.Attesters, provider.GetRequiredService<ProtocolClient>().Calls, provider.GetRequiredService<TransactionManagers>().Of(keys.Poster!), options.Attester));
        }

        if (options.Plays(SolverRoles.Watchtower))
        {
            AddRole<WatchtowerRole>(services, provider => ActivatorUtilities.CreateInstance<WatchtowerRole>(
                provider, keys.Watchtower!, provider.GetRequiredService<ProtocolClient>().Calls, provider.GetRequiredService<TransactionManagers>().Of(keys.Watchtower!), options.Watchtower));
        }

        if (options.Plays(SolverRoles.Keeper))
        {
            AddRole<KeeperRole>(services, provider => ActivatorUtilities.CreateInstance<KeeperRole>(
                provider, provider.GetRequiredService<TransactionManagers>().Of(keys.Keeper!), options.Keeper));
        }

        if (options.Plays(SolverRoles.Parameters))
        {
            services.AddSingleton<IStepLimits, NodeStepLimits>();
            AddRole<ParameterRole>(services, provider => ActivatorUtilities.CreateInstance<ParameterRole>(
                provider, Quorum(provider, ProposalKind.Parameters, keys, keys.Poster), provider.GetRequiredService<ProtocolClient>().Calls, options.Parameters));
        }
    }

    private static void AddSurfaces(IServiceCollection services, SolverOptions options, SolverKeys keys)
    {
        if (!options.Surfaces.IsOn || (keys.Pricer ?? keys.Poster) is not { } sender)
        {
            return;
        }

        services.AddSingleton<IQuoteSource>(_ => string.Equals(options.Surfaces.Source, SurfaceOptions.Simulated, StringComparison.Ordinal) ? new SimulatedQuoteSource() : new FileQuoteSource(options.Surfaces.Source, options.Surfaces.MaximumQuoteAgeSeconds));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SurfaceDesk>(provider, options.Surfaces));
        services.AddSingleton<SettlementWindows>();
        AddRole<SurfaceRole>(services, provider => ActivatorUtilities.CreateInstance<SurfaceRole>(
            provider, Quorum(provider, ProposalKind.Surfaces, keys, sender), provider.GetRequiredService<ProtocolClient>().Calls));
    }

    private static QuorumSigner Quorum(IServiceProvider provider, ProposalKind kind, SolverKeys keys, PrivateKey? sender) => new(
        kind,
        provider.GetRequiredService<ProposalExchange>(),
        keys.Attesters,
        sender is null ? null : provider.GetRequiredService<TransactionManagers>().Of(sender),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<QuorumSigner>>());

    private static void AddRelay(IServiceCollection services, SolverOptions options, SolverKeys keys)
    {
        if (!options.Plays(SolverRoles.Relay))
        {
            return;
        }

        services.AddSingleton<IRelayChain, RelayChain>();
        services.AddSingleton<RelayClock>();
        services.AddSingleton<OrderBooks>();
        services.AddSingleton<OrderRelay>();
        AddRole<RelayRole>(services, provider => ActivatorUtilities.CreateInstance<RelayRole>(
            provider,
            ActivatorUtilities.CreateInstance<ProofDesk>(provider, provider.GetRequiredKeyedService<IProofTrial>(SolverRoles.Relay)),
            provider.GetRequiredService<ProtocolClient>().Calls,
            provider.GetRequiredService<TransactionManagers>().Of(keys.Relay!),
            options.Relay));
    }

    /// <summary>Trials of proofs on the node. Those that strangers ask the API for have places of their own, and take none of the relay's.</summary>
    internal static void AddTrials(IServiceCollection services)
    {
        services.AddSingleton<IProofTrial, NodeProofTrial>();
        services.AddKeyedSingleton<IProofTrial, NodeProofTrial>(SolverRoles.Relay);
    }

    private static void AddRole<TRole>(IServiceCollection services, Func<IServiceProvider, TRole>? make = null)
        where TRole : class, ISolverRole
    {
        if (make is null)
        {
            services.AddSingleton<TRole>();
        }
        else
        {
            services.AddSingleton(make);
        }

        services.AddHostedService<RoleService<TRole>>();
    }
}
