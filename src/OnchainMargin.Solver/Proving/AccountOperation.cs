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

    /// <summary>Whether locked gains and averaged prices count, as at a withdrawal.</summary>
    public bool IsWithdrawal { get; init; }

    /// <summary>Net sizes that were traded; empty where headroom is not taken.</summary>
    public IReadOnlyList<(Instrument Instrument, long SizeE8)> Traded { get; init; } = [];

    /// <summary>The most that the fee on credit may be: in a settlement what the account's orders leave of their largest fee.</summary>
    public Int128 LargestFeeE8 { get; init; } = Int128.MaxValue;

    /// <summary>The proof that needs no attester.</summary>
    public Clearinghouse.Proof Otherwise { get; init; } = Proofs.Computed;

    /// <summary>A withdrawal, or null and the sentence that says why there is none.</summary>
    public static (AccountOperation? Operation, string Refusal) OfWithdrawal(BookAccount account, ushort token, UInt128 amountRaw, ProtocolBook book, CheckpointInputs inputs)
    {
        var before = Holding.Of(account, book, inputs);
        if (token == 0)
        {
            byte decimals = book.Tokens.TryGetValue(0, out BookToken? settlement) ? settlement.Decimals : (byte)6;
            if (amountRaw > (UInt128)long.MaxValue)
            {
                return (null, $"The amount {amountRaw} is more than any account can have; give it in base units of the token.");
            }

            Int128 amountE8 = AccountTouch.SweptE8([new Balance(0, amountRaw)], decimals);
            return (new AccountOperation { Account = account, Before = before, After = before with { State = before.State with { CashE8 = before.State.CashE8 - amountE8 } }, IsWithdrawal = true }, "");
        }

        UInt128 held = before.Balances.FirstOrDefault(balance => balance.Token == token).AmountRaw;
        return held < amountRaw
            ? (null, $"Account {account.Id} has {held} base units of token {token}, less than {amountRaw}; withdraw at most what it has.")
            : (new AccountOperation
            {
                Account = account,
                Before = before,
                After = before with { Balances = [.. before.Balances.Select(balance => balance.Token == token ? balance with { AmountRaw = held - amountRaw } : balance).Where(static balance => balance.AmountRaw != 0)] },
                IsWithdrawal = true,
            },
            "");
    }

    /// <summary>Fills that were judged to be possible.</summary>
    public static AccountOperation OfFills(BookAccount account, IReadOnlyList<PreTradeCheck.Possible> fills, PreTradeVerdict verdict) => new()
    {
        Account = account,
        Before = verdict.Before!,
        After = verdict.After!,
        Traded = fills.Any(static fill => SpotOrders.IsSpot(fill.Instrument)) ? [] :
        [
            .. fills.GroupBy(static fill => fill.Instrument).Select(static same => (same.Key, same.Sum(static fill => fill.SizeE8))).Where(static net => net.Item2 != 0),
        ],
        LargestFeeE8 = fills.Aggregate(Int128.Zero, static (sum, fill) => sum + Fees.FeeUp(fill.SizeE8, fill.PriceE8, fill.LargestFeeRateE8) - Fees.FeeUp(fill.SizeE8, fill.PriceE8, fill.FeeRateE8)),
        Otherwise = verdict.IsReducing ? Proofs.Reducing : Proofs.Computed,
    };

    /// <summary>Whether nothing has to be shown (CLR-023).</summary>
    public bool NeedsNoProof(ProtocolBook book, CheckpointInputs inputs) =>
        IsWithdrawal && After.State.Positions.IsEmpty && After.State.CashE8 >= Withdrawable.LockedE8(After.State, book, inputs);
}
