using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Relay;

/// <summary>What the relay asks the chain about orders.</summary>
internal interface IRelayChain
{
    /// <summary>The signature of an order as the chain takes it; null where it does not.</summary>
    Task<TakenSignature?> FindSignatureAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken);

    /// <summary>Whether a cancellation was signed by an owner.</summary>
    Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken);

    /// <summary>At which signers' addresses code stands now: the chain asks that whether it signed (ERC-1271), which takes what gas it likes and may answer otherwise each time.</summary>
    Task<IReadOnlySet<Address>> ContractsAmongAsync(IReadOnlyCollection<Address> signers, CancellationToken cancellationToken);

    /// <summary>Why a transaction was reverted, as the chain says when it is called again at the end of its block; null where it would be carried out there, or is refused without a name that the protocol knows.</summary>
    Task<CustomErrorReason?> ReasonOfAsync(OutboxEntry reverted, CancellationToken cancellationToken);

    /// <summary>Of each order whether its nonce is done, and how much of it is filled otherwise, in the order of the question.</summary>
    Task<IReadOnlyList<(bool IsDone, ulong FilledE8)>> StatusesAsync(IReadOnlyList<RestingOrder> orders, CancellationToken cancellationToken);

    /// <summary>How many options of an underlying are open, and how many may be (ORC-016).</summary>
    Task<(ulong OpenE8, ulong LargestE8)> OptionInterestAsync(ushort underlying, CancellationToken cancellationToken);
}
