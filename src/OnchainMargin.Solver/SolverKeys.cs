using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver;

/// <summary>The keys of the roles that are played. One key may serve several roles; it is read once.</summary>
internal sealed class SolverKeys : IDisposable
{
    private readonly Dictionary<Address, PrivateKey> _byAddress = [];

    private SolverKeys()
    {
    }

    /// <summary>Pays for checkpoints.</summary>
    public PrivateKey? Pricer { get; private set; }

    /// <summary>Sign epochs.</summary>
    public IReadOnlyList<PrivateKey> Attesters { get; private set; } = [];

    /// <summary>Pays for posting epochs.</summary>
    public PrivateKey? Poster { get; private set; }

    /// <summary>Sends challenges.</summary>
    public PrivateKey? Watchtower { get; private set; }

    /// <summary>Sends liquidations; in a dry run nothing.</summary>
    public PrivateKey? Keeper { get; private set; }

    /// <summary>Whether the keeper decides and sends nothing. What an earlier run of it left in the store then waits as well: nobody broadcasts it, offers more for it or gives its nonce back.</summary>
    private bool IsDryRun { get; init; }

    /// <summary>Pays for settling orders.</summary>
    public PrivateKey? Relay { get; private set; }

    /// <summary>Every key that sends transactions, once.</summary>
    public IReadOnlyList<PrivateKey> Senders => [.. Payers.Select(static payer => payer.Key).Distinct()];

    /// <summary>The roles that send transactions, and the key that pays for each.</summary>
    public IReadOnlyList<(string Role, PrivateKey Key)> Payers =>
    [
        .. new (string Role, PrivateKey? Key)[] { (SolverRoles.Pricer, Pricer), (SolverRoles.Attester, Poster), (SolverRoles.Watchtower, Watchtower), (SolverRoles.Keeper, IsDryRun ? null : Keeper), (SolverRoles.Relay, Relay) }
            .Where(static payer => payer.Key is not null).Select(static payer => (payer.Role, payer.Key!)),
    ];

    /// <summary>Reads the keys that the options' roles need.</summary>
    /// <exception cref="KeyException">Thrown when one cannot be had.</exception>
    /// <exception cref="SolverOptionsException">Thrown when the keeper is to send nothing and another role sends from its key.</exception>
    public static SolverKeys Read(SolverOptions options)
    {
        var keys = new SolverKeys { IsDryRun = options.Keeper.DryRun };
        if (options.Plays(SolverRoles.Pricer))
        {
            keys.Pricer = keys.Once(options.Pricer.Key, "pricer:key");
        }

        if (options.Plays(SolverRoles.Attester))
        {
            keys.Attesters = [.. options.Attester.Keys.Select((key, i) => keys.Once(key, $"attester:keys:{i}")).Distinct()];
            keys.Poster = options.Attester.PostKey.IsSet ? keys.Once(options.Attester.PostKey, "attester:postKey") : keys.Attesters[0];
        }

        if (options.Plays(SolverRoles.Watchtower))
        {
            keys.Watchtower = keys.Once(options.Watchtower.Key, "watchtower:key");
        }

        if (options.Plays(SolverRoles.Keeper))
        {
            keys.Keeper = keys.Once(options.Keeper.Key, "keeper:key");
        }

        if (options.Plays(SolverRoles.Relay))
        {
            keys.Relay = keys.Once(options.Relay.Key, "relay:key");
        }

        if (keys.IsDryRun && keys.Payers.FirstOrDefault(payer => payer.Key == keys.Keeper) is { Role: { } other })
        {
            keys.Dispose();
            throw new SolverOptionsException([$"Option keeper:dryRun cannot hold while keeper:key is the key of the role {other}, too, which sends all that waits under it, what an earlier run of the keeper left included; give that role a key of its own."]);
        }

        return keys;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PrivateKey key in _byAddress.Values)
        {
            key.Dispose();
        }
    }

    private PrivateKey Once(KeyOptions options, string section)
    {
        PrivateKey key = options.Read(section);
        if (_byAddress.TryAdd(key.Address, key))
        {
            return key;
        }

        PrivateKey known = _byAddress[key.Address];
        key.Dispose();
        return known;
    }
}
