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

    private static readonly Clearinghouse.AccountInput Nobody = new(0, [], new Clearinghouse.Proof(0, []));
    private static readonly byte[] Withdraw = new Clearinghouse.WithdrawCall(Nobody, 0, 0, default).Encode()[..4];
    private static readonly byte[] Move = new Clearinghouse.MoveCall(Nobody, Nobody, 0, 0, []).Encode()[..4];

    /// <summary>What is tried that rests on attesters for one account.</summary>
    public (ulong? Gas, string Refusal) Attested { get; set; } = (AttestedGas, "");

    /// <summary>An account that attesters' word costs 50,000 gas more than computing.</summary>
    public ulong Dear { get; set; }

    /// <summary>In wei; a hundred gwei, so that no fee is too much.</summary>
    public ulong GasPriceWei { get; set; } = 100_000_000_000;

    public int Tried { get; private set; }

    public Task<(ulong? Gas, string Refusal)> TryAsync(TransactionRequest request, Address from, CancellationToken cancellationToken)
    {
        Tried++;
        byte[] data = request.Data.ToArray();
        IEnumerable<Clearinghouse.AccountInput> inputs = data.AsSpan(0, 4).SequenceEqual(Withdraw) ? [Clearinghouse.WithdrawCall.Decode(data).Item1]
            : data.AsSpan(0, 4).SequenceEqual(Move) ? [Clearinghouse.MoveCall.Decode(data).Item1, Clearinghouse.MoveCall.Decode(data).Item2]
            : Clearinghouse.SettleCall.Decode(data).Item1;
        Clearinghouse.AccountInput[] attested = [.. inputs.Where(static input => input.Proof.Kind is > 0 and < 4)];
        ulong? more = attested.Length == 0 ? 0 : attested.Aggregate((ulong?)0, (sum, input) => unchecked(sum + (input.Account == Dear ? 50_000 : Attested.Gas - ComputedGas)));
        return Task.FromResult((unchecked(ComputedGas + more), attested.Length == 0 ? "" : Attested.Refusal));
    }

    public Task<UInt256> GasPriceWeiAsync(CancellationToken cancellationToken) => Task.FromResult((UInt256)GasPriceWei);
}
