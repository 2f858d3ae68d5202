using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Proving;

/// <summary>What one account becomes by an operation, as the gate is going to be asked about it (CLR-020).</summary>
internal sealed record AccountOperation
{
    /// <summary>The account as it is stored.</summary>
    public required BookAccount Account { get; init; }

    /// <summary>What the operation finds.</summary>
    public required Holding Before { get; init; }

    /// <summary>What it leaves, the fee on credit apart.</summary>
    public required Holding After { get; init; }

    /// <summary>Whether locked gains and averaged prices count, as at withdrawals, moves and payments of somebody's debt (CLR-025).</summary>
    public bool IsWithdrawal { get; init; }

    /// <summary>Net sizes that were traded; empty where headroom is not taken.</summary>
    public IReadOnlyList<(Instrument Instrument, long SizeE8)> Traded { get; init; } = [];

    /// <summary>The most that the fee on credit may be: in a settlement what the account's orders leave of their largest fee.</summary>
    public Int128 LargestFeeE8 { get; init; } = Int128.MaxValue;

    /// <summary>The proof that needs no attester.</summary>
    public Clearinghouse.Proof Otherwise { get; init; } = Proofs.Computed;

    /// <summary>Whether the chain takes that proof and no other.</summary>
    public bool MustReduce { get; init; }

    /// <summary>A withdrawal, or null and the sentence that says why there is none.</summary>
    public static (AccountOperation? Operation, string Refusal) OfWithdrawal(BookAccount account, ushort token, UInt128 amountRaw, ProtocolBook book, CheckpointInputs inputs)
    {
        var before = Holding.Of(account, book, inputs);
        (Holding? after, string refusal) = before.Pay(account.Id, token, amountRaw, book);
        return (after is null ? null : new AccountOperation { Account = account, Before = before, After = after, IsWithdrawal = true }, refusal);
    }

    /// <summary>A move of whole positions and an amount of a token (CLR-024), of both accounts in their order; or null and the sentence that says why there is none.</summary>
    public static (AccountOperation[]? Operations, string Refusal) OfMove(
        BookAccount from, BookAccount to, ushort token, UInt128 amountRaw, IReadOnlyList<Instrument> instruments, ProtocolBook book, CheckpointInputs inputs)
    {
        if (from.Id == to.Id || from.Owner != to.Owner)
        {
            return (null, $"Accounts {from.Id} and {to.Id} are not two accounts of one owner; move between those of one.");
        }

        (Holding before, Holding toBefore) = (Holding.Of(from, book, inputs), Holding.Of(to, book, inputs));
        (Holding after, Holding toAfter) = (before, toBefore);
        foreach (Instrument instrument in instruments)
        {
            int index = after.State.IndexOf(instrument);
            if (index < 0)
            {
                return (null, $"Account {from.Id} has no position in instrument {instrument.Packed}; name each that it has once.");
            }

            Position position = after.State.Positions[index];
            if (Fills.Add(toAfter.State, instrument, position.SizeE8, position.CostE8) is not { } merged)
            {
                return (null, $"The position of account {to.Id} would be too large; move fewer.");
            }

            after = after with { State = after.State with { Positions = after.State.Positions.RemoveAt(index) } };
            toAfter = toAfter with { State = merged.State };
        }

        if (toAfter.Misfit(to.Id) is { Length: > 0 } misfit)
        {
            return (null, misfit);
        }

        (Holding? paid, string refusal) = after.Pay(from.Id, token, amountRaw, book);
        return paid is null ? (null, refusal) :
        (
            [
                new AccountOperation { Account = from, Before = before, After = paid, IsWithdrawal = true },
                new AccountOperation { Account = to, Before = toBefore, After = toAfter.Receive(token, amountRaw, book), IsWithdrawal = true },
            ],
            "");
    }

    /// <summary>Fills that were judged to be possible.</summary>
    public static AccountOperation OfFills(BookAccount account, IReadOnlyList<PreTradeCheck.Possible> fills, PreTradeVerdict verdict, Protocol.Generated.RiskParameters.ClearingParameters clearing) => new()
    {
        Account = account,
        Before = verdict.Before!,
        After = verdict.After!,
        Traded = fills.Any(static fill => SpotOrders.IsSpot(fill.Instrument)) ? [] :
        [
            .. fills.GroupBy(static fill => fill.Instrument).Select(static same => (same.Key, same.Sum(static fill => fill.SizeE8))).Where(static net => net.Item2 != 0),
        ],
        LargestFeeE8 = fills.Aggregate(Int128.Zero, (sum, fill) => sum + Fees.LeftForCreditE8(fill.SizeE8, fill.PriceE8, fill.LargestFeeRateE8, clearing.MakerFeeE8, clearing.TakerFeeE8)),
        IsWithdrawal = verdict.PaysOut,
        Otherwise = verdict.IsReducing ? Proofs.Reducing : Proofs.Computed,
        MustReduce = verdict.MustReduce,
    };

    /// <summary>Whether nothing has to be shown (CLR-023): of an account that is brought without positions and gets none.</summary>
    public bool NeedsNoProof(ProtocolBook book, CheckpointInputs inputs) =>
        IsWithdrawal && Account.State.Positions.IsEmpty && After.State.Positions.IsEmpty && After.State.CashE8 >= Withdrawable.LockedE8(After.State, book, inputs);
}
