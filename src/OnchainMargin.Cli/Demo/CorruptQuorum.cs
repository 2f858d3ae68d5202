using System.Collections.Immutable;
using System.Globalization;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using Balances = OnchainMargin.Protocol.Book.Balances;

namespace OnchainMargin.Cli.Demo;

/// <summary>The scene in which a quorum lies: two attesters sign a false book and serve it to nobody, an account takes money out on it, the watchtower proves it wrong on chain, and others take the liars' seats.</summary>
internal sealed class CorruptQuorum(ProtocolSession session, BookFollower follower, IReadOnlyList<DemoAccount> accounts, IDemoView view, ChildProcess solver)
{
    private const long LieE8 = 1_000_000_00000000;
    private const ulong OneDollarRaw = 1_000_000;
    private const ulong ValidSeconds = 600;
    private const int ProverPercent = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly List<string> _story = [];
    private readonly List<Check> _checks = [];
    private ulong _liesIn;

    /// <summary>What happened, in sentences.</summary>
    public IReadOnlyList<string> Story => _story;

    /// <summary>What must have come of it.</summary>
    public IReadOnlyList<Check> Checks => _checks;

    private ProtocolClient Client => session.Client;

    private DeployedBonds Bonds => new(session.Deployment.Contracts.AttesterBonds, session.Deployment.Tokens[0].Address);

    /// <summary>Plays it up to the joining of the replacements.</summary>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        ProtocolBook before = await follower.UpdateAsync(cancellationToken);
        CheckpointInputs inputs = before.LatestCheckpoint!;
        AttestedBook lies = new(inputs.Id, before.Accounts.Values.Select(account => Lie(account, before, inputs)));
        RiskRegistry.RiskEpoch epoch = lies.ToEpoch(before.LatestEpoch!.Epoch + 1);
        await Client.PostEpochAsync(epoch, inputs, SolverProcess.Liars.Select(name => Sign(name, epoch, inputs)), cancellationToken);
        _liesIn = epoch.Epoch;
        Tell($"{string.Join(" and ", SolverProcess.Liars)} post epoch {epoch.Epoch}: a book in which every account needs {Money.Dollars(LieE8)} dollars less cash than it does. They serve it to nobody.");

        (DemoAccount thief, ProtocolClient owner, Clearinghouse.Proof proof) = await UseAsync(lies, epoch.Epoch, before, cancellationToken);
        ulong usedIn = (await follower.UpdateAsync(cancellationToken)).BlockNumber;
        Tell($"{thief.Trader.Name} takes a dollar out on its leaf, in block {usedIn}: the contracts accept it, and tell that they did.");

        ProtocolBook after = await WaitAsync(book => SolverProcess.Liars.All(name => !book.Attesters.Contains(AddressOf(name))), "refuted the false book", cancellationToken);
        UInt256 reward = await FetchRewardsAsync(cancellationToken);
        UInt256 due = await PayInsuranceAsync(cancellationToken);
        UInt256 stake = await Client.Node.CallAsync(Bonds.Contract, new AttesterBonds.BondRawCall(), cancellationToken: cancellationToken) * (UInt256)(ulong)SolverProcess.Liars.Count;
        Tell($"By block {after.BlockNumber} the watchtower, which nobody told, has computed that leaf anew and refuted it. The bonds of both are gone: {Tokens(reward)} to the watchtower, {Tokens(due)} to the insurance fund.");
        _checks.Add(new Check("a watchtower that nobody told refuted what a quorum signed", SolverProcess.Liars.All(name => after.Bonds[AddressOf(name)].IsSlashed), $"{after.BlockNumber - usedIn} block(s) after its use"));
        _checks.Add(new Check("the liars' bonds went to the prover and the insurance", reward + due == stake && reward * (UInt256)100UL == stake * (UInt256)(ulong)ProverPercent, $"{Tokens(reward)} and {Tokens(due)} of {Tokens(stake)}"));
        RevertReason? refusal = await RefusalAsync(thief, owner, proof, cancellationToken);
        _checks.Add(new Check(
            "the false book counts for nothing any more",
            after.Epochs[epoch.Epoch].IsVoid && refusal is CustomErrorReason { Error.ErrorName: "EpochVoid" },
            $"a second withdrawal on it: {(refusal is null ? "accepted" : Refusals.Sentence(refusal))}"));

        await ReplaceAsync(stake, cancellationToken);
        Tell($"{string.Join(" and ", SolverProcess.Replacements)} pay their bonds and sit down. Nothing else stops for it.");
    }

    /// <summary>Checks that the next price was attested by those who are left and who came.</summary>
    public void Finish(ProtocolBook book)
    {
        BookEpoch latest = book.LatestEpoch!;
        List<Address> signers = [.. book.Seats.Where(seat => ((latest.Signers >> seat.Key) & 1) != 0).Select(seat => seat.Value)];
        bool isSound = latest.Epoch > _liesIn && !latest.IsVoid && !SolverProcess.Liars.Any(name => signers.Contains(AddressOf(name)));
        _checks.Add(new Check("attesting goes on without the liars", isSound, $"epoch {latest.Epoch} by {signers.Count} of {book.Attesters.Count} attesters"));
    }

    private static Address AddressOf(string name)
    {
        using var key = DemoKeys.Of(name);
        return key.Address;
    }

    private static string Tokens(UInt256 raw) => Money.Dollars((Int128)(ulong)raw * 100);

    /// <summary>What an account needs, less a million.</summary>
    private static RiskRegistry.RiskAttestation Lie(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        ImmutableArray<Balance> collateral = Balances.WithoutSettlement(account.Balances);
        AccountFigures figures = MarginEngine.Compute(account.State, collateral.AsSpan(), inputs.View, SurfaceChoice.Worse);
        return new RiskRegistry.RiskAttestation(
            account.Id,
            account.PositionsHash,
            Keccak256.Hash(Balances.Pack(collateral)),
            figures.LeastCashE8 - LieE8,
            (long)figures.InitialE8,
            (long)figures.MaintenanceE8,
            inputs.Id,
            book.ModelHash,
            (ulong)inputs.Checkpoint.Header.Time + ValidSeconds);
    }

    /// <summary>Pays the watchtower for both liars; how much that was.</summary>
    private async Task<UInt256> FetchRewardsAsync(CancellationToken cancellationToken)
    {
        UInt256 sum = UInt256.Zero;
        foreach (Address liar in SolverProcess.Liars.Select(AddressOf))
        {
            AttesterBonds.RewardOfResult reward = await Client.Node.CallAsync(Bonds.Contract, new AttesterBonds.RewardOfCall(liar), cancellationToken: cancellationToken);
            await Client.SendAsync(TransactionRequest.Call(Bonds.Contract, new AttesterBonds.PayRewardCall(liar)), cancellationToken);
            sum += reward.Prover == AddressOf(SolverProcess.Watchtower) ? reward.AmountRaw : UInt256.Zero;
        }

        return sum;
    }

    /// <summary>Pays the insurance fund what is left of both bonds; how much that was.</summary>
    private async Task<UInt256> PayInsuranceAsync(CancellationToken cancellationToken)
    {
        UInt256 sum = UInt256.Zero;
        foreach (Address liar in SolverProcess.Liars.Select(AddressOf))
        {
            sum += await Client.Node.CallAsync(Bonds.Contract, new AttesterBonds.InsuranceDueOfCall(liar), cancellationToken: cancellationToken);
            await Client.SendAsync(TransactionRequest.Call(Bonds.Contract, new AttesterBonds.PayInsuranceCall(liar)), cancellationToken);
        }

        return sum;
    }

    private RiskRegistry.AttesterSignature Sign(string name, RiskRegistry.RiskEpoch epoch, CheckpointInputs inputs)
    {
        using var key = DemoKeys.Of(name);
        return Client.Digests.Sign(epoch, inputs.InputsHash, key);
    }

    /// <summary>The first account with positions that gets a dollar on its leaf: the floor and the credit bucket stand however much is signed.</summary>
    private async Task<(DemoAccount Account, ProtocolClient Owner, Clearinghouse.Proof Proof)> UseAsync(AttestedBook lies, ulong epoch, ProtocolBook book, CancellationToken cancellationToken)
    {
        var refusals = new List<string>();
        foreach (DemoAccount account in accounts.Where(account => !book.Accounts[account.Number].State.Positions.IsEmpty))
        {
            BookAccount state = book.Accounts[account.Number];
            (RiskRegistry.RiskAttestation attestation, Hash32[] path) = lies.Find(account.Number)!.Value;
            ImmutableArray<Balance> collateral = Balances.WithoutSettlement(state.Balances);
            Clearinghouse.Proof proof = Proofs.Leaf(attestation, epoch, path, collateral);
            ProtocolClient owner = await ProtocolClient.ConnectAsync(session.Connection.Node, session.Deployment, session.Connection.Sender(account.Key, session.Deployment.ChainId), cancellationToken);
            if (await RefusalAsync(account, owner, proof, cancellationToken) is not { } refusal)
            {
                return (account, owner, proof);
            }

            refusals.Add($"{account.Trader.Name}: {Refusals.Sentence(refusal).TrimEnd('.')}");
        }

        throw new CliException($"No account could use the false book: {string.Join("; ", refusals)}.");
    }

    /// <summary>Withdraws a dollar; why that was refused, null when it was not.</summary>
    private static async Task<RevertReason?> RefusalAsync(DemoAccount account, ProtocolClient owner, Clearinghouse.Proof proof, CancellationToken cancellationToken)
    {
        try
        {
            await owner.WithdrawAsync(account.Number, 0, OneDollarRaw, account.Key.Address, proof, cancellationToken);
            return null;
        }
        catch (RevertException error)
        {
            return error.Reason;
        }
    }

    private async Task ReplaceAsync(UInt256 stake, CancellationToken cancellationToken)
    {
        await Client.SendAsync(Chain.Tokens.Mint(session.Deployment.Tokens[0], Client.Sender, (UInt128)(ulong)stake), cancellationToken);
        await Client.SendAsync(TransactionRequest.Call(Bonds.Token, new Erc20.ApproveCall(Bonds.Contract, stake)), cancellationToken);
        foreach (Address attester in SolverProcess.Replacements.Select(AddressOf))
        {
            await Client.SendAsync(TransactionRequest.Call(Bonds.Contract, new AttesterBonds.AdmitCall(attester)), cancellationToken);
            await Client.SendAsync(TransactionRequest.Call(Bonds.Contract, new AttesterBonds.JoinCall(attester)), cancellationToken);
        }
    }

    private async Task<ProtocolBook> WaitAsync(Func<ProtocolBook, bool> isDone, string what, CancellationToken cancellationToken)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            ProtocolBook book = await follower.UpdateAsync(cancellationToken);
            if (isDone(book))
            {
                return book;
            }

            if (solver.HasEnded || TimeProvider.System.GetElapsedTime(began) > LongestWait)
            {
                throw new CliException(string.Create(CultureInfo.InvariantCulture, $"The watchtower has not {what} within {LongestWait.TotalSeconds} s; the end of '{solver.LogFile}' says: {solver.LogTail()}"));
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private void Tell(string sentence)
    {
        _story.Add(sentence);
        view.Tell(sentence);
    }

    private readonly record struct DeployedBonds(Address Contract, Address Token);
}
