using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Tests.Transactions;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Quorum;

public sealed class QuorumSignerTests : IDisposable
{
    private const ulong Now = 1_700_000_000;
    private const ulong MostAge = 600;

    private static readonly ProtocolDigests Digests = new(new DeploymentRecord { ChainId = 1, Block = 0, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [] });

    private readonly PrivateKey _own = PrivateKey.Generate();
    private readonly PrivateKey _other = PrivateKey.Generate();
    private readonly PrivateKey _liar = PrivateKey.Generate();
    private readonly HttpClient _http = new();
    private readonly FakeTime _time = new();
    private readonly ProposalExchange _exchange;
    private readonly QuorumSigner _quorum;

    public QuorumSignerTests()
    {
        _exchange = new ProposalExchange(new PeerClient(_http, NullLogger<PeerClient>.Instance), new AttesterOptions());
        _quorum = new QuorumSigner(ProposalKind.Parameters, _exchange, [_own], null, _time, NullLogger<QuorumSigner>.Instance);
    }

    public void Dispose()
    {
        _own.Dispose();
        _other.Dispose();
        _liar.Dispose();
        _http.Dispose();
    }

    [Fact]
    public void Open_ToANodeBehind_WaitsUntilItsBookHasComeToTheSecond()
    {
        Proposal proposal = Offer(_other, Now + 12);
        Assert.Empty(_quorum.Open(BookAt(Now), MostAge));
        Assert.Equal([proposal], _quorum.Open(BookAt(Now + 12), MostAge));
        Assert.Equal([proposal], _quorum.Open(BookAt(Now + 12 + MostAge), MostAge));
        Assert.Empty(_quorum.Open(BookAt(Now + 13 + MostAge), MostAge));
    }

    [Fact]
    public async Task Open_OfWhatWasRefused_IsNothing()
    {
        Proposal proposal = Offer(_other, Now);
        Assert.False(await _quorum.JudgeAsync(proposal, static () => Task.FromResult<string?>("priceRangeE8 of underlying 1 is 3 proposed, 2 here, 2 in force"), BookAt(Now), CancellationToken.None));
        Assert.Empty(_quorum.Open(BookAt(Now), MostAge));
        Assert.False(_exchange.IsSignedBy(proposal, _own.Address));
    }

    [Fact]
    public async Task Judge_WithoutADifference_Signs()
    {
        Proposal proposal = Offer(_other, Now);
        Assert.True(await _quorum.JudgeAsync(proposal, static () => Task.FromResult<string?>(null), BookAt(Now), CancellationToken.None));
        Assert.Equal(2, _exchange.Enough(proposal, BookAt(Now)).Count);
        Assert.False(await _quorum.JudgeAsync(proposal, static () => Task.FromResult<string?>(null), BookAt(Now), CancellationToken.None));
    }

    [Fact]
    public void Take_OfAFloodFromOne_LeavesWhatOthersProposed()
    {
        Proposal honest = Offer(_other, Now);
        for (ulong i = 1; i <= 100; i++)
        {
            Offer(_liar, Now - i);
        }

        Assert.Contains(honest, _quorum.Open(BookAt(Now), MostAge));
        Assert.Equal(16, _exchange.Of(ProposalKind.Parameters).Count);
    }

    /// <summary>What somebody signed is public: whoever brings all of it in again pushes out nothing newer of his.</summary>
    [Fact]
    public void Take_OfWhatOneSignedBefore_LeavesItsNewest()
    {
        Proposal[] fresh = [Offer(_other, Now), Offer(_other, Now - 1)];
        for (ulong i = 2; i <= 100; i++)
        {
            Offer(_other, Now - i);
        }

        Assert.Subset(_quorum.Open(BookAt(Now), MostAge).ToHashSet(), fresh.ToHashSet());
        Assert.Equal(16, _exchange.Of(ProposalKind.Parameters).Count);
    }

    [Fact]
    public async Task Send_WhileTheNodeIsAway_IsTriedAgain()
    {
        int asked = 0;
        var node = new FakeTransactionNode { BeforeEstimate = (_, _) => asked++ == 0 ? throw new RpcTransportException("the node is away") : Task.CompletedTask };
        using SolverStore store = TestStore.Open(1, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(_own, 1), store, new TransactionOptions(), new FakeTime(), NullLogger<TransactionManager>.Instance);
        var quorum = new QuorumSigner(ProposalKind.Parameters, _exchange, [_own], manager, new FakeTime(), NullLogger<QuorumSigner>.Instance);
        Proposal proposal = Offer(_other, Now);
        Assert.True(await quorum.JudgeAsync(proposal, static () => Task.FromResult<string?>(null), BookAt(Now), CancellationToken.None));

        await Assert.ThrowsAsync<RpcTransportException>(Send);
        await Send();
        await Send();
        Assert.Single(node.Broadcasts);

        Task Send() => quorum.SendAsync(proposal, BookAt(Now), signatures => new ProtocolCalls(SampleDeployment.Contracts).Step(proposal.Underlyings, proposal.Tokens, signatures), CancellationToken.None);
    }

    /// <summary>A publication of many surfaces needs more gas than a transaction may have, or may cost now: smaller ones behind it go on, and it is tried again.</summary>
    [Fact]
    public async Task Send_TooLargeForATransaction_WaitsAndLeavesOthersTheirTurn()
    {
        Proposal[] proposals = [Offer(_other, Now), Offer(_other, Now + 1)];
        bool isDear = true;
        int asked = 0;
        var node = new FakeTransactionNode
        {
            BeforeEstimate = (data, _) =>
            {
                asked++;
                return isDear && ParameterSteps.StepCall.Decode(data).Underlyings[0].Time == Now ? throw new TransactionTooLargeException(20_000_000, 16_777_216) : Task.CompletedTask;
            },
        };
        using SolverStore store = TestStore.Open(1, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(_own, 1), store, new TransactionOptions(), _time, NullLogger<TransactionManager>.Instance);
        var quorum = new QuorumSigner(ProposalKind.Parameters, _exchange, [_own], manager, _time, NullLogger<QuorumSigner>.Instance);
        foreach (Proposal proposal in proposals)
        {
            Assert.True(await quorum.JudgeAsync(proposal, static () => Task.FromResult<string?>(null), BookAt(Now + 1), CancellationToken.None));
        }

        await SendAllAsync();
        Assert.Single(node.Broadcasts);
        Assert.True(quorum.IsSending([proposals[1]]));
        Assert.Equal(proposals, quorum.Open(BookAt(Now + 1), MostAge));

        // Not at each look: an estimate of so much takes its time.
        node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        isDear = false;
        await SendAllAsync();
        Assert.Equal((2, 1), (asked, node.Broadcasts.Count));
        _time.Pass(5);
        await SendAllAsync();
        Assert.Equal(2, node.Broadcasts.Count);

        async Task SendAllAsync()
        {
            foreach (Proposal proposal in proposals)
            {
                await quorum.SendAsync(proposal, BookAt(Now + 1), signatures => new ProtocolCalls(SampleDeployment.Contracts).Step(proposal.Underlyings, proposal.Tokens, signatures), CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task Send_RefusedByTheChain_IsNotOpenAnyMore()
    {
        var node = new FakeTransactionNode { RefusesInSimulation = true };
        using SolverStore store = TestStore.Open(1, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(_own, 1), store, new TransactionOptions(), new FakeTime(), NullLogger<TransactionManager>.Instance);
        var quorum = new QuorumSigner(ProposalKind.Parameters, _exchange, [_own], manager, new FakeTime(), NullLogger<QuorumSigner>.Instance);
        Proposal proposal = Offer(_other, Now);
        Assert.True(await quorum.JudgeAsync(proposal, static () => Task.FromResult<string?>(null), BookAt(Now), CancellationToken.None));
        Assert.Equal([proposal], quorum.Open(BookAt(Now), MostAge));

        await quorum.SendAsync(proposal, BookAt(Now), signatures => new ProtocolCalls(SampleDeployment.Contracts).Step(proposal.Underlyings, proposal.Tokens, signatures), CancellationToken.None);
        Assert.Empty(quorum.Open(BookAt(Now), MostAge));
        Assert.False(quorum.IsSending([proposal]));
    }

    /// <summary>Whom the chain refuses is left out, and nobody else's step with him.</summary>
    [Fact]
    public async Task Send_ChainRefusesOneSignature_IsSentWithoutItInTheNextRound()
    {
        PrivateKey[] seats = [.. new[] { _own, _other, _liar }.OrderBy(static key => key.Address)];
        var node = new FakeTransactionNode
        {
            BeforeEstimate = (data, _) => ParameterSteps.StepCall.Decode(data).Signatures.Any(one => one.Signer == seats[0].Address)
                ? throw new RevertException("The transaction, when simulated,", new CustomErrorReason([], new RiskRegistry.SignatureInvalidError(seats[0].Address)))
                : Task.CompletedTask,
        };
        using SolverStore store = TestStore.Open(1, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(_own, 1), store, new TransactionOptions(), new FakeTime(), NullLogger<TransactionManager>.Instance);
        var quorum = new QuorumSigner(ProposalKind.Parameters, _exchange, [_own], manager, new FakeTime(), NullLogger<QuorumSigner>.Instance);
        Proposal proposal = Array.ConvertAll(seats, key => Offer(key, Now))[0];

        await Send();
        Assert.Equal([proposal], quorum.Open(BookAt(Now), MostAge));
        await Send();
        Assert.Equal([seats[1].Address, seats[2].Address], ParameterSteps.StepCall.Decode(Assert.Single(node.Broadcasts).Transaction.Data.Span).Signatures.Select(static one => one.Signer));

        Task Send() => quorum.SendAsync(proposal, BookAt(Now), signatures => new ProtocolCalls(SampleDeployment.Contracts).Step(proposal.Underlyings, proposal.Tokens, signatures), CancellationToken.None);
    }

    /// <summary>While gas is too dear for anything to get in, steps do not pile up behind each other's nonces.</summary>
    [Fact]
    public async Task Send_AnEarlierOneWaits_StoresNoSecondAndGivesTheOldOneBack()
    {
        var node = new FakeTransactionNode();
        var time = new FakeTime();
        using SolverStore store = TestStore.Open(1, SampleDeployment.Contracts.Clearinghouse);
        using var manager = new TransactionManager(node, new SigningKey(_own, 1), store, new TransactionOptions(), time, NullLogger<TransactionManager>.Instance);
        var quorum = new QuorumSigner(ProposalKind.Parameters, _exchange, [_own], manager, time, NullLogger<QuorumSigner>.Instance);

        await SendAsync(Now);
        await SendAsync(Now + 300);
        Assert.Single(node.Broadcasts);
        await SendAsync(Now + 601);
        Assert.Equal((2, 0UL, 0), (node.Broadcasts.Count, node.Broadcasts[1].Transaction.Nonce, node.Broadcasts[1].Transaction.Data.Length));
        node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        await SendAsync(Now + 602);
        Assert.Equal(1UL, node.Broadcasts[2].Transaction.Nonce);

        async Task SendAsync(ulong second)
        {
            Proposal proposal = Offer(_other, second);
            await quorum.SignAsync(proposal, BookAt(second), CancellationToken.None);
            await quorum.SendAsync(proposal, BookAt(second), signatures => new ProtocolCalls(SampleDeployment.Contracts).Step(proposal.Underlyings, proposal.Tokens, signatures), CancellationToken.None);
        }
    }

    private Proposal Offer(PrivateKey key, ulong time)
    {
        Proposal proposal = Proposal.Of([new ParameterSteps.UnderlyingStep(1, time, 2, 3, 4, 5, 6)], [], Digests);
        _exchange.Take(proposal, new RiskRegistry.AttesterSignature(key.Address, key.SignHash(proposal.Digest).ToArray()));
        return proposal;
    }

    /// <summary>A clock that was two hours ahead is set right.</summary>
    [Fact]
    public void IsTurn_ClockIsSetBack_ComesAllTheSame()
    {
        ProtocolBook book = BookAt(Now);
        _ = _quorum.IsTurn(isDue: true, book, takeoverSeconds: 5);
        _time.Set(-7200);
        _time.Pass(10);
        Assert.True(_quorum.IsTurn(isDue: true, book, takeoverSeconds: 5));
    }

    private ProtocolBook BookAt(ulong time) => ProtocolBook.Empty with { BlockTimeSeconds = time, Attesters = [_own.Address, _other.Address, _liar.Address], Threshold = 2 };
}
