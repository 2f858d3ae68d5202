using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol;

/// <content>What can be read.</content>
public sealed partial class ProtocolClient
{
    /// <summary>An account: owner, state (its preimage found in the events and checked against the commitment on chain) and tokens.</summary>
    /// <exception cref="ProtocolException">Thrown when the account was never opened, or its events are not those of its commitment.</exception>
    public async Task<BookAccount> GetAccountAsync(ulong account, CancellationToken cancellationToken = default)
    {
        Clearinghouse.AccountRecord record = await Node.CallAsync(Deployment.Contracts.Clearinghouse, new Clearinghouse.AccountOfCall(account), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (record.StateHash.IsZero)
        {
            throw new ProtocolException($"Account {account} was never opened; open one with `omargin account open`, or name another.");
        }

        byte[] state = await FindStateAsync(account, record.StateHash, cancellationToken).ConfigureAwait(false);
        byte[] balances = await Node.CallAsync(Deployment.Contracts.MarginVault, new MarginVault.BalancesOfCall(account), cancellationToken: cancellationToken).ConfigureAwait(false);
        ulong lot = await Node.CallAsync(Deployment.Contracts.LiquidationHouse, new LiquidationHouse.OpenLotOfCall(account), cancellationToken: cancellationToken).ConfigureAwait(false);
        MarginError error = AccountState.Unpack(state, out AccountState? unpacked);
        return error == MarginError.None && unpacked is not null
            ? new BookAccount
            {
                Id = account,
                Owner = record.Owner,
                StateBytes = state,
                StateHash = record.StateHash,
                State = unpacked,
                Balances = Book.Balances.Unpack(balances),
                OpenLot = lot,
                ChangedInBlock = await Node.GetBlockNumberAsync(cancellationToken).ConfigureAwait(false),
            }
            : throw new ProtocolException($"The state of account {account} cannot be read ({error}); check that the deployment is of this version.");
    }

    /// <summary>The tokens that the vault lists, by number: also those that the deployment's file does not name yet.</summary>
    public async Task<IReadOnlyDictionary<ushort, BookToken>> GetTokensAsync(CancellationToken cancellationToken = default)
    {
        Address vault = Deployment.Contracts.MarginVault;
        ushort count = await Node.CallAsync(vault, new MarginVault.TokenCountCall(), cancellationToken: cancellationToken).ConfigureAwait(false);
        MarginVault.TokenAtCall[] calls = [.. Enumerable.Range(0, count).Select(static token => new MarginVault.TokenAtCall((ushort)token))];
        MarginVault.TokenAtResult[] listed = await Node.CallManyAsync<MarginVault.TokenAtResult>(vault, [.. calls], cancellationToken: cancellationToken).ConfigureAwait(false);
        return listed.Select(static (token, index) => new BookToken((ushort)index, token.Erc20, token.Decimals)).ToImmutableSortedDictionary(static token => token.Index, static token => token);
    }

    /// <summary>What an account has idle above the caps of all tokens, ascending by token, none zero.</summary>
    public async Task<ImmutableArray<Balance>> GetIdleAsync(ulong account, CancellationToken cancellationToken = default)
    {
        MarginVault.IdleOfCall[] calls = [.. (await GetTokensAsync(cancellationToken).ConfigureAwait(false)).Keys.Select(token => new MarginVault.IdleOfCall(account, token))];
        UInt128[] amounts = await Node.CallManyAsync<UInt128>(Deployment.Contracts.MarginVault, [.. calls], cancellationToken: cancellationToken).ConfigureAwait(false);
        return [.. calls.Select((call, i) => new Balance(call.Token, amounts[i])).Where(static balance => balance.AmountRaw > 0).OrderBy(static balance => balance.Token)];
    }

    /// <summary>Who may act for an account beside its owner, by address, also those whose time is over.</summary>
    public async Task<ImmutableSortedDictionary<Address, BookAppointment>> GetDelegatesAsync(ulong account, CancellationToken cancellationToken = default)
    {
        var delegates = ImmutableSortedDictionary<Address, BookAppointment>.Empty;
        foreach (Clearinghouse.DelegateSetEvent given in await AppointmentsAsync(account, cancellationToken).ConfigureAwait(false))
        {
            delegates = BookAppointment.With(delegates, given);
        }

        return delegates;
    }

    /// <summary>Whether somebody was ever given a right in an account, also where it was taken back or is over.</summary>
    public async Task<bool> WasGivenAsync(ulong account, Address who, DelegateRights right, CancellationToken cancellationToken = default) =>
        (await AppointmentsAsync(account, cancellationToken).ConfigureAwait(false)).Any(given => given.Delegate == who && ((DelegateRights)given.Rights & right) != DelegateRights.None);

    /// <summary>What a checkpoint would store now: what liquidations, withdrawals and trades are judged by.</summary>
    public async Task<CheckpointInputs> GetLiveInputsAsync(BlockTag block = default, CancellationToken cancellationToken = default)
    {
        PriceHub.LiveResult live = await Node.CallAsync(Deployment.Contracts.PriceHub, new PriceHub.LiveCall(), block, cancellationToken: cancellationToken).ConfigureAwait(false);
        return CheckpointInputs.Read(live.CheckpointBytes, live.Records);
    }

    /// <summary>A stored checkpoint, from its event, checked against the commitment on chain.</summary>
    /// <exception cref="ProtocolException">Thrown when there is none of that number.</exception>
    public async Task<CheckpointInputs> GetCheckpointAsync(ulong id, CancellationToken cancellationToken = default)
    {
        Hash32 expected = await Node.CallAsync(Deployment.Contracts.PriceHub, new PriceHub.InputsHashCall(id), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!expected.IsZero)
        {
            List<LogEntry> logs = await LogsAsync(Deployment.Contracts.PriceHub, PriceHub.CheckpointTakenEvent.Topic, id, cancellationToken).ConfigureAwait(false);
            foreach (LogEntry log in Enumerable.Reverse(logs))
            {
                if (PriceHub.CheckpointTakenEvent.TryDecode(log, out PriceHub.CheckpointTakenEvent taken) && taken.InputsHash == expected)
                {
                    return CheckpointInputs.Read(taken.Checkpoint, taken.Records);
                }
            }
        }

        throw new ProtocolException($"There is no checkpoint {id} on this chain; take one with PriceHub.checkpoint(), or name an earlier one.");
    }

    /// <summary>The number and time of the last checkpoint; 0 when there is none.</summary>
    public async Task<(ulong Id, ulong TimeSeconds)> GetLatestCheckpointAsync(CancellationToken cancellationToken = default)
    {
        PriceHub.LatestResult latest = await Node.CallAsync(Deployment.Contracts.PriceHub, new PriceHub.LatestCall(), cancellationToken: cancellationToken).ConfigureAwait(false);
        return (latest.Id, latest.Time);
    }

    /// <summary>The figures of an account as the engine computes them here.</summary>
    public static AccountFigures Compute(BookAccount account, CheckpointInputs inputs, SurfaceChoice choice = SurfaceChoice.Present)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(inputs);
        return MarginEngine.Compute(account.State, account.Balances.AsSpan(), inputs.View, choice);
    }

    /// <summary>The figures of an account as the referee computes them on chain: the same integers.</summary>
    public Task<Referee.Figures> ComputeOnChainAsync(BookAccount account, CheckpointInputs inputs, SurfaceChoice choice = SurfaceChoice.Present, BlockTag block = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(inputs);
        var call = new Referee.HealthCall(
            account.StateBytes, Book.Balances.Pack(account.Balances), inputs.Head, inputs.RecordsFor(account.State, account.Balances), (byte)choice);
        return Node.CallAsync(Deployment.Contracts.Referee, call, block, cancellationToken: cancellationToken);
    }

    /// <summary>The discount of the last lot of an account now, in E8.</summary>
    public async Task<ulong> GetDiscountAsync(ulong account, CancellationToken cancellationToken = default) =>
        (ulong)await Node.CallAsync(Deployment.Contracts.LiquidationHouse, new LiquidationHouse.DiscountOfCall(account), cancellationToken: cancellationToken).ConfigureAwait(false);

    /// <summary>The cash ledger beside the accounts.</summary>
    public Task<Clearinghouse.CashLedger> GetLedgerAsync(CancellationToken cancellationToken = default) =>
        Node.CallAsync(Deployment.Contracts.Clearinghouse, new Clearinghouse.LedgerCall(), cancellationToken: cancellationToken);

    /// <summary>What all accounts are credited in cash, interest included, as a withdrawal reckons it (CLR-023): settlement token that no operation has swept yet is not in it.</summary>
    public async Task<UInt128> GetCreditE8Async(CancellationToken cancellationToken = default)
    {
        Clearinghouse.CashBasesResult bases = await Node.CallAsync(Deployment.Contracts.Clearinghouse, new Clearinghouse.CashBasesCall(), cancellationToken: cancellationToken).ConfigureAwait(false);
        PriceHub.IndicesResult indices = await Node.CallAsync(Deployment.Contracts.PriceHub, new PriceHub.IndicesCall(), cancellationToken: cancellationToken).ConfigureAwait(false);
        return Losses.CreditE8(bases.CreditBaseE8, indices.CreditIndexE12);
    }

    /// <summary>What the vault holds of a token and what it owes: never less held than owed (P5).</summary>
    public async Task<(UInt256 HeldRaw, UInt256 OwedRaw)> GetConservationAsync(ushort token, CancellationToken cancellationToken = default)
    {
        MarginVault.ConservationResult both = await Node.CallAsync(Deployment.Contracts.MarginVault, new MarginVault.ConservationCall(token), cancellationToken: cancellationToken).ConfigureAwait(false);
        return (both.HeldRaw, both.OwedRaw);
    }

    /// <summary>The whole protocol, rebuilt from all events up to now. Reads the history each time; a program that runs for long keeps an index instead.</summary>
    public async Task<ProtocolBook> ReplayAsync(CancellationToken cancellationToken = default)
    {
        BlockHeader head = await Node.GetBlockAsync(BlockTag.Latest, cancellationToken).ConfigureAwait(false)
            ?? throw new EthereumFormatException("The node has no newest block; check that it has started.");
        List<LogEntry> logs = await ScanAsync(new LogFilter { Addresses = ProtocolEmitters.Of(Deployment.Contracts) }, head.Number, cancellationToken).ConfigureAwait(false);
        var replay = new BookReplay(Deployment);
        replay.Apply(logs, head.Number, head.Hash, head.TimestampSeconds);
        return replay.Book;
    }

    /// <summary>All that was given and taken back in an account, oldest first.</summary>
    private async Task<List<Clearinghouse.DelegateSetEvent>> AppointmentsAsync(ulong account, CancellationToken cancellationToken)
    {
        var appointments = new List<Clearinghouse.DelegateSetEvent>();
        foreach (LogEntry log in await LogsAsync(Deployment.Contracts.Clearinghouse, Clearinghouse.DelegateSetEvent.Topic, account, cancellationToken).ConfigureAwait(false))
        {
            if (Clearinghouse.DelegateSetEvent.TryDecode(log, out Clearinghouse.DelegateSetEvent given))
            {
                appointments.Add(given);
            }
        }

        return appointments;
    }

    private async Task<byte[]> FindStateAsync(ulong account, Hash32 stateHash, CancellationToken cancellationToken)
    {
        byte[] empty = BookAccount.EmptyStateBytes;
        if (Keccak256.Hash(empty) == stateHash)
        {
            return empty;
        }

        List<LogEntry> logs = await LogsAsync(Deployment.Contracts.Clearinghouse, Clearinghouse.AccountUpdatedEvent.Topic, account, cancellationToken).ConfigureAwait(false);
        foreach (LogEntry log in Enumerable.Reverse(logs))
        {
            if (Clearinghouse.AccountUpdatedEvent.TryDecode(log, out Clearinghouse.AccountUpdatedEvent updated) && updated.StateHash == stateHash && Keccak256.Hash(updated.State) == stateHash)
            {
                return updated.State;
            }
        }

        throw new ProtocolException($"The node has no event that holds the present state of account {account} ({stateHash}); use a node that keeps events since block {Deployment.Block}.");
    }

    private async Task<List<LogEntry>> LogsAsync(Address contract, Hash32 topic, ulong subject, CancellationToken cancellationToken)
    {
        ulong head = await Node.GetBlockNumberAsync(cancellationToken).ConfigureAwait(false);
        return await ScanAsync(new LogFilter { Addresses = [contract], Topics = [[topic], [((UInt256)subject).ToHash32()]] }, head, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Every log since the deployment, asked for in pieces: public nodes refuse long ranges.</summary>
    private async Task<List<LogEntry>> ScanAsync(LogFilter filter, ulong lastBlock, CancellationToken cancellationToken)
    {
        var logs = new List<LogEntry>();
        await foreach (LogRange range in new LogScanner(Node).ScanAsync(filter, Deployment.Block, lastBlock, cancellationToken).ConfigureAwait(false))
        {
            logs.AddRange(range.Logs);
        }

        return logs;
    }
}
