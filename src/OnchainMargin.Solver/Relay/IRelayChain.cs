using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>What the relay asks the chain about orders.</summary>
internal interface IRelayChain
{
    /// <summary>Whether an order was signed by whom it names.</summary>
    Task<bool> IsSignedAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken);

    /// <summary>Whether a cancellation was signed by an owner.</summary>
    Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken);

    /// <summary>Whether a nonce is done, and how much of it is filled otherwise.</summary>
    Task<(bool IsDone, ulong FilledE8)> StatusAsync(ulong account, ulong nonce, CancellationToken cancellationToken);

    /// <summary>How many options of an underlying are open, and how many may be (ORC-016).</summary>
    Task<(ulong OpenE8, ulong LargestE8)> OptionInterestAsync(ushort underlying, CancellationToken cancellationToken);
}
