using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>A chain that believes every signature but those of one byte.</summary>
internal sealed class FakeRelayChain : IRelayChain
{
    public Dictionary<(ulong, ulong), (bool IsDone, ulong FilledE8)> Known { get; } = [];

    /// <summary>What it says of every underlying's options.</summary>
    public (ulong OpenE8, ulong LargestE8) Options { get; set; } = (0, long.MaxValue);

    public Task<(ulong OpenE8, ulong LargestE8)> OptionInterestAsync(ushort underlying, CancellationToken cancellationToken) => Task.FromResult(Options);

    public Task<bool> IsSignedAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken) => Task.FromResult(signed.Signature.Length > 1);

    public Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken) => Task.FromResult(signature.Length > 1);

    public Task<(bool IsDone, ulong FilledE8)> StatusAsync(ulong account, ulong nonce, CancellationToken cancellationToken) =>
        Task.FromResult(Known.GetValueOrDefault((account, nonce)));
}
