using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>What the relay asks the chain about orders.</summary>
internal interface IRelayChain
{
    /// <summary>The signature of an order as the chain takes it, when whom it names signed; null otherwise.</summary>
    Task<byte[]?> FindSignatureAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken);

    /// <summary>Whether a contract judges the signature of an order: no key of its signer made it.</summary>
    bool IsByContract(Clearinghouse.SignedOrder signed);

    /// <summary>Whether a cancellation was signed by an owner.</summary>
    Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken);

    /// <summary>Whether code stands at a signer's address: the chain asks that whether it signed (ERC-1271), which takes what gas it likes and may answer otherwise each time.</summary>
    Task<bool> HasCodeAsync(Address signer, CancellationToken cancellationToken);

    /// <summary>Of each order whether its nonce is done, and how much of it is filled otherwise, in the order of the question.</summary>
    Task<IReadOnlyList<(bool IsDone, ulong FilledE8)>> StatusesAsync(IReadOnlyList<RestingOrder> orders, CancellationToken cancellationToken);

    /// <summary>How many options of an underlying are open, and how many may be (ORC-016).</summary>
    Task<(ulong OpenE8, ulong LargestE8)> OptionInterestAsync(ushort underlying, CancellationToken cancellationToken);
}
