using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Demo;

/// <summary>Fills the fresh deployment: accounts, deposits, trades, a loan, insurance.</summary>
internal sealed class DemoMarket(LocalNode node, ProtocolSession session)
{
    private const ulong OrderLifeSeconds = 86_400;
    private const uint MaxFeeRateE8 = 100_000;
    private const string InsuranceUsdc = "250000";
    private const long StrikeUnitE8 = 10_000;
    private static readonly TimeSpan LongestListing = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly ProtocolClient _faucet = session.Client;
    private ulong _nonce;

    /// <summary>Opens and fills all accounts.</summary>
    public async Task<IReadOnlyList<DemoAccount>> FillAsync(Action<string> tell, CancellationToken cancellationToken)
    {
        tell("minting mock tokens and paying into the insurance fund");
        await MintAsync(cancellationToken);
        var accounts = new List<DemoAccount>();
        foreach (DemoTrader trader in DemoTraders.All)
        {
            tell($"opening {trader.Name}: {trader.Story}");
            accounts.Add(await OpenAsync(trader, cancellationToken));
        }

        DemoAccount maker = accounts[0];
        foreach (DemoAccount account in accounts)
        {
            foreach (DemoOption option in account.Trader.Options)
            {
                Instrument instrument = AtTheMoney(option, await ListedAsync(option.Underlying, cancellationToken));
                tell($"{account.Trader.Name} trades {option.Size} {Instruments.Format(instrument, session.Deployment)} with {maker.Trader.Name}");
                await TradeAsync(maker, account, instrument, FixedPointText.ParseE8(option.Size, "size"), cancellationToken);
            }

            foreach ((string instrument, string size) in account.Trader.Trades)
            {
                tell($"{account.Trader.Name} trades {size} {instrument} with {maker.Trader.Name}");
                await TradeAsync(maker, account, Instruments.Parse(instrument, session.Deployment), FixedPointText.ParseE8(size, "size"), cancellationToken);
            }

            if (account.Trader.Loan is { } loan)
            {
                tell($"{account.Trader.Name} borrows {loan} USDC");
                await BorrowAsync(account, loan, cancellationToken);
            }
        }

        return accounts;
    }

    /// <summary>The record of an underlying once the attesters have listed expiries of it and a checkpoint has said how many options may be open.</summary>
    private async Task<UnderlyingRecord> ListedAsync(string underlying, CancellationToken cancellationToken)
    {
        ushort number = session.Deployment.Underlyings.First(listed => string.Equals(listed.Name, underlying, StringComparison.Ordinal)).Number;
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            CheckpointInputs live = await _faucet.GetLiveInputsAsync(BlockTag.Latest, cancellationToken);
            ulong most = await _faucet.Node.CallAsync(session.Deployment.Contracts.PriceHub, new PriceHub.OptionInterestMaxE8Call(number), cancellationToken: cancellationToken);
            UnderlyingRecord record = live.Checkpoint.Underlyings[number - 1];
            if (!record.Expiries.IsEmpty)
            {
                if (most != 0)
                {
                    return record;
                }

                await CheckpointAsync(cancellationToken);
            }

            if (TimeProvider.System.GetElapsedTime(began) > LongestListing)
            {
                throw new CliException($"The attesters have listed no expiry of {underlying} within {LongestListing.TotalSeconds} s: look into the solver's log.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>The next checkpoint at once, instead of when its interval is over; the solver may take it first.</summary>
    private async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        Protocol.Generated.RiskParameters.OracleParameters oracle = await _faucet.Node.CallAsync(session.Deployment.Contracts.RiskParameters, new Protocol.Generated.RiskParameters.OracleCall(), cancellationToken: cancellationToken);
        BlockHeader latest = (await _faucet.Node.GetBlockAsync(BlockTag.Latest, cancellationToken))!;
        await node.SetNextTimeAsync(latest.TimestampSeconds + oracle.CheckpointIntervalSeconds, cancellationToken);
        try
        {
            await _faucet.TakeCheckpointAsync(cancellationToken);
        }
        catch (RevertException)
        {
            // Somebody else did.
        }
    }

    /// <summary>The strike next to the forward of those at which options may be opened, of the last expiry.</summary>
    private static Instrument AtTheMoney(DemoOption option, UnderlyingRecord record)
    {
        ExpiryRecord last = record.Expiries[^1];
        (long belowE8, long stepE8) = StrikeGrid.Around(last.Present.ForwardE8);
        long strikeE8 = last.Present.ForwardE8 - belowE8 < stepE8 / 2 ? belowE8 : belowE8 + stepE8;
        return new Instrument(record.Underlying, last.Expiry, strikeE8 / StrikeUnitE8, option.Kind);
    }

    /// <summary>What one option is worth: the equity of an account that holds it and nothing else.</summary>
    private static long OptionMarkE8(Instrument instrument, CheckpointInputs live)
    {
        AccountState one = AccountState.Empty with { Positions = [new Position(instrument, FixedPointText.ParseE8("1", "size"), 0)] };
        return (long)MarginEngine.Compute(one, [], live.View, SurfaceChoice.Present).EquityE8;
    }

    private async Task MintAsync(CancellationToken cancellationToken)
    {
        foreach (DeployedToken token in session.Deployment.Tokens)
        {
            UInt128 amount = AmountText.ParseRaw("100000000", token.Decimals, "amount");
            await _faucet.SendAsync(Tokens.Mint(token, _faucet.Sender, amount), cancellationToken);
            await _faucet.SendAsync(_faucet.Calls.Approve(token.Address, amount), cancellationToken);
        }

        UInt128 insurance = AmountText.ParseRaw(InsuranceUsdc, session.Deployment.Tokens[0].Decimals, "amount");
        await _faucet.SendAsync(TransactionRequest.Call(session.Deployment.Contracts.InsuranceFund, new InsuranceFund.FundCall(insurance)), cancellationToken);
    }

    private async Task<DemoAccount> OpenAsync(DemoTrader trader, CancellationToken cancellationToken)
    {
        var key = DemoKeys.Of(trader.Name);
        await node.FundAsync(key.Address, cancellationToken);
        ulong number = await _faucet.OpenAccountAsync(key.Address, cancellationToken);
        foreach ((string symbol, string amount) in trader.Deposits)
        {
            DeployedToken token = session.Token(symbol);
            await _faucet.DepositAsync(number, key.Address, token.Index, AmountText.ParseRaw(amount, token.Decimals, "deposit"), cancellationToken);
        }

        return new DemoAccount(number, trader, key);
    }

    private async Task TradeAsync(DemoAccount maker, DemoAccount taker, Instrument instrument, long sizeE8, CancellationToken cancellationToken)
    {
        CheckpointInputs live = await _faucet.GetLiveInputsAsync(BlockTag.Latest, cancellationToken);
        long markE8 = instrument.Kind == InstrumentKind.Perpetual ? live.Checkpoint.Underlyings[instrument.Underlying - 1].PerpetualMarkE8 : OptionMarkE8(instrument, live);
        ulong expiry = (ulong)live.Checkpoint.Header.Time + OrderLifeSeconds;
        Clearinghouse.SignedOrder Sign(DemoAccount account, long signedE8) => _faucet.SignOrder(
            new Clearinghouse.Order(account.Number, instrument.Packed, signedE8, (ulong)markE8, ++_nonce, expiry, MaxFeeRateE8, 0), account.Key);

        await _faucet.SettleAsync(Sign(maker, -sizeE8), Sign(taker, sizeE8), (ulong)Math.Abs(sizeE8), cancellationToken: cancellationToken);
    }

    private async Task BorrowAsync(DemoAccount account, string amount, CancellationToken cancellationToken)
    {
        DeployedToken settlement = session.Deployment.Tokens[0];
        using TransactionSender sender = session.Connection.Sender(account.Key, session.Deployment.ChainId);
        ProtocolClient owner = await ProtocolClient.ConnectAsync(session.Connection.Node, session.Deployment, sender, cancellationToken);
        await owner.WithdrawAsync(account.Number, settlement.Index, AmountText.ParseRaw(amount, settlement.Decimals, "loan"), account.Key.Address, cancellationToken: cancellationToken);
    }
}
