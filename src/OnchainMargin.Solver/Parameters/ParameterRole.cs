using System.Text.Json;
using OnchainMargin.Models.Policy;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Parameters;

/// <summary>The role that proposes risk parameters: it publishes and logs, and sends nothing. Governance, or attesters where a contract lets them, decide.</summary>
internal sealed class ParameterRole(Broadcast<IndexedBook> books, Broadcast<ParameterProposal> proposals, ParameterOptions options, ILogger<ParameterRole> logger) : ISolverRole, IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly Broadcast<IndexedBook>.Subscription _changes = books.Subscribe();
    private readonly ParameterProposer _proposer = new(options);

    /// <inheritdoc/>
    public string Name => SolverRoles.Parameters;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    /// <inheritdoc/>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (books.Current is not { IsCaughtUp: true } indexed || _proposer.Observe(indexed.Book) is not { } proposal)
        {
            return;
        }

        proposals.Publish(proposal);
        foreach (PolicyDecision decision in proposal.Decisions)
        {
            logger.ParametersProposed(decision.Underlying, decision.Before.Range, decision.After.Range, decision.Reason, proposal.MadeLiquidatable.Count);
        }

        if (options.LogFile.Length > 0)
        {
            await File.AppendAllLinesAsync(options.LogFile, proposal.Decisions.Select(static d => JsonSerializer.Serialize(d, Json)), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _changes.NextAsync(cancellationToken).ConfigureAwait(false);
}
