using System.Data.Common;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>How a keeper sends whatever it does: whether that is under way, whether it is worth its gas, and how long what was refused is left alone.</summary>
internal sealed class KeeperDuties(TransactionManager transactions, KeeperOptions options, KeeperJournal journal, TimeProvider time)
{
    /// <summary>How long a market is dead before it is wound down (ORC-005).</summary>
    private const ulong DeadSeconds = 604_800;

    /// <summary>From when on the chain takes what it called too early, by name, in Unix seconds.</summary>
    private readonly Dictionary<string, ulong> _dueFrom = new(StringComparer.Ordinal);
    private readonly CoolDowns _coolDowns = new(TimeSpan.FromSeconds(options.CoolDownSeconds), time);

    /// <summary>Sends what brings no profit by itself, as long as its gas costs no more than that is worth.</summary>
    /// <returns>Whether it is on its way, now or since before.</returns>
    public async Task<bool> DoAsync(Duty duty, TransactionRequest request, KeeperRound round, CancellationToken cancellationToken)
    {
        if (transactions.IsUnderWay(duty.Key))
        {
            return true;
        }

        if (IsLeftAlone(duty, round))
        {
            return false;
        }

        try
        {
            ulong gas = await transactions.EstimateGasAsync(request.To!.Value, request.Data.ToArray(), cancellationToken).ConfigureAwait(false);
            var call = new DutyCall(duty, request, gas, transactions.GasLimitsOf(request.Data.Length, gas));
            GasOffer offer = await round.AskFeesAsync(cancellationToken).ConfigureAwait(false);
            if (Afford(call, offer, round) is not { } afforded)
            {
                return false;
            }

            await SendAsync(duty, afforded.Intent, afforded.Figures, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RevertException error) when (DueSeconds(error.Reason) is { } from && from > (ulong)round.Live.Checkpoint.Header.Time)
        {
            _dueFrom[duty.Name] = from;
            return false;
        }
        catch (EthereumException error) when (error is RevertException or RpcErrorException or TransactionTooLargeException)
        {
            Refused(duty, error);
            return false;
        }
    }

    /// <summary>When that is due which is refused for coming too early; null of any other refusal. Only the chain knows: by which sizes a need has grown at which times, and when a market's sources agreed last, is in no event.</summary>
    private static ulong? DueSeconds(RevertReason reason) => reason switch
    {
        CustomErrorReason { Error: Clearinghouse.NeedNotDueError need } => (ulong)need.From,
        CustomErrorReason { Error: SpotMarkets.MarketAliveError market } => market.Since + DeadSeconds,
        _ => null,
    };

    /// <summary>Sees to many things, one after another. A node that hangs costs a round its patience once: what it hangs in is left alone for a while, and the others come in the next round.</summary>
    /// <param name="those">The things whose turn it is.</param>
    /// <param name="look">What is done with one, as it is told and left alone.</param>
    /// <param name="act">Does it.</param>
    public async Task EachAsync<T>(IEnumerable<T> those, Func<T, Duty> look, Func<T, Task> act)
    {
        foreach (T one in those)
        {
            if (!await TryAsync(look(one), () => act(one)).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Does something that holds nothing else up, whatever it breaks on.</summary>
    /// <returns>False when the node does not answer.</returns>
    public async Task<bool> TryAsync(Duty look, Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is not (OperationCanceledException or DbException))
        {
            Refused(look, error);
            return error is not RpcTransportException;
        }
    }

    /// <summary>Whether something was refused a moment ago.</summary>
    public bool IsCooling(Duty duty) => _coolDowns.Has(duty.Name);

    /// <summary>Whether something was refused a moment ago, is not due yet, or rests because it was reverted on chain.</summary>
    public bool IsLeftAlone(Duty duty, KeeperRound round)
    {
        if (IsCooling(duty) || _dueFrom.GetValueOrDefault(duty.Name) > (ulong)round.Live.Checkpoint.Header.Time)
        {
            return true;
        }

        (int times, long seconds) = round.Reverts.Of(duty.Name);
        if (seconds > 0)
        {
            journal.Say(duty.Subject, "rest", $"{duty.Decision} was reverted {times} times within the hour: it rests for {seconds} s");
        }

        return seconds > 0;
    }

    /// <summary>A duty's intent, and what its gas costs in words; null, and said so, when that is more than what the chain pays for it and it is worth, or when it is dust and the day's is spent. Judged by the gas that is expected and not by the limit: what is not used costs nothing.</summary>
    /// <param name="call">The duty.</param>
    /// <param name="offer">What is offered for its gas.</param>
    /// <param name="round">The round.</param>
    /// <param name="rewardE8">What the chain pays for it at a base fee; null for nothing.</param>
    public (TransactionIntent Intent, string Figures)? Afford(DutyCall call, GasOffer offer, KeeperRound round, Func<UInt256, Int128>? rewardE8 = null)
    {
        Duty duty = call.Duty;
        Int128 cost = BidModel.GasE8(call.Gas, offer.MaxFeePerGasWei, round.NativePriceE8);
        Int128 mostReward = rewardE8?.Invoke(offer.MostBaseFeePerGasWei) ?? 0;
        string figures = $"{duty.Why}; gas costs {BidModel.Money(cost)} at {BidModel.Gwei(offer.MaxFeePerGasWei)} gwei{(mostReward == 0 ? "" : $", of which {BidModel.Money(mostReward)} come back as reward")}";
        if (cost - mostReward > MostE8(duty))
        {
            journal.Say(duty.Subject, "too-dear", $"{duty.Decision} waits: {figures}, more than the {BidModel.Money(options.DutyCostE8)} of keeper:dutyCostE8 and a twentieth of the {BidModel.Money(duty.StakeE8)} at stake");
            return null;
        }

        UInt256 worth = WorthWei(duty, call.Gas, round, mostReward);
        if (transactions.OverCost(call.Limits, offer, worth) is { } over)
        {
            journal.Say(duty.Subject, "too-dear", $"{duty.Decision} waits: {over.Message}");
            return null;
        }

        DayCharge charge = ChargeOf(call, offer, round, rewardE8);
        if (!round.DutyDay.Take(charge.CostE8))
        {
            journal.Say(duty.Subject, "day-spent", $"{duty.Decision} waits: {figures}, with {BidModel.Money(duty.StakeE8)} at stake that is dust, and dust has cost the {BidModel.Money(options.DutyDayE8)} of keeper:dutyDayE8 within a day");
            return null;
        }

        TransactionIntent intent = TransactionIntent.From(duty.Key, call.Request) with { GasLimits = call.Limits, MostFeePerGasWei = worth, IsPrivate = duty.IsPrivate, Charge = charge };
        return (intent, figures);
    }

    /// <summary>What a duty counts for in the day: what it is expected to cost, not what it may cost at most, which is several times as much and would have the day over after a fraction of what it is meant for.</summary>
    private static DayCharge ChargeOf(DutyCall call, GasOffer offer, KeeperRound round, Func<UInt256, Int128>? rewardE8)
    {
        Int128 gas = BidModel.GasE8(call.Gas, offer.ExpectedPerGasWei, round.NativePriceE8);
        return call.Duty.IsDust(gas) ? new DayCharge(Capped(gas), Capped(rewardE8?.Invoke(offer.BaseFeePerGasWei) ?? 0)) : default;

        static long Capped(Int128 valueE8) => (long)Int128.Min(valueE8, long.MaxValue);
    }

    /// <summary>The most that may be offered for a unit of gas of a duty.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="gas">What it uses, as the node estimates it.</param>
    /// <param name="round">The round.</param>
    /// <param name="rewardE8">What the chain pays for it.</param>
    public UInt256 WorthWei(Duty duty, ulong gas, KeeperRound round, Int128 rewardE8) => BidModel.PriceFor(gas, MostE8(duty) + rewardE8, round.NativePriceE8, transactions.CapWei);

    /// <summary>The most that a duty may cost beyond what the chain pays for it: what the options allow for any, and more only where so much is at stake that it is no dust.</summary>
    private Int128 MostE8(Duty duty) => Int128.Max(options.DutyCostE8, duty.MostGasE8);

    /// <summary>Sends an intent, and says so.</summary>
    public async Task SendAsync(Duty duty, TransactionIntent intent, string figures, CancellationToken cancellationToken)
    {
        if (options.DryRun)
        {
            SayDry(duty, figures);
        }
        else if (await transactions.SubmitAsync(intent, cancellationToken).ConfigureAwait(false) is { IsNew: true })
        {
            journal.Say(duty.Subject, duty.Decision, figures);
        }
    }

    /// <summary>Says what would be sent.</summary>
    public void SayDry(Duty duty, string figures) => journal.Say(duty.Subject, duty.Decision, $"dry run, sends nothing: would {duty.Decision}, {figures}");

    /// <summary>Gives a nonce back.</summary>
    /// <returns>Whether that is under way; where it is not, it waits as before and is looked at again.</returns>
    public async Task<bool> GiveBackAsync(string intent, CancellationToken cancellationToken)
    {
        try
        {
            return await transactions.GiveBackAsync(intent, cancellationToken).ConfigureAwait(false);
        }
        catch (EthereumException error) when (error is RpcErrorException or RpcTransportException)
        {
            return false;
        }
    }

    /// <summary>Says that something was refused, and leaves it alone for a while.</summary>
    public void Refused(Duty duty, Exception failure)
    {
        journal.Say(duty.Subject, "refused", failure is RevertException revert ? $"{duty.Decision} is refused by the chain: {revert.Reason}" : $"{duty.Decision} cannot be tried: {failure.Message}");
        _coolDowns.Add(duty.Name);
    }
}
