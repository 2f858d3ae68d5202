using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Makes the attestations of a book: for each account the cash that its positions need with at least its collateral, at the surface that is worse for it.</summary>
/// <remarks>A book has a leaf for every account, so that any of them can be demanded; one that cannot be computed needs more cash than there is. What comes out is a pure function of what is on chain at
/// the end of the checkpoint's block, so that every attester makes the same; what is kept between two books is the engine, and the hashes of accounts that did not change. One thread at a time.</remarks>
internal sealed class AttestationBuilder(int workers)
{
    private readonly BookFollower _follower = new(SurfaceChoice.Worse, static (account, _, _) => (account.State, Balances.WithoutSettlement(account.Balances)), rotation: 0, workers);
    private BookAccount[] _accounts = [];
    private Hash32[] _positionsHashes = [];
    private Hash32[] _collateralHashes = [];

    /// <summary>Attests every account.</summary>
    /// <param name="book">The book at the end of the checkpoint's block.</param>
    /// <param name="inputs">The checkpoint.</param>
    /// <param name="alike">Another block's book of the same checkpoint; null for none.</param>
    /// <param name="cancellationToken">Stops.</param>
    public AttestedBook Build(ProtocolBook book, CheckpointInputs inputs, AttestedBook? alike, CancellationToken cancellationToken)
    {
        _follower.Follow(book, inputs);
        Keep([.. book.Accounts.Values], cancellationToken);
        var attestations = new RiskRegistry.RiskAttestation[_accounts.Length];
        ulong validUntil = ValidUntil(book, inputs);
        Parallel.For(0, attestations.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = workers }, i =>
        {
            bool isComputed = _follower.Engine.TryFind(_accounts[i].Id, out AccountFigures figures, out MarginError error) && error == MarginError.None;
            attestations[i] = Of(_accounts[i].Id, _positionsHashes[i], _collateralHashes[i], isComputed ? figures : null, inputs.Id, validUntil);
        });
        return new AttestedBook(inputs.Id, attestations, alike, workers);
    }

    /// <summary>Attests one account as it is. When the checkpoint does not hold what it touches, or a figure does not fit, it needs more cash than there is.</summary>
    public static RiskRegistry.RiskAttestation Attest(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        ImmutableArray<Balance> collateral = Balances.WithoutSettlement(account.Balances);
        bool isComputed = MarginEngine.TryCompute(account.State, collateral.AsSpan(), inputs.View, SurfaceChoice.Worse, out AccountFigures figures) == MarginError.None;
        return Of(account.Id, account.PositionsHash, CollateralHash(account), isComputed ? figures : null, inputs.Id, ValidUntil(book, inputs));
    }

    private static RiskRegistry.RiskAttestation Of(ulong account, Hash32 positionsHash, Hash32 collateralHash, AccountFigures? computed, ulong checkpoint, ulong validUntil) =>
        computed is { } figures && figures.InitialE8 <= long.MaxValue && figures.MaintenanceE8 <= long.MaxValue
            ? new(account, positionsHash, collateralHash, figures.LeastCashE8, (long)figures.InitialE8, (long)figures.MaintenanceE8, checkpoint, MarginModel.Hash, validUntil)
            : new(account, positionsHash, collateralHash, Int128.MaxValue, long.MaxValue, long.MaxValue, checkpoint, MarginModel.Hash, validUntil);

    private static ulong ValidUntil(ProtocolBook book, CheckpointInputs inputs) => (ulong)inputs.Checkpoint.Header.Time + book.Parameters.Oracle.AttestationMaxAgeSeconds;

    private static Hash32 CollateralHash(BookAccount account) => Keccak256.Hash(Balances.Pack(Balances.WithoutSettlement(account.Balances)));

    /// <summary>Takes accounts over and hashes those anew that are other objects than before: an account that did not change is the same one.</summary>
    private void Keep(BookAccount[] accounts, CancellationToken cancellationToken)
    {
        BookAccount[] before = _accounts;
        Array.Resize(ref _positionsHashes, accounts.Length);
        Array.Resize(ref _collateralHashes, accounts.Length);
        _accounts = [];
        Parallel.For(0, accounts.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = workers }, i =>
        {
            if (i >= before.Length || !ReferenceEquals(before[i], accounts[i]))
            {
                _positionsHashes[i] = accounts[i].PositionsHash;
                _collateralHashes[i] = CollateralHash(accounts[i]);
            }
        });
        _accounts = accounts;
    }
}
