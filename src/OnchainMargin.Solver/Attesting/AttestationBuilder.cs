using System.Collections.Immutable;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Makes the attestations of a book: for each account the cash that its positions need with at least its collateral, at the surface that is worse for it.</summary>
/// <remarks>A pure function of what is on chain at the end of the checkpoint's block, so that every attester makes the same.</remarks>
internal static class AttestationBuilder
{
    /// <summary>Attests every account that can be computed.</summary>
    /// <param name="book">The book at the end of the checkpoint's block.</param>
    /// <param name="inputs">The checkpoint.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static AttestedBook Build(ProtocolBook book, CheckpointInputs inputs, CancellationToken cancellationToken)
    {
        BookAccount[] accounts = [.. book.Accounts.Values];
        var attestations = new RiskRegistry.RiskAttestation?[accounts.Length];
        Parallel.For(0, accounts.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => attestations[i] = Attest(accounts[i], book, inputs));
        return new AttestedBook(inputs.Id, attestations.OfType<RiskRegistry.RiskAttestation>());
    }

    /// <summary>Attests one account; null when the checkpoint does not hold what it touches, or a figure does not fit the attestation.</summary>
    public static RiskRegistry.RiskAttestation? Attest(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        ImmutableArray<Balance> collateral = Balances.WithoutSettlement(account.Balances);
        // The next operation settles what has expired, and is compared with the attestation after that.
        AccountState state = book.Settlements.Settle(account.State);
        if (MarginEngine.TryCompute(state, collateral.AsSpan(), inputs.View, SurfaceChoice.Worse, out AccountFigures figures) != MarginError.None
            || figures.InitialE8 > long.MaxValue
            || figures.MaintenanceE8 > long.MaxValue)
        {
            return null;
        }

        return new RiskRegistry.RiskAttestation(
            account.Id,
            ReferenceEquals(state, account.State) ? account.PositionsHash : BookAccount.HashOfPositions(state),
            Keccak256.Hash(Balances.Pack(collateral)),
            figures.LeastCashE8,
            (long)figures.InitialE8,
            (long)figures.MaintenanceE8,
            inputs.Id,
            book.ModelHash,
            (ulong)inputs.Checkpoint.Header.Time + book.Parameters.Oracle.AttestationMaxAgeSeconds);
    }
}
