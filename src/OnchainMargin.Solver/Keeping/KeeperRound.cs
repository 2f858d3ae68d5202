using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>What a round of the keeper rests on: a book, live prices, and what is asked of the node or read from the store once, when somebody first wants to know.</summary>
internal sealed class KeeperRound
{
    private readonly ITransactionNode _node;
    private readonly TransactionManager _transactions;
    private readonly Lazy<Reverts> _reverts;
    private readonly Lazy<DutyDay> _dutyDay;
    private readonly Lazy<IReadOnlySet<ulong>> _resuming;
    private readonly Lazy<NeedsLeft> _needsLeft;
    private Task<GasOffer>? _asked;

    /// <summary>Begins one.</summary>
    public KeeperRound(ProtocolBook book, CheckpointInputs live, BlockTag block, long nativePriceE8, ITransactionNode node, TransactionManager transactions, KeeperOptions options, TimeProvider time)
    {
        (Book, Live, Block, NativePriceE8, _node, _transactions) = (book, live, block, nativePriceE8, node, transactions);
        _reverts = new Lazy<Reverts>(() => new Reverts(transactions, options, time));
        _dutyDay = new Lazy<DutyDay>(() => new DutyDay(transactions, options, time));
        _resuming = new Lazy<IReadOnlySet<ulong>>(() => Liquidations.Resuming(book, live));
        _needsLeft = new Lazy<NeedsLeft>(() => new NeedsLeft(this));
    }

    /// <summary>The book.</summary>
    public ProtocolBook Book { get; }

    /// <summary>Live prices.</summary>
    public CheckpointInputs Live { get; }

    /// <summary>The block that those are of.</summary>
    public BlockTag Block { get; }

    /// <summary>The price of one whole coin of those that gas is paid in.</summary>
    public long NativePriceE8 { get; }

    /// <summary>What was reverted on chain.</summary>
    public Reverts Reverts => _reverts.Value;

    /// <summary>What dust may still cost.</summary>
    public DutyDay DutyDay => _dutyDay.Value;

    /// <summary>Accounts whose next lot is paid no reward.</summary>
    public IReadOnlySet<ulong> Resuming => _resuming.Value;

    /// <summary>What of open needs nobody is asked for yet.</summary>
    public NeedsLeft NeedsLeft => _needsLeft.Value;

    /// <summary>What the book does not show yet of that which was sent, in this round, too: what is in no block, and what is in a later one.</summary>
    public IReadOnlyList<OutboxEntry> UnderWay() =>
        [.. _transactions.Unsettled().Where(entry => entry.State == OutboxState.Live || (entry.State == OutboxState.Mined && entry.BlockNumber > Book.BlockNumber))];

    /// <summary>What to offer for gas.</summary>
    public Task<GasOffer> AskFeesAsync(CancellationToken cancellationToken) => _asked is null or { IsFaulted: true } ? _asked = _node.EstimateFeesAsync(cancellationToken) : _asked;
}
