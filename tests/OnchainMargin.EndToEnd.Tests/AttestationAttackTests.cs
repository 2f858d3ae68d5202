using System.Globalization;
using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using Balances = OnchainMargin.Protocol.Book.Balances;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>What a corrupt quorum of two attesters tries, on one deployment with the real referee; each attack starts from the same block.</summary>
[Collection(SharedChain.Name)]
public sealed class AttestationAttackTests(AttackWorld world) : IClassFixture<AttackWorld>, IAsyncLifetime
{
    private const int Day = 86_400;
    private const int EightOClock = 8 * 3600;

    private readonly ProtocolBook _book = world.Book;
    private string _snapshot = "";

    private Deployed Chain => world.Deployed;

    public async Task InitializeAsync() => _snapshot = await Chain.Chain.SnapshotAsync();

    public Task DisposeAsync() => world.RevertAsync(_snapshot, _book);

    [Fact]
    public async Task TooLowMargin_InAnEpoch_IsRefutedByOneWitnessAndCostsTheBonds()
    {
        RiskRegistry.RiskAttestation lie = world.True(world.Bold) with { MaintenanceMarginE8 = 1 };
        AttestedBook book = await world.PostAsync(lie);
        Trader prover = await Chain.TraderAsync(0);

        await world.RefuteAsync(prover, AttackWorld.Accused(book, lie.Account), world.Bold);

        ProtocolBook after = await Chain.Client.ReplayAsync();
        Assert.Empty(after.Attesters);
        Assert.True(after.LatestEpoch!.IsVoid);
        Assert.Equal((UInt256)200_000_000_000UL, await Chain.RewardsOfAsync(prover.Key.Address));
        JsonElement reward = await CommandLine.RunAsync(Chain, world.Maker.Key, "attester", "reward", Chain.Attester.Address.ToString());
        Assert.Equal(("100000 USDC", prover.Key.Address.ToString(), "900000 USDC"), (reward.GetProperty("paid").GetString(), reward.GetProperty("to").GetString(), reward.GetProperty("insurance").GetString()));
        Assert.Equal((UInt256)100_000_000_000UL, await Chain.Chain.Node.CallAsync(Chain.Record.Tokens[0].Address, new Erc20.BalanceOfCall(prover.Key.Address)));
        UInt256 due = await Chain.Chain.Node.CallAsync(Chain.Record.Contracts.AttesterBonds, new AttesterBonds.InsuranceDueOfCall(Chain.Attester.Address));
        Assert.Equal(UInt256.Zero, due);
        // The leaf is worth nothing now, nor is anything that the slashed sign; computing goes on.
        await RefusedAsync("EpochVoid", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.Leaf(book, world.Bold)));
        await RefusedAsync("SignerUnknown", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(world.True(world.Bold))));
        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, Proofs.Computed);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task TooHighAnEquity_SignedOnDemand_IsRefutedByWitnessAndByRecomputationNowAndAfterTheAccountMovedOn(bool byWitness, bool movedOn)
    {
        // Equity beyond what is there is cash that is not needed. A recomputation shows the last unit of it, a witness what lies above its lower bound.
        RiskRegistry.RiskAttestation truth = world.True(world.Bold);
        RiskRegistry.RiskAttestation lie = truth with { LeastCashE8 = byWitness ? -1_000_000 * Deployed.Unit : truth.LeastCashE8 - 1 };
        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(lie));
        if (movedOn)
        {
            // Everything changes: positions, prices, checkpoints.
            await Chain.TradeAsync(world.Maker, world.Bold, 1, Deployed.Unit / 2, AttackWorld.Btc);
            await Chain.SetPriceAsync(1, AttackWorld.Btc * 9 / 10);
            await Chain.Chain.PassAsync(86_400);
        }

        Trader prover = await Chain.TraderAsync(0);
        await (byWitness ? world.RefuteAsync(prover, world.Accused(lie), world.Bold) : world.RecomputeAsync(prover, world.Accused(lie), world.Bold));

        Assert.Empty((await Chain.Client.ReplayAsync()).Attesters);
    }

    [Fact]
    public async Task SlashedAttester_SigningAgain_IsRefusedAndMayNotJoin()
    {
        RiskRegistry.RiskAttestation lie = world.True(world.Bold) with { MaintenanceMarginE8 = 1 };
        Trader prover = await Chain.TraderAsync(0);
        await world.RefuteAsync(prover, world.Accused(lie), world.Bold);

        await RefusedAsync("SignerUnknown", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(world.True(world.Bold))));
        await RefusedAsync("SignerUnknown", () => world.PostAsync(world.True(world.Bold)));
        await RefusedAsync("NotAdmitted", () => Chain.SendAsync((Chain.Record.Contracts.AttesterBonds, new AttesterBonds.JoinCall(Chain.Attester.Address))));
    }

    [Fact]
    public async Task TrueAttestation_UnderEveryChallenge_Survives()
    {
        RiskRegistry.RiskAttestation truth = world.True(world.Bold);
        Trader prover = await Chain.TraderAsync(0);
        await RefusedAsync("AttestationTrue", () => world.RecomputeAsync(prover, world.Accused(truth), world.Bold));
        await RefusedAsync("WitnessShowsNothing", () => world.RefuteAsync(prover, world.Accused(truth), world.Bold));
        Assert.Equal(2, (await Chain.Client.ReplayAsync()).Attesters.Count);
    }

    [Fact]
    public async Task TooMuchCash_Attested_IsVoidAndCostsNobodyABond()
    {
        RiskRegistry.RiskAttestation truth = world.True(world.Bold);
        RiskRegistry.RiskAttestation strict = truth with { LeastCashE8 = truth.LeastCashE8 + 1 };
        Trader prover = await Chain.TraderAsync(0);
        await world.RecomputeAsync(prover, world.Accused(strict), world.Bold);
        Assert.Equal(2, (await Chain.Client.ReplayAsync()).Attesters.Count);
        await RefusedAsync("AttestationVoid", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(strict)));
    }

    [Fact]
    public async Task WrongPositions_OrAnotherAccounts_AreRefused()
    {
        RiskRegistry.RiskAttestation truth = world.True(world.Bold);
        await RefusedAsync("ProofOfAnother", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(truth with { PositionsHash = Keccak256.HashUtf8("none") })));
        await RefusedAsync("ProofOfAnother", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(world.True(world.Maker))));
    }

    [Fact]
    public async Task StaleEpoch_OrExpiredAttestation_IsRefused()
    {
        AttestedBook book = await world.PostAsync(world.True(world.Bold) with { ValidUntil = ulong.MaxValue >> 24 });
        RiskRegistry.RiskAttestation brief = world.True(world.Bold) with { ValidUntil = await Chain.NowAsync() + 30 };
        await Chain.Chain.PassAsync(60);
        await RefusedAsync("AttestationExpired", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(brief)));
        await Chain.Chain.PassAsync(600);
        await RefusedAsync("CheckpointTooOld", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.Leaf(book, world.Bold)));
    }

    [Fact]
    public async Task AnotherCheckpoint_InEpochOrLeaf_IsRefused()
    {
        RiskRegistry.RiskEpoch epoch = new AttestedBook(world.Inputs.Id, [world.True(world.Bold)]).ToEpoch(1) with { Checkpoint = world.Inputs.Id + 7 };
        await RefusedAsync("CheckpointMismatch", () => Chain.Client.PostEpochAsync(epoch, world.Inputs, world.SignAll(epoch, world.Inputs.InputsHash)));
        // What was signed names the content: a checkpoint that a reorganisation changed is not the one that was signed for.
        RiskRegistry.RiskEpoch other = epoch with { Checkpoint = world.Inputs.Id };
        await RefusedAsync("SignatureInvalid", () => Chain.Client.PostEpochAsync(other, world.Inputs, world.SignAll(other, Keccak256.HashUtf8("reorganised"))));
    }

    [Fact]
    public async Task DuplicateSigner_CountsOnce()
    {
        RiskRegistry.RiskEpoch epoch = new AttestedBook(world.Inputs.Id, [world.True(world.Bold)]).ToEpoch(1);
        RiskRegistry.AttesterSignature one = Chain.Client.Digests.Sign(epoch, world.Inputs.InputsHash, Chain.Attester);
        await RefusedAsync("SignersUnsorted", () => Chain.Client.PostEpochAsync(epoch, world.Inputs, [one, one]));
    }

    [Fact]
    public async Task Replay_FromAnotherChainOrRegistry_IsRefused()
    {
        RiskRegistry.RiskAttestation truth = world.True(world.Bold);
        DeploymentRecord elsewhere = Chain.Record with { ChainId = Chain.Record.ChainId + 1 };
        DeploymentRecord twin = Chain.Record with { Contracts = Chain.Record.Contracts with { RiskRegistry = Chain.Record.Contracts.Challenges } };
        foreach (DeploymentRecord record in (DeploymentRecord[])[elsewhere, twin])
        {
            await RefusedAsync("SignatureInvalid", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, world.OnDemand(truth, new ProtocolDigests(record))));
        }
    }

    [Fact]
    public async Task Attestation_AfterPositionsChanged_IsRefused()
    {
        Clearinghouse.Proof proof = world.OnDemand(world.True(world.Bold));
        await Chain.TradeAsync(world.Bold, world.Maker, 1, Deployed.Unit / 10, AttackWorld.Btc);
        await RefusedAsync("ProofOfAnother", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, proof));
    }

    [Fact]
    public async Task Attestation_WithLessCashThanNamed_IsRefused()
    {
        RiskRegistry.RiskAttestation strict = world.True(world.Bold) with { LeastCashE8 = world.Book.Accounts[world.Bold.Account].State.CashE8 };
        await RefusedAsync("CashTooLow", () => AttackWorld.WithdrawAsync(world.Bold, 1, world.OnDemand(strict)));
        await AttackWorld.WithdrawAsync(world.Bold, 1, Proofs.Computed);
    }

    [Fact]
    public async Task Attestation_WithLessCollateralThanNamed_IsRefused()
    {
        DeployedToken token = Chain.Record.Tokens.First(static one => one.Symbol == "WBTC");
        UInt128 one = 100_000_000;
        await Chain.MintAsync(Chain.Deployer.Address, one, token.Index);
        await Chain.Client.DepositAsync(world.Bold.Account, world.Bold.Client.Sender, token.Index, one);
        await Chain.Chain.PassAsync(61);
        await world.RefreshAsync();
        Clearinghouse.Proof proof = world.OnDemand(world.True(world.Bold));
        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, proof);

        await world.Bold.Client.WithdrawAsync(world.Bold.Account, token.Index, 1, world.Bold.Key.Address, Proofs.Computed);

        await RefusedAsync("CollateralTooLow", () => AttackWorld.WithdrawAsync(world.Bold, 1_000_000, proof));
    }

    [Fact]
    public async Task Withdrawal_BelowTheAttestedCash_IsRefusedThoughTheStateBeforeHadIt()
    {
        RiskRegistry.RiskAttestation truth = world.True(world.Bold);
        BookAccount before = world.Book.Accounts[world.Bold.Account];
        UInt128 free = (UInt128)((before.State.CashE8 - truth.LeastCashE8) / 100);
        await RefusedAsync("CashTooLow", () => AttackWorld.WithdrawAsync(world.Bold, free + 1_000_000, world.OnDemand(truth)));
    }

    [Fact]
    public async Task Siblings_RushingTheBucket_GetOneBucketsWorth()
    {
        // 15 % of two bonds of a million are 300 000; each sibling's lie draws some 16 000 less its floor equity for each BTC.
        var siblings = new List<Trader>();
        for (int i = 0; i < 4; i++)
        {
            siblings.Add(await Chain.TraderAsync(160_000));
            await Chain.TradeAsync(siblings[i], world.Maker, 1, 8 * Deployed.Unit, AttackWorld.Btc);
        }

        await Chain.Chain.PassAsync(61);
        await world.RefreshAsync();
        var refused = new List<Trader>();
        foreach (Trader sibling in siblings)
        {
            try
            {
                await AttackWorld.WithdrawAsync(sibling, 145_000_000_000, world.OnDemand(world.True(sibling) with { LeastCashE8 = -1_000_000_000_000_000 }));
            }
            catch (RevertException error)
            {
                Assert.Equal("CreditExhausted", Assert.IsType<CustomErrorReason>(error.Reason).Error.ErrorName);
                refused.Add(sibling);
            }
        }

        Assert.InRange(refused.Count, 1, 3);
        CreditBucket.AvailableResult left = await Chain.Chain.Node.CallAsync(Chain.Record.Contracts.CreditBucket, new CreditBucket.AvailableCall());
        Assert.Equal((UInt256)30_000_000_000_000UL, left.CapacityE8);
        Assert.True(left.LeftE8 < left.CapacityE8);
    }

    [Fact]
    public async Task Credit_IsPaidForAsTheRuleSaysAndTheAttestersShareIt()
    {
        Trader borrower = await Chain.TraderAsync(160_000);
        await Chain.TradeAsync(borrower, world.Maker, 1, 8 * Deployed.Unit, AttackWorld.Btc);
        await Chain.Chain.PassAsync(61);
        await world.RefreshAsync();
        await AttackWorld.WithdrawAsync(borrower, 145_000_000_000, world.OnDemand(world.True(borrower) with { LeastCashE8 = -1_000_000_000_000_000 }));

        // The engine finds the same fee from the state as it would be without it.
        ProtocolBook book = await Chain.Client.ReplayAsync();
        Address bonds = Chain.Record.Contracts.AttesterBonds;
        Int128 paid = (Int128)book.Held[bonds];
        AccountState stored = book.Accounts[borrower.Account].State;
        AccountState whole = stored with { CashE8 = stored.CashE8 + paid };
        CheckpointInputs live = await Chain.Client.GetLiveInputsAsync();
        Assert.Equal(MarginError.None, MarginEngine.TryCompute(whole, [], live.View, SurfaceChoice.Worse, out AccountFigures figures));
        Int128 credit = AttestedCredit.CreditE8(whole.Positions, [], live.Checkpoint, figures.FloorEquityE8);
        Assert.True(credit > 100_000 * (Int128)Deployed.Unit);
        Assert.Equal(AttestedCredit.FeeUp(credit, book.Parameters.Clearing.CreditFeeE8), paid);

        JsonElement held = await CommandLine.RunAsync(Chain, borrower.Key, "attester", "fees");
        Assert.Equal(((decimal)(long)paid / Deployed.Unit).ToString("0.########", CultureInfo.InvariantCulture), held.GetProperty("held").GetString());
        Assert.Equal(2, held.GetProperty("attesters").GetArrayLength());
        JsonElement shared = await CommandLine.RunAsync(Chain, borrower.Key, "attester", "pay");
        Assert.Equal("2", shared.GetProperty("attesters").GetString());
        UInt256 owed = await Chain.Chain.Node.CallAsync(bonds, new AttesterBonds.OwedToCall(Chain.Attester.Address));
        // The settlement token has six decimals, and two sit.
        Assert.Equal((UInt256)(UInt128)(paid / 100 / 2), owed);
        await CommandLine.RunAsync(Chain, Chain.Attester, "attester", "claim");
        Assert.Equal(owed, await Chain.Chain.Node.CallAsync(Chain.Record.Tokens[0].Address, new Erc20.BalanceOfCall(Chain.Attester.Address)));
        book = await Chain.Client.ReplayAsync();
        Assert.Equal((UInt128)(paid % 100), book.HeldE8);

        // Anybody may have brought it there before: what has arrived is divided all the same.
        await Chain.MintAsync(bonds, 1_000_000);
        shared = await CommandLine.RunAsync(Chain, borrower.Key, "attester", "pay");
        Assert.Equal("1 USDC", shared.GetProperty("shared").GetString());
    }

    [Fact]
    public async Task Attesters_SilentForADay_LeaveEverythingToComputation()
    {
        uint expiry = (uint)((await Chain.NowAsync() / Day * Day) + (30 * Day) + EightOClock);
        await world.PublishSurfaceAsync(expiry);
        await Chain.Chain.PassAsync(61);
        await Chain.Client.TakeCheckpointAsync();
        var option = Instrument.Call(1, expiry, 90_000_0000);
        await Chain.TradeAsync(world.Bold, world.Maker, option, Deployed.Unit / 10);
        await Chain.Chain.PassAsync(Day);
        await Chain.SetPriceAsync(1, AttackWorld.Btc);

        // Of what is dated nothing is opened by yesterday's surface, and what is held is closed by it.
        await RefusedAsync("SurfaceTooOld", () => Chain.TradeAsync(world.Bold, world.Maker, option, Deployed.Unit / 10));
        await Chain.TradeAsync(world.Maker, world.Bold, option, Deployed.Unit / 20);
        await Chain.TradeAsync(world.Bold, world.Maker, 1, Deployed.Unit, AttackWorld.Btc);
        await AttackWorld.WithdrawAsync(world.Bold, 1_000_000, Proofs.Computed);
        await Chain.AssertSameFiguresAsync();

        await Chain.SetPriceAsync(1, AttackWorld.Btc * 81 / 100);
        BookAccount account = await Chain.Client.GetAccountAsync(world.Bold.Account);
        CheckpointInputs live = await Chain.Client.GetLiveInputsAsync();
        byte[] witness = Witness.Best(account.State, account.Balances.AsSpan(), live.View, SurfaceChoice.Better);
        ulong lot = await Chain.Client.StartLiquidationAsync(account, witness);
        await Chain.Chain.PassAsync(360);
        ProtocolBook book = await Chain.Client.ReplayAsync();
        await world.Maker.Client.BidAsync(book.Lots[lot], 100_000_000, Int256.MaxValue, book.Accounts[world.Maker.Account], Proofs.Computed);
        await Chain.Client.FinishLotAsync((await Chain.Client.ReplayAsync()).Lots[lot]);
        BookAccount left = (await Chain.Client.ReplayAsync()).Accounts[world.Bold.Account];
        Assert.Equal(0UL, left.OpenLot);
        Assert.All(left.State.Positions, (position, i) => Assert.InRange(position.SizeE8, 1, account.State.Positions[i].SizeE8 - 1));
    }

    private static async Task RefusedAsync(string error, Func<Task> attack)
    {
        RevertException refused = await Assert.ThrowsAsync<RevertException>(attack);
        Assert.Equal(error, Assert.IsType<CustomErrorReason>(refused.Reason).Error.ErrorName);
    }
}
