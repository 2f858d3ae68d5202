using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <content>What waits because gas asks more than it was worth when it was sent, and has become worth more.</content>
internal sealed partial class KeeperRole
{
    /// <summary>Reckons anew what starts are worth that gas has outgrown: their rewards grow with the base fee.</summary>
    private async Task RaiseStartsAsync(ProtocolBook book, IEnumerable<BookAccount> accounts, CheckpointInputs live, CancellationToken cancellationToken)
    {
        (BookAccount Account, OutboxEntry Frozen)[] waiting = _options.DryRun ? [] : [.. from account in accounts where account.OpenLot == 0 let frozen = _transactions.Frozen(KeyOf("start", account)) where frozen is not null select (account, frozen)];
        if (waiting.Length == 0)
        {
            return;
        }

        GasOffer offer = await _node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false);
        string?[] raised = await Task.WhenAll(waiting.Select(one => Task.Run(() => RaiseStartAsync(book, one.Account, one.Frozen, live, offer, cancellationToken), cancellationToken))).ConfigureAwait(false);
        for (int i = 0; i < waiting.Length; i++)
        {
            if (raised[i] is { } figures)
            {
                _journal.Say($"account {waiting[i].Account.Id}", "raise", figures);
            }
        }
    }

    /// <summary>Has a start that waits raised, as far as the chain would take it still: its witness was the cheapest at the prices of then. Where it would not, and one with another witness pays now, it makes room for that.</summary>
    /// <returns>What is done, in words; null for nothing.</returns>
    private async Task<string?> RaiseStartAsync(ProtocolBook book, BookAccount account, OutboxEntry frozen, CheckpointInputs live, GasOffer offer, CancellationToken cancellationToken)
    {
        if (Liquidations.Look(book, account, live) is not { } found)
        {
            return null;
        }

        Int128 reward = Liquidations.RewardE8(book, found, live, offer.MaxFeePerGasWei - offer.TipPerGasWei);
        UInt256 worth = BidModel.PriceFor(frozen.GasLimit, _options.DutyCostE8 + reward, NativePriceE8(live), _transactions.CapWei);
        if (worth <= frozen.MostFeePerGasWei)
        {
            return null;
        }

        string figures = $"its start waits at {BidModel.Gwei(frozen.MostFeePerGasWei!.Value)} gwei a gas and is worth {BidModel.Gwei(worth)} by now";
        bool isStale = false;
        try
        {
            _ = await Patience.AskAsync(token => _node.EstimateGasAsync(_transactions.Sender, frozen.Target, frozen.Data, token), _time, cancellationToken).ConfigureAwait(false);
        }
        catch (RevertException) when (worth >= offer.MaxFeePerGasWei)
        {
            isStale = true;
        }
        catch (EthereumException error) when (error is RevertException or RpcErrorException or RpcTransportException or TransactionTooLargeException)
        {
            // It waits as before, and is looked at again.
            return null;
        }

        if (isStale)
        {
            return await GiveBackAsync(frozen.Intent, cancellationToken).ConfigureAwait(false) ? $"{figures}, but its witness no longer shows it: it is given back and proved anew" : null;
        }

        return _transactions.RaiseWorth(frozen.Intent, worth) ? $"{figures}: it is raised" : null;
    }

    /// <summary>Gives back starts and bids that gas has outgrown and that are of an account or a lot as it is no more: nothing reckons them anew, and all that is sent later waits behind their nonces.</summary>
    private async Task GiveBackUnwantedAsync(ProtocolBook book, CancellationToken cancellationToken)
    {
        foreach (string intent in _options.DryRun ? [] : _transactions.FrozenIntents)
        {
            if (!IsWanted(intent, book) && _transactions.Frozen(intent) is not null && await GiveBackAsync(intent, cancellationToken).ConfigureAwait(false))
            {
                _journal.Say(string.Join(' ', intent.Split(' ').Skip(1).Take(2)), "raise", $"'{intent}' waits for cheaper gas, and what it is about has changed: it is given back");
            }
        }
    }

    /// <summary>Whether the book has the account or lot of a start or bid as the intent's key has it; of anything else true.</summary>
    private bool IsWanted(string intent, ProtocolBook book)
    {
        if (intent.Split(' ') is not [var decision, var kind, var number, ..] || !ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong id))
        {
            return true;
        }

        string? wanted = (decision, kind) switch
        {
            ("start", "account") => book.Accounts.TryGetValue(id, out BookAccount? account) && account.OpenLot == 0 ? KeyOf("start", account) : null,
            ("bid", "lot") => book.OpenLots.FirstOrDefault(lot => lot.Id == id) is { } lot && book.Accounts.TryGetValue((ulong)_options.BidderAccount, out BookAccount? bidder) ? KeyOf(lot, bidder) : null,
            _ => intent,
        };
        return wanted is not null && (string.Equals(intent, wanted, StringComparison.Ordinal) || intent.StartsWith($"{wanted} (try ", StringComparison.Ordinal));
    }

    /// <summary>Gives a nonce back.</summary>
    /// <returns>Whether that is under way; where it is not, it waits as before and is looked at again.</returns>
    private async Task<bool> GiveBackAsync(string intent, CancellationToken cancellationToken)
    {
        try
        {
            return await _transactions.GiveBackAsync(intent, cancellationToken).ConfigureAwait(false);
        }
        catch (EthereumException error) when (error is RpcErrorException or RpcTransportException)
        {
            return false;
        }
    }

    /// <summary>Makes room for a bid that offers more. The one that waits cannot itself be raised: its limit price leaves just the least profit at the gas that it may cost (<see cref="BidPlan"/>), and lots become worth bidding for by the discount, from which the limit of then takes nothing.</summary>
    private async Task RaiseBidAsync(string subject, OutboxEntry frozen, BidPlan plan, CancellationToken cancellationToken)
    {
        UInt256 before = frozen.MostFeePerGasWei!.Value;
        if (plan.CeilingWei > before + (before / 10) && await GiveBackAsync(frozen.Intent, cancellationToken).ConfigureAwait(false))
        {
            _journal.Say(subject, "raise", $"its bid waits at {BidModel.Gwei(before)} gwei a gas and would be worth {BidModel.Gwei(plan.CeilingWei)} by now: it is given back and made anew");
        }
    }
}
