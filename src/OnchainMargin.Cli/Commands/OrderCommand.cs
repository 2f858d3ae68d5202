using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Orders;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin order</c>: sign, match, cancel.</summary>
internal static class OrderCommand
{
    /// <summary>Thirty years; an order's last second is a uint40.</summary>
    private const ulong LongestSeconds = 1_000_000_000;

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("order", "Sign orders, match two of them, cancel.") { Sign(), Match(), Cancel() };

    private static Command Sign()
    {
        Argument<string> side = new("side") { Description = "buy or sell." };
        Argument<string> size = new("size") { Description = "Units of the underlying, like 1.5." };
        Argument<string> instrument = new("instrument") { Description = "What to trade, like BTC-PERP." };
        Option<ulong> account = new("--account") { Description = "The account that trades.", Required = true, HelpName = "number" };
        Option<string> price = new("--price") { Description = "The most to pay, or the least to take.", Required = true, HelpName = "dollars" };
        Option<ulong?> nonce = new("--nonce") { Description = "Orders of one account with one nonce share one filled size: each may be filled until one of them is wholly, or the nonce is cancelled. Without it: one of its own, from the clock.", HelpName = "number" };
        Option<ulong> valid = new("--valid") { Description = "For how many seconds of the chain's time it may be filled.", HelpName = "seconds", DefaultValueFactory = _ => 86_400 };
        Option<string?> fee = new("--max-fee") { Description = "The largest fee as a fraction of the notional. Without it: what the chain takes of a taker now, with --post-only of a maker. What is above the trading fee can be taken for credit on attesters' word.", HelpName = "rate" };
        Option<bool> reduceOnly = new("--reduce-only") { Description = "It may only reduce a position." };
        Option<bool> postOnly = new("--post-only") { Description = "It may only be the maker." };
        Option<bool> fillOrKill = new("--fill-or-kill") { Description = "It is filled whole by one fill, or not at all." };
        Option<bool> json = CommonOptions.Json();
        Option<string> target = new("--out") { Description = "Where to write the signed order.", Required = true, HelpName = "file" };
        var command = new Command("sign", "Sign an order and write it to a file. Whoever has the file can fill it, until it expires or you cancel it.")
        {
            side, size, instrument, account, price, nonce, valid, fee, reduceOnly, postOnly, fillOrKill, target, json,
        };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            long units = AmountText.ParsePositiveE8(parsed.GetRequiredValue(size), "size");
            bool sells = parsed.GetRequiredValue(side) switch
            {
                "buy" => false,
                "sell" => true,
                var other => throw new CliException($"The side '{other}' is not known: give buy or sell."),
            };
            ulong seconds = parsed.GetValue(valid) is <= LongestSeconds and var wanted ? wanted : throw new CliException($"The --valid of {parsed.GetValue(valid)} seconds is too long: give at most {LongestSeconds}.");
            uint? givenFeeRateE8 = parsed.GetValue(fee) is { } text ? AmountText.ParseFeeRateE8(text, "fee rate") : null;
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, cancellationToken);
            BookAccount trader = await session.OwnAccountAsync(parsed.GetValue(account), key, cancellationToken);
            Instrument traded = Instruments.Parse(parsed.GetRequiredValue(instrument), session.Deployment);
            if (OddStrikes.Refusal(traded, trader.State.SizeOf(traded), sells ? -units : units) is { } odd)
            {
                throw new CliException(odd);
            }

            ulong expiry = await session.NowSecondsAsync(cancellationToken) + seconds;
            OrderFlags flags = (parsed.GetValue(reduceOnly) ? OrderFlags.ReduceOnly : OrderFlags.None)
                | (parsed.GetValue(postOnly) ? OrderFlags.PostOnly : OrderFlags.None)
                | (parsed.GetValue(fillOrKill) ? OrderFlags.FillOrKill : OrderFlags.None);
            var order = new Clearinghouse.Order(
                trader.Id,
                traded.Packed,
                sells ? -units : units,
                (ulong)AmountText.ParsePositiveE8(parsed.GetRequiredValue(price), "price"),
                parsed.GetValue(nonce) ?? OrderNonces.Fresh(await MinimumNonceAsync(session, trader.Id, cancellationToken)),
                expiry,
                givenFeeRateE8 ?? await TakenFeeRateE8Async(session, flags, cancellationToken),
                (byte)flags);
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool isJson = parsed.GetValue(json);
            (isJson ? parsed.InvocationConfiguration.Error : output).WriteLine($"Signing an order that may be filled until {AccountView.TimeOf(expiry)}.");
            var file = new StringWriter();
            Reply.WriteJson(file, OrderFile.Of(session.Client.SignOrder(order, key), session.Deployment));
            string path = parsed.GetRequiredValue(target);
            FileText.Write(path, file.ToString(), "order file");
            Reply.WriteResult(output, isJson, ("order", path), ("nonce", $"{order.Nonce}"), ("until", AccountView.TimeOf(expiry)), ("maxFee", FixedPointText.Format(order.MaxFeeRateE8, FixedPointText.E8)));
            return 0;
        });
        return command;
    }

    /// <summary>The least that lets the order be filled: of one that may rest and may take, the taker's fee, which is the larger.</summary>
    private static async Task<uint> TakenFeeRateE8Async(ProtocolSession session, OrderFlags flags, CancellationToken cancellationToken)
    {
        RiskParameters.ClearingParameters clearing = await session.Client.Node.CallAsync(session.Deployment.Contracts.RiskParameters, new RiskParameters.ClearingCall(), cancellationToken: cancellationToken);
        return flags.HasFlag(OrderFlags.PostOnly) ? clearing.MakerFeeE8 : Math.Max(clearing.MakerFeeE8, clearing.TakerFeeE8);
    }

    private static Command Match()
    {
        Argument<string> maker = new("maker") { Description = "The file of the resting order; its price is the price." };
        Argument<string> taker = new("taker") { Description = "The file of the order that meets it." };
        Option<string?> size = new("--size") { Description = "How much to fill. Without it: the smaller of the two.", HelpName = "units" };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("match", "Settle two signed orders against each other on chain. Anyone may.") { maker, taker, size, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        ProofSource proofs = ProofSource.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            DeploymentRecord deployment = options.Deployment(parsed);
            Clearinghouse.SignedOrder[] orders =
            [
                OrderFile.Read(parsed.GetRequiredValue(maker)).ToSigned(deployment),
                OrderFile.Read(parsed.GetRequiredValue(taker)).ToSigned(deployment),
            ];
            if (orders[0].Order.Account == orders[1].Order.Account)
            {
                throw new CliException($"Both orders are of account {orders[0].Order.Account}: match two of different owners.");
            }

            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            ulong units = parsed.GetValue(size) is { } text
                ? (ulong)AmountText.ParsePositiveE8(text, "size")
                : (ulong)orders.Min(order => Math.Abs(order.Order.SizeE8));
            (IReadOnlyList<OfferedProof> used, TransactionReceipt receipt) = await ProofSource.SendAsync(
                await ProofSource.OfMatchAsync(proofs.Solver(parsed), orders[0], orders[1], units, cancellationToken),
                proof => session.Client.SettleAsync(orders[0], orders[1], units, proof[0].Proof, proof[1].Proof, cancellationToken),
                isTrade: true);
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output,
                parsed.GetValue(json),
                ("filled", FixedPointText.Format(units, FixedPointText.E8)),
                ("price", FixedPointText.Format(orders[0].Order.LimitPriceE8, FixedPointText.E8)),
                ("makerProof", used[0].Sentence),
                ("takerProof", used[1].Sentence),
                ("gas", $"{receipt.GasUsed}"));
            return 0;
        });
        return command;
    }

    private static Command Cancel()
    {
        Argument<ulong[]> nonces = new("nonce") { Description = "The nonces whose orders must not be filled any more.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> all = new("--all") { Description = "All nonces up to now, and those of clocks that are up to five minutes ahead: every order that took its nonce from a clock, as the page and `omargin order sign` do." };
        Option<ulong> account = new("--account") { Description = "The account.", Required = true, HelpName = "number" };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("cancel", "Cancel orders on chain, by their nonces or all at once. The owner, or a delegate who may cancel.") { nonces, all, account, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ulong[] wanted = parsed.GetValue(nonces) ?? [];
            if (parsed.GetValue(all) == (wanted.Length > 0))
            {
                throw new CliException("Nonces and --all are one of the two: give the nonces of orders, or --all alone.");
            }

            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            if (parsed.GetValue(all))
            {
                ulong number = parsed.GetValue(account);
                ulong bound = OrderNonces.Above(await MinimumNonceAsync(session, number, cancellationToken), await session.NowSecondsAsync(cancellationToken));
                await session.Client.SendAsync(session.Client.Calls.CancelBelow(number, bound), cancellationToken);
                Reply.WriteResult(parsed.InvocationConfiguration.Output, parsed.GetValue(json), ("cancelledBelow", $"{bound}"));
                return 0;
            }

            await session.Client.SendAsync(session.Client.Calls.Cancel(parsed.GetValue(account), wanted), cancellationToken);
            Reply.WriteResult(parsed.InvocationConfiguration.Output, parsed.GetValue(json), ("cancelled", string.Join(' ', wanted)));
            return 0;
        });
        return command;
    }

    private static async Task<ulong> MinimumNonceAsync(ProtocolSession session, ulong account, CancellationToken cancellationToken) =>
        (await session.Client.Node.CallAsync(session.Deployment.Contracts.Clearinghouse, new Clearinghouse.AccountOfCall(account), cancellationToken: cancellationToken)).MinimumNonce;
}
