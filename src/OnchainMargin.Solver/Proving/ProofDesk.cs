using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Proving;

/// <summary>Chooses how the accounts of an operation are shown healthy: by attestations where there are some that the chain takes and that cost less than computing, fee on credit and gas together; by computation otherwise, always. Silent attesters stop nothing.</summary>
internal sealed class ProofDesk(AttestedBooks attested, OnDemandSigner attesters, IProofTrial trial, DeploymentRecord deployment, SolverOptions options)
{
    /// <summary>How many accounts are weighed each for itself, so that a question costs the node no more than so many trials; the others stay as they are.</summary>
    private const int MostWeighed = 4;

    /// <summary>Chooses.</summary>
    /// <param name="operations">What each account becomes.</param>
    /// <param name="build">The operation with a proof for each account, in their order.</param>
    /// <param name="from">Who is going to send it.</param>
    /// <param name="asker">Who asks the attesters for an account; null not to ask them.</param>
    /// <param name="indexed">The book.</param>
    /// <param name="live">What the chain would judge by now.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<ChosenProofs> ChooseAsync(
        IReadOnlyList<AccountOperation> operations,
        Func<IReadOnlyList<Clearinghouse.Proof>, TransactionRequest> build,
        Address from,
        Func<AccountOperation, ProofAsker?> asker,
        IndexedBook indexed,
        CheckpointInputs live,
        CancellationToken cancellationToken)
    {
        ChosenProofs? refused = null;
        foreach (bool takesLeaves in (bool[])[true, false])
        {
            AccountProof[] proofs = await FindAsync(operations, asker, takesLeaves, indexed, live, cancellationToken).ConfigureAwait(false);
            if (!proofs.Any(static proof => proof.IsAttested))
            {
                return refused ?? new ChosenProofs(proofs);
            }

            (ulong? gas, string refusal) = await TryAsync(proofs, build, from, cancellationToken).ConfigureAwait(false);
            if (gas is { } used)
            {
                return await WeighAsync(operations, proofs, used, build, from, live, cancellationToken).ConfigureAwait(false);
            }

            // A leaf that the chain does not take any more may have a fresh attestation in its place.
            refused = new ChosenProofs([.. operations.Zip(proofs, (operation, proof) => proof.IsAttested ? Otherwise(operation, $"the chain would not take {Name(proof.Way)}: {refusal.TrimEnd('.')}", IsAskable(asker(operation))) : proof)]);
            if (!proofs.Any(static proof => proof.Way == ProofWay.Leaf))
            {
                break;
            }
        }

        return refused!;
    }

    private Task<(ulong? Gas, string Refusal)> TryAsync(IEnumerable<AccountProof> proofs, Func<IReadOnlyList<Clearinghouse.Proof>, TransactionRequest> build, Address from, CancellationToken cancellationToken) =>
        trial.TryAsync(build([.. proofs.Select(static proof => proof.Proof)]), from, cancellationToken);

    /// <summary>What attesters' word costs each account beside what computing it costs. Each is shown for itself, so what it costs does not depend on how the others are.</summary>
    private async Task<ChosenProofs> WeighAsync(
        IReadOnlyList<AccountOperation> operations, AccountProof[] proofs, ulong gas, Func<IReadOnlyList<Clearinghouse.Proof>, TransactionRequest> build, Address from, CheckpointInputs live, CancellationToken cancellationToken)
    {
        int[] attestedOnes = [.. Enumerable.Range(0, proofs.Length).Where(place => proofs[place].IsAttested)];
        AccountProof[] chosen = [.. proofs];
        long more = 0;
        long? moreComputed = attestedOnes.Length <= MostWeighed ? 0 : null;
        foreach (int i in attestedOnes.Take(MostWeighed))
        {
            AccountProof[] others = [.. proofs];
            others[i] = Otherwise(operations[i], "");
            (ulong? computedGas, _) = await TryAsync(others, build, from, cancellationToken).ConfigureAwait(false);
            long? saved = (long?)computedGas - (long)gas;
            moreComputed += saved;
            if (saved is { } savedGas && await DearerAsync(proofs[i].FeeE8, savedGas, live, cancellationToken).ConfigureAwait(false) is { } reason)
            {
                chosen[i] = Otherwise(operations[i], reason);
                more += savedGas;
            }
        }

        return new ChosenProofs(chosen, (ulong)((long)gas + more), (ulong?)((long)gas + moreComputed));
    }

    /// <summary>Why attesters' word costs more than it saves; null when it does not.</summary>
    private async Task<string?> DearerAsync(Int128 feeE8, long savedGas, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (savedGas <= 0)
        {
            return $"an attestation would take {-savedGas:N0} gas more";
        }

        if (feeE8 == 0)
        {
            return null;
        }

        Int128 savedE8 = BidModel.GasE8((ulong)savedGas, await trial.GasPriceWeiAsync(cancellationToken).ConfigureAwait(false), NativePrice.OfE8(live, deployment, options.Keeper));
        return feeE8 < savedE8 ? null : $"the fee of {BidModel.Money(feeE8)} on credit would be more than the gas of {BidModel.Money(savedE8)} that it saves";
    }

    private async Task<AccountProof[]> FindAsync(
        IReadOnlyList<AccountOperation> operations, Func<AccountOperation, ProofAsker?> asker, bool takesLeaves, IndexedBook indexed, CheckpointInputs live, CancellationToken cancellationToken) =>
        await Task.WhenAll(operations.Select(operation => FindAsync(operation, asker(operation), takesLeaves, indexed, live, cancellationToken))).ConfigureAwait(false);

    /// <summary>The best proof of one account, by itself.</summary>
    private async Task<AccountProof> FindAsync(AccountOperation operation, ProofAsker? asker, bool takesLeaves, IndexedBook indexed, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (operation.NeedsNoProof(indexed.Book, live))
        {
            return new AccountProof(operation.Account.Id, ProofWay.None, Proofs.Computed, 0, 0, "No proof is needed: no position is left, and no debt.");
        }

        if (operation.MustReduce)
        {
            return Otherwise(operation, "a market of this trade takes reductions only, which no attestation shows");
        }

        if (CreditQuote.Of(operation.After, operation.IsWithdrawal, indexed.Book, live) is not { } credit)
        {
            return Otherwise(operation, "the market of this account cannot be computed here now");
        }

        if (credit.AboveFloorE8 < 0)
        {
            return Otherwise(operation, "an attestation needs the floor to be kept, and it would not be");
        }

        if (credit.FeeE8 > operation.LargestFeeE8)
        {
            return Otherwise(operation, $"the fee of {BidModel.Money(credit.FeeE8)} on credit would be more than the orders leave");
        }

        AccountProof Made(ProofWay way, Clearinghouse.Proof proof, string what) => new(
            operation.Account.Id, way, proof, credit.CreditE8, credit.FeeE8, credit.FeeE8 == 0 ? $"Shown by {what}; no fee." : $"Shown by {what}; a fee of {BidModel.Money(credit.FeeE8)} for credit goes to the attesters.");

        PostedLeaf? leaf = PostedLeaf.Find(operation.Account.Id, indexed, attested, cancellationToken).Leaf is { Epoch.IsVoid: false } posted ? posted : null;
        if (takesLeaves && leaf is not null && AttestedRules.Shows(operation, leaf.Attestation, leaf.Collateral, credit, live))
        {
            return Made(ProofWay.Leaf, leaf.Proof, $"the attesters' epoch {leaf.Epoch.Epoch}");
        }

        string silence = attesters.IsThere ? "the attesters were not asked" : "no attester is known here";
        if (asker is not null && attesters.IsThere)
        {
            (Clearinghouse.Proof? signed, RiskRegistry.RiskAttestation attestation, silence) = await attesters
                .GatherAsync(operation.Account.Id, operation.After.State, operation.After.Balances, asker, cancellationToken).ConfigureAwait(false);
            if (signed is { } proof && AttestedRules.Shows(operation, attestation, operation.After.Balances, credit, live))
            {
                return Made(ProofWay.Signed, proof, "attesters who signed it now");
            }

            silence = signed is null ? silence : "what the attesters signed asks for more cash than is there";
        }

        // Headroom comes last: it computes what the trade adds at most, which takes more gas than a signature.
        return leaf is not null && AttestedRules.ShowsByHeadroom(operation, leaf.Attestation, leaf.Collateral, credit, live)
            ? Made(ProofWay.Headroom, Proofs.Headroom(leaf.Proof), $"headroom over the attesters' epoch {leaf.Epoch.Epoch}")
            : Otherwise(operation, $"no leaf of an epoch shows it, and {silence}", IsAskable(asker));
    }

    private bool IsAskable(ProofAsker? asker) => asker is null && attesters.IsThere;

    private static AccountProof Otherwise(AccountOperation operation, string reason, bool isAskable = false) => new(
        operation.Account.Id,
        operation.Otherwise.Kind == Proofs.Reducing.Kind ? ProofWay.Reducing : ProofWay.Computed,
        operation.Otherwise,
        0,
        0,
        $"{(operation.Otherwise.Kind == Proofs.Reducing.Kind ? "Shown to reduce" : "Computed on chain")}: {reason}; no fee.",
        isAskable);

    private static string Name(ProofWay way) => way switch
    {
        ProofWay.Leaf => "the epoch's leaf",
        ProofWay.Headroom => "headroom over the epoch's leaf",
        _ => "what the attesters signed",
    };
}
