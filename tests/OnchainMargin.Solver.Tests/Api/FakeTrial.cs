using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Proving;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>A chain that takes what a test says, at the gas that it says.</summary>
internal sealed class FakeTrial : IProofTrial
{
    public const ulong ComputedGas = 600_000;
    public const ulong AttestedGas = 450_000;

    private static readonly byte[] Withdraw = new Clearinghouse.WithdrawCall(new Clearinghouse.AccountInput(0, [], new Clearinghouse.Proof(0, [])), 0, 0, default).Encode()[..4];

    /// <summary>What is tried that rests on attesters.</summary>
    public (ulong? Gas, string Refusal) Attested { get; set; } = (AttestedGas, "");

    /// <summary>In wei; a hundred gwei, so that no fee is too much.</summary>
    public ulong GasPriceWei { get; set; } = 100_000_000_000;

    public int Tried { get; private set; }

    public Task<(ulong? Gas, string Refusal)> TryAsync(TransactionRequest request, Address from, CancellationToken cancellationToken)
    {
        Tried++;
        byte[] data = request.Data.ToArray();
        IEnumerable<byte> kinds = data.AsSpan(0, 4).SequenceEqual(Withdraw)
            ? [Clearinghouse.WithdrawCall.Decode(data).Item1.Proof.Kind]
            : Clearinghouse.SettleCall.Decode(data).Item1.Select(static input => input.Proof.Kind);
        return Task.FromResult(kinds.Any(static kind => kind is > 0 and < 4) ? Attested : (ComputedGas, ""));
    }

    public Task<UInt256> GasPriceWeiAsync(CancellationToken cancellationToken) => Task.FromResult((UInt256)GasPriceWei);
}
