using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Book;

/// <summary>An account as the events tell it.</summary>
public sealed record BookAccount
{
    /// <summary>Its number.</summary>
    public required ulong Id { get; init; }

    /// <summary>Who owns it.</summary>
    public required Address Owner { get; init; }

    /// <summary>The preimage of the commitment, as calldata wants it.</summary>
    public required byte[] StateBytes { get; init; }

    /// <summary>The commitment, checked against the preimage.</summary>
    public required Hash32 StateHash { get; init; }

    /// <summary>The state.</summary>
    public required AccountState State { get; init; }

    /// <summary>Tokens in the vault, ascending by token, none zero.</summary>
    public ImmutableArray<Balance> Balances { get; init; } = [];

    /// <summary>Tokens that lie idle above their caps (CLR-034), ascending by token, none zero: they count for nothing and are in no lot.</summary>
    public ImmutableArray<Balance> Idle { get; init; } = [];

    /// <summary>Who may act for the account beside its owner, by address, also those whose time is over.</summary>
    public ImmutableSortedDictionary<Address, BookAppointment> Delegates { get; init; } = ImmutableSortedDictionary<Address, BookAppointment>.Empty;

    /// <summary>Whether somebody may do something with the account: its owner, or a delegate in time.</summary>
    /// <param name="who">Who.</param>
    /// <param name="right">What.</param>
    /// <param name="atSeconds">When, in Unix seconds.</param>
    public bool May(Address who, DelegateRights right, ulong atSeconds) =>
        atSeconds <= MayUntil(who, right);

    /// <summary>The last second in which somebody may do something with the account, in Unix seconds: the last of all for its owner, null where he never may.</summary>
    public ulong? MayUntil(Address who, DelegateRights right) =>
        who == Owner ? ulong.MaxValue
        : Delegates.TryGetValue(who, out BookAppointment? given) && (given.Rights & right) != DelegateRights.None ? given.UntilSeconds
        : null;

    /// <summary>The open lot that the account is in; 0 for none.</summary>
    public ulong OpenLot { get; init; }

    /// <summary>The block of the last event that changed the account.</summary>
    public required ulong ChangedInBlock { get; init; }

    /// <summary>What an attestation names of the positions: the hash of the position words.</summary>
    public Hash32 PositionsHash => Keccak256.Hash(StateBytes.AsSpan(64));

    /// <summary>The same of a state that is not stored yet.</summary>
    public static Hash32 HashOfPositions(AccountState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Keccak256.Hash(state.Pack().AsSpan(64));
    }

    /// <summary>What an account can hold that nobody ever touched.</summary>
    internal static byte[] EmptyStateBytes { get; } = AccountState.Empty.Pack();
}
