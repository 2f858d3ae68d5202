using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>A chain that believes every signature but those of one byte.</summary>
internal sealed class FakeRelayChain : IRelayChain
{
    public Dictionary<(ulong, ulong), (bool IsDone, ulong FilledE8)> Known { get; } = [];

    /// <summary>What it says of every underlying's options.</summary>
    public (ulong OpenE8, ulong LargestE8) Options { get; set; } = (0, long.MaxValue);

    public Task<(ulong OpenE8, ulong LargestE8)> OptionInterestAsync(ushort underlying, CancellationToken cancellationToken) => Task.FromResult(Options);

    /// <summary>The form in which the chain takes a signature.</summary>
    public Func<Clearinghouse.SignedOrder, byte[]> Form { get; set; } = static signed => signed.Signature;

    public Task<TakenSignature?> FindSignatureAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken) =>
        Task.FromResult(signed.Signature.Length > 1 ? new TakenSignature(Form(signed), Contracts.Contains(signed.Signer)) : null);

    public Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken) => Task.FromResult(signature.Length > 1);

    /// <summary>At whose addresses code stands.</summary>
    public HashSet<Address> Contracts { get; } = [];

    /// <summary>Why transactions are reverted.</summary>
    public IContractError? Error { get; set; }

    public Task<CustomErrorReason?> ReasonOfAsync(OutboxEntry reverted, CancellationToken cancellationToken) => Task.FromResult(Error is null ? null : new CustomErrorReason([], Error));

    /// <summary>Runs before it says how far orders are filled.</summary>
    public Func<CancellationToken, Task>? BeforeStatuses { get; set; }

    /// <summary>How often it was asked how far orders are filled.</summary>
    public int StatusQuestions { get; private set; }

    /// <summary>Runs before it says where code stands.</summary>
    public Action? BeforeCode { get; set; }

    public Task<IReadOnlySet<Address>> ContractsAmongAsync(IReadOnlyCollection<Address> signers, CancellationToken cancellationToken)
    {
        BeforeCode?.Invoke();
        return Task.FromResult<IReadOnlySet<Address>>(signers.Where(Contracts.Contains).ToHashSet());
    }

    public async Task<IReadOnlyList<(bool IsDone, ulong FilledE8)>> StatusesAsync(IReadOnlyList<RestingOrder> orders, CancellationToken cancellationToken)
    {
        StatusQuestions++;
        await (BeforeStatuses?.Invoke(cancellationToken) ?? Task.CompletedTask);
        return [.. orders.Select(order => Known.GetValueOrDefault((order.Account, order.Nonce)))];
    }
}
