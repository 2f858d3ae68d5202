using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>Makes a book from events, one after another in chain order. Every state and checkpoint is checked against its commitment, every balance against an underflow, and what is numbered against the number before, so that
/// a lost or altered event is noticed where it is, not as a wrong margin later.</summary>
/// <param name="deployment">The deployment whose events count; logs of other contracts are passed over.</param>
public sealed partial class BookReplay(DeploymentRecord deployment)
{
    private const int KeptEndedLots = 1024;

    private readonly Address _clearinghouse = deployment.Contracts.Clearinghouse;
    private readonly Address _vault = deployment.Contracts.MarginVault;
    private readonly Address _priceHub = deployment.Contracts.PriceHub;
    private readonly Address _spotMarkets = deployment.Contracts.SpotMarkets;
    private readonly Address _registry = deployment.Contracts.RiskRegistry;
    private readonly Address _bonds = deployment.Contracts.AttesterBonds;
    private readonly Address _challenges = deployment.Contracts.Challenges;
    private readonly Address _liquidation = deployment.Contracts.LiquidationHouse;
    private readonly Address _parameters = deployment.Contracts.RiskParameters;
    private readonly Address _surfaces = deployment.Contracts.VolSurfaces;
    private readonly Address _steps = deployment.Contracts.ParameterSteps;
    private readonly Address _gate = deployment.Contracts.HealthGate;

    /// <summary>The book after the events so far.</summary>
    public ProtocolBook Book { get; private set; } = ProtocolBook.Empty;

    /// <summary>Starts again before the first event.</summary>
    public void Reset() => Reset(ProtocolBook.Empty);

    /// <summary>Goes on from a book that it made earlier.</summary>
    public void Reset(ProtocolBook book)
    {
        ArgumentNullException.ThrowIfNull(book);
        Book = book;
    }

    /// <summary>Applies logs in chain order and moves the book to a block.</summary>
    /// <param name="logs">All logs of the deployment up to that block that were not applied yet.</param>
    /// <param name="blockNumber">The block.</param>
    /// <param name="blockHash">Its hash.</param>
    /// <param name="blockTimeSeconds">Its time.</param>
    /// <exception cref="ProtocolException">Thrown when an event does not fit the book; the book is then as it was before the call.</exception>
    public void Apply(IEnumerable<LogEntry> logs, ulong blockNumber, Hash32 blockHash, ulong blockTimeSeconds)
    {
        ArgumentNullException.ThrowIfNull(logs);
        ProtocolBook book = Book;

        // Nobody sees the tables between the logs of one call, so they are written to rather than copied.
        object edit = new();
        _awaited = 0;
        try
        {
            foreach (LogEntry log in logs)
            {
                book = Apply(book, log, edit);
            }

            if (_awaited != 0)
            {
                throw new ProtocolException($"An event up to block {blockNumber} uses an attestation of positions that no state of its account has");
            }
        }
        catch (Exception error) when (error is ProtocolException or EthereumFormatException or OverflowException)
        {
            throw new ProtocolException($"{error.Message.TrimEnd('.')}. The book stays at block {Book.BlockNumber}; build the index anew from an archive node if the events of the node are right.", error);
        }

        Book = book with { BlockNumber = blockNumber, BlockHash = blockHash, BlockTimeSeconds = blockTimeSeconds, Settlements = book.Settlements.At(blockTimeSeconds) };
    }

    private ProtocolBook Apply(ProtocolBook book, LogEntry log, object edit)
    {
        if (log.Address == _clearinghouse)
        {
            return ApplyClearing(book, log, edit);
        }

        if (log.Address == _vault)
        {
            return ApplyVault(book, log, edit);
        }

        if (log.Address == _priceHub)
        {
            return PriceHub.CheckpointTakenEvent.TryDecode(log, out PriceHub.CheckpointTakenEvent taken) ? Take(book, taken)
                : PriceHub.InterestAccruedEvent.TryDecode(log, out PriceHub.InterestAccruedEvent accrued) ? WithInterest(book, accrued)
                : book;
        }

        if (log.Address == _spotMarkets)
        {
            return SpotMarkets.SettlementFixedEvent.TryDecode(log, out SpotMarkets.SettlementFixedEvent set)
                ? book with { Settlements = book.Settlements.With(set.Underlying, set.Expiry, (long)set.PriceE8, FundingE8(book, set.Underlying)) }
                : book;
        }

        if (log.Address == _registry)
        {
            return ApplyRegistry(book, log);
        }

        if (log.Address == _bonds)
        {
            return ApplyBonds(book, log);
        }

        if (log.Address == _challenges)
        {
            return ApplyChallenges(book, log);
        }

        if (log.Address == _liquidation)
        {
            return ApplyLiquidation(book, log, edit);
        }

        if (log.Address == _gate)
        {
            return ApplyGate(book, log);
        }

        if (log.Address == _surfaces)
        {
            return ApplySurfaces(book, log);
        }

        if (log.Address == _steps)
        {
            return ApplySteps(book, log);
        }

        return log.Address == _parameters ? ApplyParameters(book, log) : book;
    }

    private ProtocolBook ApplyClearing(ProtocolBook book, LogEntry log, object edit)
    {
        switch (Clearinghouse.DecodeEvent(log))
        {
            case Clearinghouse.AccountOpenedEvent opened:
                BookAccount fresh = WithState(
                    new BookAccount { Id = opened.Account, Owner = opened.Owner, StateBytes = [], StateHash = default, State = AccountState.Empty, ChangedInBlock = log.BlockNumber },
                    BookAccount.EmptyStateBytes,
                    opened.StateHash,
                    log.BlockNumber);
                return book with { Accounts = book.Accounts.ContainsKey(opened.Account) ? throw new ProtocolException($"An event of block {log.BlockNumber} opens account {opened.Account}, which is open") : book.Accounts.With(fresh, edit) };
            case Clearinghouse.AccountUpdatedEvent updated:
                BookAccount account = Follow(Account(book, updated.Account), updated, log.BlockNumber);
                return book with { Accounts = book.Accounts.With(account, edit), Used = Tell(book.Used, updated.Account, updated.State) };
            case Clearinghouse.AccountClosedEvent closed:
                // What had expired was settled without a word of its own, and the chain keeps no state of it.
                BookAccount over = WithState(Account(book, closed.Account), BookAccount.EmptyStateBytes, Keccak256.Hash(BookAccount.EmptyStateBytes), log.BlockNumber);
                return book with { Accounts = book.Accounts.With(over, edit) };
            case Clearinghouse.DelegateSetEvent given:
                BookAccount of = Account(book, given.Account);
                BookAccount appointed = of with
                {
                    Delegates = BookAppointment.With(of.Delegates, given),
                    ChangedInBlock = log.BlockNumber,
                };
                return book with { Accounts = book.Accounts.With(appointed, edit) };
            case Clearinghouse.FilledEvent filled:
                return WithTrade(book, Instrument.Unpack(filled.Instrument), filled.TakerSizeE8);
            case Clearinghouse.LedgerUpdatedEvent ledger:
                return book with { Ledger = ledger.Ledger };
            case Clearinghouse.KeeperRewardedEvent rewarded:
                return WithHeld(book, rewarded.Keeper, (Int128)(UInt128)rewarded.RewardE8);
            case Clearinghouse.CreditFeePaidEvent paid:
                return WithHeld(book, _bonds, (Int128)(UInt128)paid.FeeE8);
            case Clearinghouse.ClaimedEvent claimed:
                return WithHeld(book, claimed.Who, -(Int128)(UInt128)claimed.AmountE8);
            case Clearinghouse.LossesRecoveredEvent recovered:
                return book with { HeldE8 = book.HeldE8 + (UInt128)recovered.BackE8, LostE8 = book.LostE8 - (UInt128)recovered.BackE8 };
            case Clearinghouse.LossTakenEvent lost:
                return book with { LostE8 = book.LostE8 + (UInt128)lost.LostE8 };
            case Clearinghouse.LossReturnedEvent returned:
                return book with { Held = book.Held.SetItem(returned.Owner, book.Held.GetValueOrDefault(returned.Owner) + (UInt128)returned.BackE8) };
            case Clearinghouse.MarketWoundDownEvent closed:
                return book with { Settlements = book.Settlements.WithLast(closed.Underlying, (long)closed.PriceE8, FundingE8(book, closed.Underlying)) };
            case Clearinghouse.NeedOpenedEvent opened:
                return WithNeed(book, Instrument.Unpack(opened.Instrument), (long)opened.SizeE8);
            case Clearinghouse.NeedServedEvent served:
                return WithNeed(book, Instrument.Unpack(served.Instrument), -(long)served.SizeE8);
            case Clearinghouse.NeedNettedEvent netted:
                return book with { Needs = book.Needs.Remove(Instrument.Unpack(netted.Instrument)) };
            case Clearinghouse.PausedSetEvent paused:
                return book with { IsPaused = paused.Paused };
            default:
                return book;
        }
    }

    private static ProtocolBook WithTrade(ProtocolBook book, Instrument instrument, long sizeE8) =>
        !instrument.IsOption && book.Hours.TryGetValue(instrument.Underlying, out MarketHours? hours)
            ? book with { Hours = book.Hours.SetItem(instrument.Underlying, hours.Traded(sizeE8)) }
            : book;

    private static long FundingE8(ProtocolBook book, ushort underlying) =>
        book.LatestCheckpoint?.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == underlying)?.CumulativeFundingE8 ?? 0;

    private static ProtocolBook WithHeld(ProtocolBook book, Address who, Int128 by)
    {
        Int128 held = checked((Int128)book.Held.GetValueOrDefault(who)) + by;
        return held < 0
            ? throw new ProtocolException($"An event pays {who} {-by} units more than is held for it")
            : book with { HeldE8 = (UInt128)((Int128)book.HeldE8 + by), Held = held == 0 ? book.Held.Remove(who) : book.Held.SetItem(who, (UInt128)held) };
    }

    private static ProtocolBook WithNeed(ProtocolBook book, Instrument instrument, long sizeE8)
    {
        long size = book.Needs.GetValueOrDefault(instrument) + sizeE8;
        return book with { Needs = size == 0 ? book.Needs.Remove(instrument) : book.Needs.SetItem(instrument, size) };
    }

    private static BookAccount WithState(BookAccount account, byte[] state, Hash32 stateHash, ulong block)
    {
        if (Keccak256.Hash(state) != stateHash)
        {
            throw new ProtocolException($"The state of account {account.Id} in an event of block {block} does not hash to {stateHash}, which the event names");
        }

        MarginError error = AccountState.Unpack(state, out AccountState? unpacked);
        return error == MarginError.None && unpacked is not null
            ? account with { StateBytes = state, StateHash = stateHash, State = unpacked, ChangedInBlock = block }
            : throw new ProtocolException($"The state of account {account.Id} in an event of block {block} cannot be read ({error})");
    }

    /// <summary>The account after its next state. Every write raises the version by one (CLR-005), so that one that is missing between two is noticed; the first state is told twice when an account is opened.</summary>
    private static BookAccount Follow(BookAccount known, Clearinghouse.AccountUpdatedEvent updated, ulong block)
    {
        BookAccount next = WithState(known, updated.State, updated.StateHash, block);
        bool isFirst = next.State.Version == 0 && next.StateHash == known.StateHash;
        return isFirst || next.State.Version == known.State.Version + 1UL
            ? next
            : throw new ProtocolException($"An event of block {block} brings account {known.Id} from version {known.State.Version} to version {next.State.Version}: an event between is missing");
    }

    private static BookAccount Account(ProtocolBook book, ulong id) => book.Accounts.TryGetValue(id, out BookAccount? account)
        ? account
        : throw new ProtocolException($"An event names account {id}, which no event opened");

    /// <summary>Outside of an operation, which tells the whole ledger in the end, the ledger moves by this alone.</summary>
    private static ProtocolBook WithInterest(ProtocolBook book, PriceHub.InterestAccruedEvent accrued)
    {
        UInt128 insuranceE8 = (UInt128)accrued.InsuranceE8;
        return book with { Ledger = book.Ledger with { InsuranceE8 = book.Ledger.InsuranceE8 + insuranceE8, InterestE8 = book.Ledger.InterestE8 - (Int128)insuranceE8 } };
    }

    private static ProtocolBook Take(ProtocolBook book, PriceHub.CheckpointTakenEvent taken)
    {
        CheckpointInputs inputs = CheckpointInputs.Read(taken.Checkpoint, taken.Records);
        if (inputs.InputsHash != taken.InputsHash || inputs.Id != taken.Id)
        {
            throw new ProtocolException($"Checkpoint {taken.Id} does not hash to {taken.InputsHash}, which its event names");
        }

        if (book.LatestCheckpoint is { } latest && taken.Id != latest.Id + 1)
        {
            throw new ProtocolException($"Checkpoint {taken.Id} comes after checkpoint {latest.Id}: an event between is missing");
        }

        ImmutableSortedDictionary<ushort, MarketHours> hours = book.Hours;
        foreach (UnderlyingRecord record in inputs.Checkpoint.Underlyings)
        {
            hours = hours.SetItem(record.Underlying, MarketHours.After(hours.GetValueOrDefault(record.Underlying), inputs.Checkpoint.Header.Time, record));
        }

        long timeSeconds = inputs.Checkpoint.Header.Time;
        return DropOldCheckpoints(book with { Checkpoints = book.Checkpoints.SetItem(taken.Id, inputs), Hours = hours, Used = DropOld(book.Used, timeSeconds) }, timeSeconds);
    }
}
