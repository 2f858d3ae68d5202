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

    /// <summary>The form in which the chain takes a signature.</summary>
    public Func<Clearinghouse.SignedOrder, byte[]> Form { get; set; } = static signed => signed.Signature;

    public Task<byte[]?> FindSignatureAsync(Clearinghouse.SignedOrder signed, CancellationToken cancellationToken) => Task.FromResult(signed.Signature.Length > 1 ? Form(signed) : null);

    public Task<bool> IsCancelSignedAsync(ulong account, ulong nonce, Address owner, byte[] signature, CancellationToken cancellationToken) => Task.FromResult(signature.Length > 1);

    /// <summary>Who signs by code.</summary>
    public HashSet<Address> Contracts { get; } = [];

    /// <summary>Whose signatures no key made.</summary>
    public HashSet<Address> SignsByCode { get; } = [];

    public bool IsByContract(Clearinghouse.SignedOrder signed) => SignsByCode.Contains(signed.Signer);

    /// <summary>Runs before it says how far orders are filled.</summary>
    public Func<CancellationToken, Task>? BeforeStatuses { get; set; }

    /// <summary>How often it was asked how far orders are filled.</summary>
    public int StatusQuestions { get; private set; }

    /// <summary>Runs before it says whether code stands at an address.</summary>
    public Action? BeforeCode { get; set; }

    public Task<bool> HasCodeAsync(Address signer, CancellationToken cancellationToken)
    {
        BeforeCode?.Invoke();
        return Task.FromResult(Contracts.Contains(signer));
    }

    public async Task<IReadOnlyList<(bool IsDone, ulong FilledE8)>> StatusesAsync(IReadOnlyList<RestingOrder> orders, CancellationToken cancellationToken)
    {
        StatusQuestions++;
        await (BeforeStatuses?.Invoke(cancellationToken) ?? Task.CompletedTask);
        return [.. orders.Select(order => Known.GetValueOrDefault((order.Account, order.Nonce)))];
    }
}
