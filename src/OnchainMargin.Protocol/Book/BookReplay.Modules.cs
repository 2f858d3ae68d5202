using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.Protocol.Book;

/// <content>Vault, registry, liquidation and parameters.</content>
public sealed partial class BookReplay
{
    private static ProtocolBook ApplyVault(ProtocolBook book, LogEntry log, object edit) => MarginVault.DecodeEvent(log) switch
    {
        MarginVault.TokenListedEvent listed => book with { Tokens = book.Tokens.SetItem(listed.Token, new BookToken(listed.Token, listed.Erc20, listed.Decimals)) },
        MarginVault.DepositedEvent paidIn => Change(book, paidIn.Account, paidIn.Token, (Int128)paidIn.AmountRaw, log.BlockNumber, edit),
        MarginVault.IdledEvent idled => ChangeIdle(book, idled.Account, idled.Token, (Int128)idled.AmountRaw, log.BlockNumber, edit),
        MarginVault.IdlePaidEvent paidOut => ChangeIdle(book, paidOut.Account, paidOut.Token, -(Int128)paidOut.AmountRaw, log.BlockNumber, edit),
        MarginVault.EngagedEvent engaged => Change(
            ChangeIdle(book, engaged.Account, engaged.Token, -(Int128)engaged.AmountRaw, log.BlockNumber, edit), engaged.Account, engaged.Token, (Int128)engaged.AmountRaw, log.BlockNumber, edit),
        MarginVault.PaidEvent paidOut => Change(book, paidOut.Account, paidOut.Token, -(Int128)paidOut.AmountRaw, log.BlockNumber, edit),
        MarginVault.SweptEvent swept => Change(book, swept.Account, 0, -(Int128)swept.AmountRaw, log.BlockNumber, edit),
        MarginVault.MovedEvent moved => Change(
            Change(book, moved.From, moved.Token, -(Int128)moved.AmountRaw, log.BlockNumber, edit), moved.To, moved.Token, (Int128)moved.AmountRaw, log.BlockNumber, edit),
        _ => book,
    };

    private static ProtocolBook Change(ProtocolBook book, ulong id, ushort token, Int128 by, ulong block, object edit)
    {
        BookAccount account = Account(book, id);
        return book with { Accounts = book.Accounts.With(account with { Balances = Changed(account.Balances, id, token, by, block), ChangedInBlock = block }, edit) };
    }

    private static ProtocolBook ChangeIdle(ProtocolBook book, ulong id, ushort token, Int128 by, ulong block, object edit)
    {
        BookAccount account = Account(book, id);
        return book with { Accounts = book.Accounts.With(account with { Idle = Changed(account.Idle, id, token, by, block), ChangedInBlock = block }, edit) };
    }

    private static ImmutableArray<Balance> Changed(ImmutableArray<Balance> balances, ulong id, ushort token, Int128 by, ulong block)
    {
        int at = IndexOf(balances, token);
        Int128 before = at >= 0 ? checked((Int128)balances[at].AmountRaw) : 0;
        Int128 after = before + by;
        if (after < 0)
        {
            throw new ProtocolException($"An event of block {block} takes {-by} of token {token} from account {id}, which holds {before}");
        }

        ImmutableArray<Balance> others = at >= 0 ? balances.RemoveAt(at) : balances;
        return after > 0 ? others.Insert(at >= 0 ? at : ~at, new Balance(token, (UInt128)after)) : others;
    }

    private static int IndexOf(ImmutableArray<Balance> balances, ushort token)
    {
        int at = 0;
        while (at < balances.Length && balances[at].Token < token)
        {
            at++;
        }

        return at < balances.Length && balances[at].Token == token ? at : ~at;
    }

    private static ProtocolBook ApplyBonds(ProtocolBook book, LogEntry log) => AttesterBonds.DecodeEvent(log) switch
    {
        AttesterBonds.JoinedEvent joined => WithBond(book, joined.Attester, new BookBond(joined.BondRaw, 0, IsSlashed: false)),
        AttesterBonds.LeftEvent left => WithBond(book, left.Attester, Bond(book, left.Attester) with { ReleaseSeconds = (ulong)left.ReleaseTime }),
        AttesterBonds.ReleasedEvent released => WithBond(book, released.Attester, Bond(book, released.Attester) with { AmountRaw = UInt256.Zero }),
        AttesterBonds.SlashedEvent slashed => WithBond(book, slashed.Attester, Bond(book, slashed.Attester) with { AmountRaw = UInt256.Zero, ReleaseSeconds = BookBond.ReleaseOf(log.BlockTimestampSeconds), IsSlashed = true }),
        _ => book,
    };

    private static BookBond Bond(ProtocolBook book, Address attester) => book.Bonds.GetValueOrDefault(attester) ?? new BookBond(UInt256.Zero, 0, IsSlashed: false);

    private static ProtocolBook WithBond(ProtocolBook book, Address attester, BookBond bond) => book with { Bonds = book.Bonds.SetItem(attester, bond) };

    private static ProtocolBook ApplyRegistry(ProtocolBook book, LogEntry log) => RiskRegistry.DecodeEvent(log) switch
    {
        RiskRegistry.AttesterAddedEvent added => book with { Attesters = book.Attesters.Add(added.Attester), Seats = book.Seats.SetItem(added.Seat, added.Attester) },
        RiskRegistry.AttesterRemovedEvent removed => book with { Attesters = book.Attesters.Remove(removed.Attester) },
        RiskRegistry.AttestersCondemnedEvent condemned => Condemn(book, condemned.Seats),
        RiskRegistry.EpochVoidedEvent voided => book.Epochs.TryGetValue(voided.Epoch, out BookEpoch? epoch)
            ? DropVoidLeaves(book with { Epochs = book.Epochs.SetItem(voided.Epoch, epoch with { IsVoid = true }) })
            : book,
        RiskRegistry.AttestationVoidedEvent voided => book with { Voided = book.Voided.Add(voided.AttestationHash) },
        RiskRegistry.ThresholdSetEvent set => book with { Threshold = (uint)set.Threshold },
        RiskRegistry.ModelSetEvent set => book with { ModelHash = set.ModelHash },
        RiskRegistry.EpochPostedEvent posted => DropOldEpochs(book with
        {
            Epochs = book.Epochs.SetItem(
                posted.Epoch,
                new BookEpoch(posted.Epoch, posted.Checkpoint, posted.ModelHash, posted.BookRoot, posted.Accounts, posted.Signers, log.BlockNumber)),
        }),
        _ => book,
    };

    /// <summary>The votes of these seats are gone, and no leaf of an epoch that they signed counts any more.</summary>
    private static ProtocolBook Condemn(ProtocolBook book, ulong seats) => DropVoidLeaves(book with
    {
        Attesters = book.Attesters.Except(book.Seats.Where(seat => ((seats >> seat.Key) & 1) != 0).Select(static seat => seat.Value)),
        Epochs = book.Epochs.ToImmutableSortedDictionary(static pair => pair.Key, pair => (pair.Value.Signers & seats) != 0 ? pair.Value with { IsVoid = true } : pair.Value),
    });

    private static ProtocolBook ApplyChallenges(ProtocolBook book, LogEntry log) => Challenges.DecodeEvent(log) switch
    {
        Challenges.DemandedEvent demanded when IsSound(book, demanded.Epoch) => book with { Demands = book.Demands.SetItem((demanded.Epoch, demanded.Account), (ulong)demanded.Deadline) },
        Challenges.SuppliedEvent supplied when IsSound(book, supplied.Epoch) => book with
        {
            Demands = book.Demands.Remove((supplied.Epoch, supplied.Account)),
            Supplied = book.Supplied.SetItem((supplied.Epoch, supplied.Account), new SuppliedLeaf(supplied.Attestation, supplied.MerkleProof)),
        },
        _ => book,
    };

    private static ProtocolBook ApplyLiquidation(ProtocolBook book, LogEntry log, object edit)
    {
        switch (LiquidationHouse.DecodeEvent(log))
        {
            case LiquidationHouse.LotStartedEvent started:
                var fresh = new BookLot
                {
                    Id = started.Lot,
                    Account = started.Account,
                    Keeper = started.Keeper,
                    LotHash = started.LotHash,
                    State = started.State,
                    Balances = started.Balances,
                    EquityE8 = (Int128)started.EquityE8,
                    MaintenanceE8 = (UInt128)started.MaintenanceE8,
                    ForSaleE8 = started.ForSaleE8,
                    BiddingFromSeconds = started.BiddingFrom,
                    StartSeconds = started.BiddingFrom - ResumedAge(book, started.Account, log.BlockTimestampSeconds),
                    StartedInBlock = log.BlockNumber,
                };
                return WithLot(book, fresh, Account(book, started.Account) with { OpenLot = started.Lot, ChangedInBlock = log.BlockNumber }, edit);
            case LiquidationHouse.LotEnlargedEvent enlarged:
                return WithLot(book, Lot(book, enlarged.Lot) with { ForSaleE8 = enlarged.ForSaleE8, MaintenanceE8 = (UInt128)enlarged.MaintenanceE8 }, null, edit);
            case LiquidationHouse.LotBidEvent bid:
                BookLot lot = Lot(book, bid.Lot);
                lot = lot with
                {
                    SoldE8 = bid.ToE8,
                    ProceedsE8 = lot.ProceedsE8 + (UInt128)Int128.Max(0, (Int128)bid.PayE8),
                    InsuredE8 = lot.InsuredE8 + (UInt128)bid.InsuredE8,
                    Bids = lot.Bids + 1,
                };
                return WithLot(book, lot, null, edit);
            case LiquidationHouse.LotInsolventEvent insolvent:
                return WithLot(book, Lot(book, insolvent.Lot) with { InsolventSinceSeconds = insolvent.Since }, null, edit);
            case LiquidationHouse.LotDeleveragedEvent taken:
                BookLot rest = Lot(book, taken.Lot);
                rest = rest with
                {
                    LotHash = taken.LotHash,
                    State = taken.State,
                    Balances = taken.Balances,
                    SoldE8 = 0,
                    ForSaleE8 = taken.ForSaleE8,
                    // Of one that only served no margin is known until a witness shows it.
                    MaintenanceE8 = taken.ForSaleE8 == 0 ? 0 : rest.MaintenanceE8,
                    ProceedsE8 = 0,
                    InsuredE8 = rest.InsuredE8 + (UInt128)taken.InsuredE8,
                    HasServed = taken.Served,
                };
                return WithLot(book, rest, null, edit);
            case LiquidationHouse.LotEndedEvent ended:
                return WithLot(
                    DropOldLots(book),
                    Lot(book, ended.Lot) with { EndedInBlock = log.BlockNumber, EndedAtSeconds = log.BlockTimestampSeconds, SoldE8 = ended.SoldE8 },
                    Account(book, ended.Account) with { OpenLot = 0, ChangedInBlock = log.BlockNumber },
                    edit);
            default:
                return book;
        }
    }

    /// <summary>The age that a lot takes over from the account's last one, which ended a short time before (CLR-040).</summary>
    private static ulong ResumedAge(ProtocolBook book, ulong account, ulong nowSeconds) =>
        book.Lots.Values.LastOrDefault(lot => lot.Account == account) is { EndedAtSeconds: > 0 and var ended } last && nowSeconds - ended <= book.Parameters.Liquidation.ResumeSeconds
            ? ended - Math.Min(ended, last.StartSeconds)
            : 0;

    private static BookLot Lot(ProtocolBook book, ulong id) => book.Lots.TryGetValue(id, out BookLot? lot)
        ? lot
        : throw new ProtocolException($"An event names lot {id}, which no event started");

    private static ProtocolBook WithLot(ProtocolBook book, BookLot lot, BookAccount? account, object edit) => book with
    {
        Lots = book.Lots.SetItem(lot.Id, lot),
        Accounts = account is null ? book.Accounts : book.Accounts.With(account, edit),
    };

    private static ProtocolBook DropOldLots(ProtocolBook book)
    {
        BookLot[] ended = [.. book.Lots.Values.Where(static lot => !lot.IsOpen)];
        return ended.Length < KeptEndedLots ? book : book with { Lots = book.Lots.Remove(ended[0].Id) };
    }

    private static ProtocolBook ApplyParameters(ProtocolBook book, LogEntry log)
    {
        BookParameters now = book.Parameters;
        return book with
        {
            Parameters = RiskParameters.DecodeEvent(log) switch
            {
                RiskParameters.InitialFactorSetEvent set => now with { InitialFactorE8 = set.InitialFactorE8 },
                RiskParameters.UnderlyingSetEvent set => now with { Underlyings = now.Underlyings.SetItem(set.Underlying, set.Parameters) },
                RiskParameters.RampSecondsSetEvent set => now with { RampSeconds = set.RampSeconds },
                RiskParameters.TokenRampSetEvent set => now with { TokenRamps = now.TokenRamps.SetItem(set.Token, new TokenRamp(set.From, set.Start, set.End, To: null)) },
                RiskParameters.TokenSetEvent set => now with { Tokens = now.Tokens.SetItem(set.Token, set.Parameters), TokenRamps = RampsTo(now.TokenRamps, set) },
                RiskParameters.ClearingSetEvent set => now with { Clearing = set.Parameters },
                RiskParameters.InterestSetEvent set => now with { Interest = set.Parameters },
                RiskParameters.OracleSetEvent set => now with { Oracle = set.Parameters },
                RiskParameters.LiquidationSetEvent set => now with { Liquidation = set.Parameters },
                _ => now,
            },
        };
    }

    /// <summary>The contract tells a way directly before its target; a target that it tells alone is in force.</summary>
    private static ImmutableSortedDictionary<ushort, TokenRamp> RampsTo(ImmutableSortedDictionary<ushort, TokenRamp> ramps, RiskParameters.TokenSetEvent set) =>
        ramps.TryGetValue(set.Token, out TokenRamp? ramp) && ramp.To is null ? ramps.SetItem(set.Token, ramp with { To = set.Parameters }) : ramps.Remove(set.Token);
}
