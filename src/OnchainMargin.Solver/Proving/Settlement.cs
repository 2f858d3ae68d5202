using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Proving;

/// <summary>Matches of signed orders, with what each account becomes by them.</summary>
internal sealed class Settlement
{
    private readonly Clearinghouse.SignedOrder[] _orders;
    private readonly Clearinghouse.Fill[] _fills;
    private readonly AccountOperation[] _operations;

    private Settlement(Clearinghouse.SignedOrder[] orders, Clearinghouse.Fill[] fills, AccountOperation[] operations) => (_orders, _fills, _operations) = (orders, fills, operations);

    /// <summary>The settlement, or null, the sentence that says why there can be none, and the account that it is of.</summary>
    public static (Settlement? Settlement, string Refusal, ulong AtFault) Of(Clearinghouse.SignedOrder[] orders, Clearinghouse.Fill[] fills, ProtocolBook book, CheckpointInputs inputs)
    {
        var operations = new List<AccountOperation>();
        foreach (ulong id in orders.Select(static signed => signed.Order.Account).Distinct().Order())
        {
            if (!book.Accounts.TryGetValue(id, out BookAccount? account))
            {
                return (null, $"Account {id} was never opened.", id);
            }

            PreTradeCheck.Possible[] possible = [.. fills.SelectMany(fill => Sides(fill, orders, book)).Where(side => side.Account == id).Select(static side => side.Fill)];
            PreTradeVerdict verdict = PreTradeCheck.Judge(account, possible, book, inputs);
            if (verdict.After is null)
            {
                return (null, verdict.Reason, id);
            }

            operations.Add(AccountOperation.OfFills(account, possible, verdict, book.Parameters.Clearing));
        }

        return (new Settlement(orders, fills, [.. operations]), "", 0);
    }

    /// <summary>The transaction with a proof for each account, in the order of their numbers.</summary>
    public TransactionRequest Build(ProtocolCalls calls, IReadOnlyList<Clearinghouse.Proof> proofs) => calls.Settle(_operations.Zip(proofs, static (operation, proof) => (operation.Account, proof)), _orders, _fills);

    /// <summary>The transaction without any attester.</summary>
    public TransactionRequest BuildComputed(ProtocolCalls calls) => Build(calls, [.. _operations.Select(static operation => operation.Otherwise)]);

    /// <summary>Its proofs; each account's own orders ask the attesters for it.</summary>
    public Task<ChosenProofs> ChooseAsync(ProofDesk desk, ProtocolCalls calls, Address from, IndexedBook indexed, CheckpointInputs live, CancellationToken cancellationToken) =>
        desk.ChooseAsync(_operations, proofs => Build(calls, proofs), from, Asker, indexed, live, cancellationToken);

    private ProofAsker? Asker(AccountOperation operation) => ProofAsker.By(OrderRequest.Of(_orders.First(signed => signed.Order.Account == operation.Account.Id)));

    private static (ulong Account, PreTradeCheck.Possible Fill)[] Sides(Clearinghouse.Fill fill, Clearinghouse.SignedOrder[] orders, ProtocolBook book)
    {
        Clearinghouse.Order maker = orders[fill.Maker].Order;
        return [Side(maker, book.Parameters.Clearing.MakerFeeE8), Side(orders[fill.Taker].Order, book.Parameters.Clearing.TakerFeeE8)];

        (ulong, PreTradeCheck.Possible) Side(Clearinghouse.Order order, long feeRateE8) => (
            order.Account,
            new PreTradeCheck.Possible(Instrument.Unpack(order.Instrument), order.SizeE8 > 0 ? (long)fill.SizeE8 : -(long)fill.SizeE8, (long)maker.LimitPriceE8, feeRateE8, order.MaxFeeRateE8));
    }
}
