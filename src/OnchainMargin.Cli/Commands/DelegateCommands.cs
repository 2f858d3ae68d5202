using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin account appoint</c> and <c>revoke</c>: who may act for an account beside its owner. Taking back reads nothing of the account's history: who does it is in haste.</summary>
internal static class DelegateCommands
{
    /// <summary>Thirty years; the last second of a right is a uint40.</summary>
    private const ulong LongestSeconds = 1_000_000_000;

    /// <summary>Gives rights.</summary>
    public static Command Appoint()
    {
        Argument<ulong> account = new("account") { Description = "The account's number." };
        Argument<string> who = new("address") { Description = "Who is to act for it." };
        Option<string[]> may = new("--may") { Description = "What for: trade (sign orders), cancel, or move (between accounts of its owner); once for each.", HelpName = "right", Required = true };
        Option<ulong> valid = new("--valid") { Description = "For how many seconds of the chain's time.", HelpName = "seconds", DefaultValueFactory = _ => 604_800 };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("appoint", "Let somebody act for an account of the key, with just these rights. Whoever may trade can lose all there is, beside the marks with a friend.") { account, who, may, valid, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            DelegateRights rights = parsed.GetRequiredValue(may).Aggregate(DelegateRights.None, static (all, name) => all | Right(name));
            ulong seconds = parsed.GetValue(valid) is <= LongestSeconds and var wanted ? wanted : throw new CliException($"The --valid of {parsed.GetValue(valid)} seconds is too long: give at most {LongestSeconds}.");
            var delegated = Address.Parse(parsed.GetRequiredValue(who));
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            ulong number = parsed.GetValue(account);
            ulong until = await session.NowSecondsAsync(cancellationToken) + seconds;
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool isJson = parsed.GetValue(json);
            TextWriter progress = isJson ? parsed.InvocationConfiguration.Error : output;
            if (rights.HasFlag(DelegateRights.Trade) && await session.Client.WasGivenAsync(number, delegated, DelegateRights.Trade, cancellationToken))
            {
                progress.WriteLine($"{delegated} could trade for account {number} before: what it signed then and has not expired can be filled again from now on. `omargin order cancel --all --account {number}` ends it, with every other order.");
            }

            progress.WriteLine($"Appointing {delegated} to {AccountView.NamesOf(rights)} until {AccountView.TimeOf(until)}.");
            await session.Client.SendAsync(session.Client.Calls.SetDelegate(number, delegated, rights, until), cancellationToken);
            Reply.WriteResult(
                output,
                isJson,
                ("account", $"{number}"),
                ("delegate", delegated.ToString()),
                ("may", AccountView.NamesOf(rights)),
                ("until", AccountView.TimeOf(until)));
            return 0;
        });
        return command;
    }

    /// <summary>Takes all rights back.</summary>
    public static Command Revoke()
    {
        Argument<ulong> account = new("account") { Description = "The account's number." };
        Argument<string> who = new("address") { Description = "Whose rights end, as `omargin account show` lists them." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("revoke", "Take back every right of a delegate of the key's account. What it signed cannot be filled while it has no right to trade, whoever has it, and can again, until it expires, once you appoint it again: `omargin order cancel --all` ends it for good.") { account, who, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ulong number = parsed.GetValue(account);
            var delegated = Address.Parse(parsed.GetRequiredValue(who));
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            Clearinghouse.Delegate given = await session.Client.Node.CallAsync(session.Deployment.Contracts.Clearinghouse, new Clearinghouse.DelegateOfCall(number, delegated), cancellationToken: cancellationToken);
            if (given.Rights == 0)
            {
                throw new CliException($"{delegated} has no right in account {number}: `omargin account show {number}` lists who has.");
            }

            TransactionReceipt receipt = await session.Client.SendAsync(session.Client.Calls.SetDelegate(number, delegated, DelegateRights.None, 0), cancellationToken);
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output,
                parsed.GetValue(json),
                ("account", $"{number}"),
                ("revoked", delegated.ToString()),
                ("block", $"{receipt.BlockNumber}"));
            return 0;
        });
        return command;
    }

    private static DelegateRights Right(string name) => name switch
    {
        "trade" => DelegateRights.Trade,
        "cancel" => DelegateRights.Cancel,
        "move" => DelegateRights.Move,
        _ => throw new CliException($"The right '{name}' is not known: give trade, cancel or move."),
    };
}
