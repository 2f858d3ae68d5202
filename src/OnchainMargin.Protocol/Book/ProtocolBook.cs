using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>The whole protocol at one block, rebuilt from its events (P12). Immutable: a snapshot can be read while the next one is made.</summary>
public sealed record ProtocolBook
{
    /// <summary>The book before the first event.</summary>
    public static ProtocolBook Empty { get; } = new();

    /// <summary>The block that the book is at.</summary>
    public ulong BlockNumber { get; init; }

    /// <summary>The block's hash.</summary>
    public Hash32 BlockHash { get; init; }

    /// <summary>The block's time in Unix seconds.</summary>
    public ulong BlockTimeSeconds { get; init; }

    /// <summary>Accounts by number.</summary>
    public AccountTable Accounts { get; init; } = AccountTable.Empty;

    /// <summary>Tokens by number.</summary>
    public ImmutableSortedDictionary<ushort, BookToken> Tokens { get; init; } = ImmutableSortedDictionary<ushort, BookToken>.Empty;

    /// <summary>Decimals of the settlement token; six, which is usual, until its listing was read.</summary>
    public byte SettlementDecimals => Tokens.TryGetValue(0, out BookToken? settlement) ? settlement.Decimals : (byte)6;

    /// <summary>The last checkpoints, oldest first: all at which attestations can still be used, and some before.</summary>
    public ImmutableSortedDictionary<ulong, CheckpointInputs> Checkpoints { get; init; } = ImmutableSortedDictionary<ulong, CheckpointInputs>.Empty;

    /// <summary>Each underlying hour by hour, from all checkpoints and fills so far.</summary>
    public ImmutableSortedDictionary<ushort, MarketHours> Hours { get; init; } = ImmutableSortedDictionary<ushort, MarketHours>.Empty;

    /// <summary>The last epochs, oldest first: all that rest on kept checkpoints, and some before.</summary>
    public ImmutableSortedDictionary<ulong, BookEpoch> Epochs { get; init; } = ImmutableSortedDictionary<ulong, BookEpoch>.Empty;

    /// <summary>Lots: every open one, and the last that ended.</summary>
    public ImmutableSortedDictionary<ulong, BookLot> Lots { get; init; } = ImmutableSortedDictionary<ulong, BookLot>.Empty;

    /// <summary>Those whose signatures count.</summary>
    public ImmutableSortedSet<Address> Attesters { get; init; } = [];

    /// <summary>Who sits on which seat, also those who left and whose bonds are still there.</summary>
    public ImmutableSortedDictionary<byte, Address> Seats { get; init; } = ImmutableSortedDictionary<byte, Address>.Empty;

    /// <summary>Bonds of everybody who ever joined.</summary>
    public ImmutableSortedDictionary<Address, BookBond> Bonds { get; init; } = ImmutableSortedDictionary<Address, BookBond>.Empty;

    /// <summary>Leaves that somebody demands to see, with the last second to supply them, in Unix seconds; of the epochs that are kept and not void.</summary>
    public ImmutableSortedDictionary<(ulong Epoch, ulong Account), ulong> Demands { get; init; } = ImmutableSortedDictionary<(ulong Epoch, ulong Account), ulong>.Empty;

    /// <summary>Leaves that were supplied on demand, with their proofs; of the epochs that are kept and not void.</summary>
    public ImmutableSortedDictionary<(ulong Epoch, ulong Account), SuppliedLeaf> Supplied { get; init; } = ImmutableSortedDictionary<(ulong Epoch, ulong Account), SuppliedLeaf>.Empty;

    /// <summary>Attestations that were used, oldest first, for as long as they can be challenged.</summary>
    public ImmutableList<UsedAttestation> Used { get; init; } = [];

    /// <summary>Attestations that were voided alone, by what names them.</summary>
    public ImmutableHashSet<Hash32> Voided { get; init; } = [];

    /// <summary>How many of them an epoch needs.</summary>
    public uint Threshold { get; init; }

    /// <summary>The model that attestations must name.</summary>
    public Hash32 ModelHash { get; init; }

    /// <summary>Everything that governance set.</summary>
    public BookParameters Parameters { get; init; } = new();

    /// <summary>The surfaces in force, of expiries that have not been retired. When each came into force is known where logs carry the times of their blocks, as the solver's index has them.</summary>
    public ImmutableSortedDictionary<(ushort Underlying, uint Expiry), SurfaceHistory> Surfaces { get; init; } = ImmutableSortedDictionary<(ushort Underlying, uint Expiry), SurfaceHistory>.Empty;

    /// <summary>Bands and speeds of surfaces.</summary>
    public VolSurfaces.SurfaceParameters SurfaceParameters { get; init; }

    /// <summary>Whether the guardian has stopped publications of surfaces.</summary>
    public bool AreSurfacesStopped { get; init; }

    /// <summary>The attesters' steps of parameters, and where they may go.</summary>
    public BookSteps Steps { get; init; } = new();

    /// <summary>The cash ledger beside the accounts.</summary>
    public Clearinghouse.CashLedger Ledger { get; init; }

    /// <summary>What the clearinghouse holds for all, in money E8: a term of the cash ledger beside <see cref="Ledger"/>.</summary>
    public UInt128 HeldE8 { get; init; }

    /// <summary>What withdrawals under a deficit were paid less and fees have not given back, in money E8 (CLR-026).</summary>
    public UInt128 LostE8 { get; init; }

    /// <summary>What of it each may claim (CLR-044), and the bonds what was paid for credit (CLR-054); what fees gave back of losses is here once its owner has called for it (CLR-026).</summary>
    public ImmutableSortedDictionary<Address, UInt128> Held { get; init; } = ImmutableSortedDictionary<Address, UInt128>.Empty;

    /// <summary>The settlement prices that are fixed.</summary>
    public SettlementPrices Settlements { get; init; } = SettlementPrices.Empty;

    /// <summary>What was taken over from lots and waits for holders of the opposite side: sizes by instrument, none zero (CLR-045).</summary>
    public ImmutableSortedDictionary<Instrument, long> Needs { get; init; } = ImmutableSortedDictionary<Instrument, long>.Empty;

    /// <summary>Whether operations that may raise risk are stopped.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The last checkpoint, or null before the first.</summary>
    public CheckpointInputs? LatestCheckpoint => Checkpoints.IsEmpty ? null : Checkpoints[Checkpoints.Keys.Last()];

    /// <summary>The last epoch, or null before the first.</summary>
    public BookEpoch? LatestEpoch => Epochs.IsEmpty ? null : Epochs[Epochs.Keys.Last()];

    /// <summary>The lots that are open.</summary>
    public IEnumerable<BookLot> OpenLots => Lots.Values.Where(static lot => lot.IsOpen);
}
