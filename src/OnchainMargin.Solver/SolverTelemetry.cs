using System.Diagnostics.Metrics;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;

namespace OnchainMargin.Solver;

/// <summary>Figures of the solver for <c>System.Diagnostics.Metrics</c>, under the meter <c>OnchainMargin.Solver</c>.</summary>
internal static class SolverTelemetry
{
    /// <summary>The meter's name.</summary>
    public const string Name = "OnchainMargin.Solver";

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> FeedAlerts = Meter.CreateCounter<long>("omargin.feed.alerts", "{alert}", "Alerts about prices, by kind and subject; counted while they last, once a look.");

    internal static readonly Counter<long> FeedLooks = Meter.CreateCounter<long>("omargin.feed.looks", "{look}", "Looks at prices, by endpoint.");

    internal static readonly Gauge<double> FeedPrice = Meter.CreateGauge<double>("omargin.feed.price", "{unit}", "The spot of an underlying, by endpoint.");

    internal static readonly Counter<long> QuotesUnusable = Meter.CreateCounter<long>("omargin.surface.quotes_unusable", "{look}", "Looks at quotes that could not be fitted, by underlying; counted while it lasts.");

    internal static readonly Counter<long> ProposalsSigned = Meter.CreateCounter<long>("omargin.proposal.signed", "{proposal}", "Surfaces and steps of parameters that keys of this node signed, by kind.");

    internal static readonly Counter<long> ProposalsRefused = Meter.CreateCounter<long>("omargin.proposal.refused", "{proposal}", "Surfaces and steps of parameters of others that this node refused to sign, by kind.");

    internal static readonly Counter<long> ProposalsSent = Meter.CreateCounter<long>("omargin.proposal.sent", "{proposal}", "Surfaces and steps of parameters that this node sent to the chain, by kind.");

    /// <summary>What keys have to pay gas with.</summary>
    internal static readonly Gauge<double> KeyBalance = Meter.CreateGauge<double>("omargin.key.balance", "{coin}", "Whole native coins (ether) of the key that pays for a role's transactions, by role; asked for once a minute.");

    /// <summary>Transactions that are in no block.</summary>
    internal static readonly Gauge<long> TransactionsWaiting = Meter.CreateGauge<long>("omargin.transactions.waiting", "{transaction}", "Transactions of the key of a role that are stored and in no block, by role.");

    /// <summary>Decisions of the keeper.</summary>
    internal static readonly Counter<long> KeeperDecisions = Meter.CreateCounter<long>("omargin.keeper.decisions", "{decision}", "Decisions of the keeper, by kind; counted at every look.");

    /// <summary>Where the time goes from a block to the starts that are with the node.</summary>
    internal static readonly Histogram<double> KeeperStages = Meter.CreateHistogram<double>(
        "omargin.keeper.stage", "s", "Time of each stage from a block to the starts that are with the node: read (live prices), look (the accounts nearest to water), prove, ask (gas and fees), sign, store, send, and whole (the look at the whole book).");

    /// <summary>Books of other attesters that differ from this node's.</summary>
    internal static readonly Counter<long> Disagreements = Meter.CreateCounter<long>("omargin.attester.disagreements", "{book}", "Epochs that another attester signed over another book than this node computes; this node signs only its own.");

    /// <summary>Attestations on demand that this node refused to sign.</summary>
    internal static readonly Counter<long> Refusals = Meter.CreateCounter<long>("omargin.attester.refusals", "{attestation}", "Attestations on demand that this node refused to sign because it computes other figures, or none.");

    /// <summary>Posted epochs whose root is not the one that the watchtower computes.</summary>
    internal static readonly Counter<long> WrongRoots = Meter.CreateCounter<long>("omargin.watchtower.wrong_roots", "{epoch}", "Posted epochs whose root is not the one that is computed here.");

    /// <summary>Margin models of attestations that this program does not compute.</summary>
    internal static readonly Counter<long> UnknownModels = Meter.CreateCounter<long>("omargin.watchtower.unknown_models", "{model}", "Margin models that attestations name and this program cannot judge.");

    /// <summary>Attestations that were used on chain and are not what this node computes.</summary>
    internal static readonly Counter<long> WrongUses = Meter.CreateCounter<long>("omargin.watchtower.wrong_uses", "{attestation}", "Attestations that were used on chain and are not what is computed here.");

    /// <summary>Challenges that the watchtower sent.</summary>
    internal static readonly Counter<long> Challenges = Meter.CreateCounter<long>("omargin.watchtower.challenges", "{challenge}", "Refutations, recomputations and demands that were sent.");

    /// <summary>
    /// Begins at 0 the counters of which a single event counts, once those listen who tell of them: a series that appears with its first event has not increased by it, and no alert on increases hears of it.
    /// What has a subject (<see cref="FeedAlerts"/>, <see cref="QuotesUnusable"/>) begins with the first look at it.
    /// </summary>
    internal static void Begin(SolverOptions options)
    {
        if (options.Plays(SolverRoles.Attester))
        {
            Disagreements.Add(0);
            Refusals.Add(0);
            foreach (ProposalKind kind in Enum.GetValues<ProposalKind>())
            {
                var tag = new KeyValuePair<string, object?>("kind", kind.ToString());
                ProposalsSigned.Add(0, tag);
                ProposalsRefused.Add(0, tag);
                ProposalsSent.Add(0, tag);
            }
        }

        if (options.Plays(SolverRoles.Watchtower))
        {
            WrongRoots.Add(0);
            UnknownModels.Add(0);
            WrongUses.Add(0);
            Challenges.Add(0);
        }

        if (options.Plays(SolverRoles.Keeper))
        {
            foreach (string decision in KeeperJournal.Warnings)
            {
                KeeperDecisions.Add(0, new KeyValuePair<string, object?>("decision", decision));
            }
        }
    }
}
