using System.Collections.Immutable;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Makes the attestations of a book: for each account the cash that its positions need with at least its collateral, at the surface that is worse for it.</summary>
/// <remarks>A book has a leaf for every account, so that any of them can be demanded; one that cannot be computed needs more cash than there is. A pure function of what is on chain at the end of the checkpoint's block, so that every attester makes the same.</remarks>
internal static class AttestationBuilder
{
    /// <summary>Attests every account.</summary>
    /// <param name="book">The book at the end of the checkpoint's block.</param>
    /// <param name="inputs">The checkpoint.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static AttestedBook Build(ProtocolBook book, CheckpointInputs inputs, CancellationToken cancellationToken)
    {
        BookAccount[] accounts = [.. book.Accounts.Values];
        var attestations = new RiskRegistry.RiskAttestation[accounts.Length];
        Parallel.For(0, accounts.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => attestations[i] = Attest(accounts[i], book, inputs));
        return new AttestedBook(inputs.Id, attestations);
    }

    /// <summary>Attests one account as it is. When the checkpoint does not hold what it touches, or a figure does not fit, it needs more cash than there is.</summary>
    public static RiskRegistry.RiskAttestation Attest(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        ImmutableArray<Balance> collateral = Balances.WithoutSettlement(account.Balances);
        bool isComputed = MarginEngine.TryCompute(account.State, collateral.AsSpan(), inputs.View, SurfaceChoice.Worse, out AccountFigures figures) == MarginError.None
            && figures.InitialE8 <= long.MaxValue
            && figures.MaintenanceE8 <= long.MaxValue;
        return new RiskRegistry.RiskAttestation(
            account.Id,
            account.PositionsHash,
            Keccak256.Hash(Balances.Pack(collateral)),
            isComputed ? figures.LeastCashE8 : Int128.MaxValue,
            isComputed ? (long)figures.InitialE8 : long.MaxValue,
            isComputed ? (long)figures.MaintenanceE8 : long.MaxValue,
            inputs.Id,
            book.ModelHash,
            (ulong)inputs.Checkpoint.Header.Time + book.Parameters.Oracle.AttestationMaxAgeSeconds);
    }
}
