using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>A deployment with two attesters, both needed and both corrupt, and two traders: 2 BTC of perpetuals between them.</summary>
public sealed class AttackWorld(ChainFixture fixture) : IAsyncLifetime
{
    public const long Btc = 89_035_47000000;

    private static readonly Hash32 Salt = Keccak256.HashUtf8("salt");

    private PrivateKey _second = null!;

    public Deployed Deployed { get; private set; } = null!;

    public Trader Maker { get; private set; } = null!;

    public Trader Bold { get; private set; } = null!;

    /// <summary>The book as it was last looked at, and its last checkpoint.</summary>
    public ProtocolBook Book { get; private set; } = null!;

    public CheckpointInputs Inputs => Book.LatestCheckpoint!;

    public async Task InitializeAsync()
    {
        _second = await Deployed.FundedKeyAsync(fixture.Chain);
        Deployed = await Deployed.CreateAsync(fixture.Chain, _second);
        Maker = await Deployed.TraderAsync(5_000_000);
        Bold = await Deployed.TraderAsync(60_000);
        await Deployed.TradeAsync(Bold, Maker, 1, 2 * Deployed.Unit, Btc);
        await fixture.Chain.PassAsync(61);
        await RefreshAsync();
    }

    public async Task DisposeAsync()
    {
        if (Deployed is not null)
        {
            await Deployed.DisposeAsync();
        }

        _second?.Dispose();
    }

    /// <summary>A surface that both attesters signed.</summary>
    public Task PublishSurfaceAsync(uint expiry) => Deployed.PublishSurfaceAsync(expiry, 10_000_000_000, _second);

    /// <summary>Takes a checkpoint and looks at the book.</summary>
    public async Task RefreshAsync()
    {
        await Deployed.Client.TakeCheckpointAsync();
        Book = await Deployed.Client.ReplayAsync();
    }

    /// <summary>Goes back to a block, to the book as it was then.</summary>
    public async Task RevertAsync(string snapshot, ProtocolBook book)
    {
        await Deployed.RevertAsync(snapshot);
        await Maker.ReconnectAsync(Deployed);
        await Bold.ReconnectAsync(Deployed);
        Book = book;
    }

    /// <summary>The true attestation of a trader's account in the book that was last looked at, valid for an hour.</summary>
    public RiskRegistry.RiskAttestation True(Trader trader) => True(Book.Accounts[trader.Account]);

    /// <summary>The same of an account as it is going to be.</summary>
    public RiskRegistry.RiskAttestation True(BookAccount account)
    {
        ImmutableArray<Balance> collateral = Collateral(account);
        Assert.Equal(MarginError.None, MarginEngine.TryCompute(account.State, collateral.AsSpan(), Inputs.View, SurfaceChoice.Worse, out AccountFigures figures));
        return new RiskRegistry.RiskAttestation(
            account.Id, account.PositionsHash, Keccak256.Hash(Balances.Pack(collateral)), figures.LeastCashE8, (long)figures.InitialE8, (long)figures.MaintenanceE8, Inputs.Id, Book.ModelHash, (ulong)Inputs.Checkpoint.Header.Time + 3600);
    }

    public IReadOnlyList<RiskRegistry.AttesterSignature> SignAll(RiskRegistry.RiskEpoch epoch, Hash32 inputsHash) =>
        [Deployed.Client.Digests.Sign(epoch, inputsHash, Deployed.Attester), Deployed.Client.Digests.Sign(epoch, inputsHash, _second)];

    private IReadOnlyList<RiskRegistry.AttesterSignature> SignAll(RiskRegistry.RiskAttestation attestation, ProtocolDigests digests) =>
        [.. new[] { digests.Sign(attestation, Inputs.InputsHash, Deployed.Attester), digests.Sign(attestation, Inputs.InputsHash, _second) }.OrderBy(static signature => signature.Signer)];

    /// <summary>Posts an epoch that holds this attestation and, for the other trader, the truth.</summary>
    public async Task<AttestedBook> PostAsync(RiskRegistry.RiskAttestation attestation)
    {
        Trader other = attestation.Account == Bold.Account ? Maker : Bold;
        var book = new AttestedBook(Inputs.Id, [attestation, True(other)]);
        RiskRegistry.RiskEpoch epoch = book.ToEpoch((Book.LatestEpoch?.Epoch ?? 0) + 1);
        await Deployed.Client.PostEpochAsync(epoch, Inputs, SignAll(epoch, Inputs.InputsHash));
        return book;
    }

    /// <summary>A proof by signatures on demand.</summary>
    public Clearinghouse.Proof OnDemand(RiskRegistry.RiskAttestation attestation, ProtocolDigests? digests = null)
    {
        BookAccount account = Book.Accounts[attestation.Account];
        return Proofs.OnDemand(attestation, SignAll(attestation, digests ?? Deployed.Client.Digests), Collateral(account));
    }

    /// <summary>A proof by a leaf of the first epoch.</summary>
    public Clearinghouse.Proof Leaf(AttestedBook book, Trader trader)
    {
        BookAccount account = Book.Accounts[trader.Account];
        (RiskRegistry.RiskAttestation attestation, Hash32[] path) = book.Find(trader.Account)!.Value;
        return Proofs.Leaf(attestation, 1, path, Collateral(account));
    }

    public Challenges.Accused Accused(RiskRegistry.RiskAttestation attestation) => new(
        Challenges.RiskAttestation.Decode(attestation.Encode()),
        0,
        [],
        [.. SignAll(attestation, Deployed.Client.Digests).Select(static signature => new Challenges.AttesterSignature(signature.Signer, signature.Signature))]);

    public static Challenges.Accused Accused(AttestedBook book, ulong account)
    {
        (RiskRegistry.RiskAttestation attestation, Hash32[] path) = book.Find(account)!.Value;
        return new Challenges.Accused(Challenges.RiskAttestation.Decode(attestation.Encode()), 1, path, []);
    }

    /// <summary>Commits, and refutes by the best witness, with the preimages of the book that was last looked at.</summary>
    public async Task RefuteAsync(Trader prover, Challenges.Accused accused, Trader subject)
    {
        await CommitAsync(prover, accused);
        BookAccount account = Book.Accounts[subject.Account];
        byte[] witness = Witness.Best(account.State, Collateral(account).AsSpan(), Inputs.View, SurfaceChoice.Worse);
        await prover.Client.SendAsync(prover.Client.Calls.Refute(accused, Preimages(account), witness, Salt));
    }

    public async Task RecomputeAsync(Trader prover, Challenges.Accused accused, Trader subject)
    {
        await CommitAsync(prover, accused);
        await prover.Client.SendAsync(prover.Client.Calls.Recompute(accused, Preimages(Book.Accounts[subject.Account]), Salt));
    }

    public static Task WithdrawAsync(Trader trader, UInt128 raw, Clearinghouse.Proof proof) => trader.Client.WithdrawAsync(trader.Account, 0, raw, trader.Key.Address, proof);

    private static ImmutableArray<Balance> Collateral(BookAccount account) => Balances.WithoutSettlement(account.Balances);

    private Challenges.Preimages Preimages(BookAccount account) =>
        new(account.StateBytes[64..], Balances.Pack(Collateral(account)), Inputs.Head, Inputs.RecordsFor(account.State, Collateral(account)));

    private static Task<TransactionReceipt> CommitAsync(Trader prover, Challenges.Accused accused)
    {
        Hash32 attestationHash = AttestedBook.HashOf(RiskRegistry.RiskAttestation.Decode(accused.Attestation.Encode()));
        byte[] committed = [.. new byte[12], .. prover.Key.Address.ToArray(), .. attestationHash.ToArray(), .. Salt.ToArray()];
        return prover.Client.SendAsync(prover.Client.Calls.Commit(Keccak256.Hash(committed)));
    }
}
