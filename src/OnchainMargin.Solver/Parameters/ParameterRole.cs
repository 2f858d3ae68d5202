using System.Text.Json;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;

namespace OnchainMargin.Solver.Parameters;

/// <summary>
/// The role that proposes risk parameters. Without an attester's key it publishes and logs what the policy asks for. With one it proposes that as a step of the contract, signs others' steps that go no farther
/// than its own and half as far at least, refuses the rest with both figures, and sends what it completed.
/// </summary>
internal sealed class ParameterRole(
    Broadcast<IndexedBook> books,
    Broadcast<ParameterProposal> proposals,
    QuorumSigner quorum,
    IStepLimits limits,
    ProtocolDigests digests,
    ProtocolCalls calls,
    ParameterOptions options,
    TimeProvider time,
    ILogger<ParameterRole> logger) : ISolverRole, IDisposable
{
    private const int MostNamed = 20;

    /// <summary>After so long of the chain's time anybody sends what enough have signed.</summary>
    private const ulong SentByCompleterSeconds = 60;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly ParameterProposer _proposer = new(options);
    private ParameterProposal? _wanted;

    /// <inheritdoc/>
    public string Name => SolverRoles.Parameters;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { IsCaughtUp: true } indexed)
        {
            return;
        }

        if (_proposer.Observe(indexed.Book) is { } proposal)
        {
            _wanted = proposal;
            await TellAsync(proposal, cancellationToken).ConfigureAwait(false);
        }

        if (indexed.Book.Threshold > 0 && !indexed.Book.Steps.IsStopped && quorum.IsSeated(indexed.Book))
        {
            await StepAsync(indexed.Book, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(TimeSpan.FromMilliseconds(options.PollMilliseconds), time, cancellationToken);

    private async Task StepAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        List<Proposal> open = [.. quorum.Open(book, Proposal.LongestSeconds).Where(proposal => proposal.IsLater(book))];
        List<Proposal> ours = [];
        foreach (Proposal proposal in open)
        {
            if (await quorum.JudgeAsync(proposal, () => DifferenceAsync(proposal, book, cancellationToken), book, cancellationToken).ConfigureAwait(false) || proposal.Time + SentByCompleterSeconds < book.BlockTimeSeconds)
            {
                ours.Add(proposal);
            }
        }

        // What was refused just now keeps nobody silent: whoever proposes something bad each round would have all others wait for ever.
        open.RemoveAll(quorum.IsRefused);
        bool isWanted = _wanted is { } wanted && (ulong)wanted.Time + Proposal.LongestSeconds > book.BlockTimeSeconds;
        if (quorum.IsTurn(isWanted && open.Count == 0 && !quorum.IsSending(quorum.Known), book, options.TakeoverSeconds))
        {
            if (await ProposeAsync(book, cancellationToken).ConfigureAwait(false) is { } own)
            {
                await quorum.SignAsync(own, book, cancellationToken).ConfigureAwait(false);
                ours.Add(own);
            }

            _wanted = null;
        }

        // Who completes the quorum sends.
        foreach (Proposal proposal in ours)
        {
            await quorum.SendAsync(proposal, book, signatures => calls.Step(proposal.Underlyings, proposal.Tokens, signatures), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string?> DifferenceAsync(Proposal proposal, ProtocolBook book, CancellationToken cancellationToken)
    {
        ParameterProposal? own = _proposer.Decide(book);
        ParameterDraft draft = own is null ? new ParameterDraft([], []) : ParameterDraft.Of(own, book);
        ParameterDraft held = await HeldAsync(draft, book, cancellationToken).ConfigureAwait(false);
        return draft.Difference(held, proposal.Underlyings, proposal.Tokens, book);
    }

    /// <summary>The wanted step as it can be taken now; null when nothing of it is left.</summary>
    private async Task<Proposal?> ProposeAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        ParameterDraft draft = await HeldAsync(ParameterDraft.Of(_wanted!, book), book, cancellationToken).ConfigureAwait(false);
        return draft.Underlyings.Count + draft.Tokens.Count == 0 ? null : Proposal.Of(draft.Underlyings, draft.Tokens, digests);
    }

    /// <summary>What of a draft can be taken now, and as far as the contract takes it.</summary>
    private async Task<ParameterDraft> HeldAsync(ParameterDraft draft, ProtocolBook book, CancellationToken cancellationToken)
    {
        var underlyings = new Dictionary<ushort, ParameterSteps.UnderlyingLimitsResult>();
        foreach (ParameterSteps.UnderlyingStep step in draft.Underlyings)
        {
            underlyings[step.Underlying] = await limits.UnderlyingAsync(step.Underlying, cancellationToken).ConfigureAwait(false);
        }

        var tokens = new Dictionary<ushort, ParameterSteps.TokenLimitsResult>();
        foreach (ParameterSteps.TokenStep step in draft.Tokens)
        {
            tokens[step.Token] = await limits.TokenAsync(step.Token, cancellationToken).ConfigureAwait(false);
        }

        return draft.Within(underlyings, tokens, book).Moving(book);
    }

    private async Task TellAsync(ParameterProposal proposal, CancellationToken cancellationToken)
    {
        proposals.Publish(proposal);
        foreach (PolicyDecision decision in proposal.Decisions)
        {
            logger.ParametersProposed(decision.Underlying, decision.Before.Range, decision.After.Range, decision.Reason, proposal.MadeLiquidatable.Count);
        }

        if (proposal.MadeLiquidatable.Count > 0)
        {
            string withheld = proposal.Withheld.Count == 0 ? "no underlying's step is withheld for it" : $"withheld are the steps of underlyings {string.Join(", ", proposal.Withheld)}, by parameters:mostMadeLiquidatableBps";
            logger.StepHurts(proposal.MadeLiquidatable.Count, string.Join(", ", proposal.MadeLiquidatable.Take(MostNamed)), withheld);
        }

        if (options.LogFile.Length > 0)
        {
            await File.AppendAllLinesAsync(options.LogFile, proposal.Decisions.Select(static d => JsonSerializer.Serialize(d, Json)), cancellationToken).ConfigureAwait(false);
        }
    }
}
