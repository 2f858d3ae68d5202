using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin engage</c>: makes idle tokens of an account count where their cap has room.</summary>
internal static class EngageCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<ulong> account = new("account") { Description = "The account's number." };
        Argument<string> token = new("token") { Description = "The token's symbol or address." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("engage", "Make tokens of an account count that lie idle above their cap, as far as there is room. The account's owner may: they take a margin to be paid out from then on.") { account, token, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            DeployedToken wanted = session.Token(parsed.GetRequiredValue(token));
            ulong number = (await session.OwnAccountAsync(parsed.GetValue(account), key, cancellationToken)).Id;
            Ethereum.Address vault = session.Deployment.Contracts.MarginVault;
            if (await session.Client.Node.CallAsync(vault, new MarginVault.IdleOfCall(number, wanted.Index), cancellationToken: cancellationToken) == 0)
            {
                throw new CliException($"Account {number} has no {wanted.Symbol} idle: `omargin account show {number}` lists what it has.");
            }

            if (await session.Client.Node.CallAsync(vault, new MarginVault.EngageCall(number, wanted.Index), from: key.Address, cancellationToken: cancellationToken) == 0)
            {
                throw new CliException(Refusal(wanted.Symbol, await session.Client.Node.CallAsync(session.Deployment.Contracts.PriceHub, new PriceHub.IsHaltedCall(wanted.Index), cancellationToken: cancellationToken)));
            }

            TransactionReceipt receipt = await session.Client.SendAsync(session.Client.Calls.Engage(number, wanted.Index), cancellationToken);
            UInt128 left = await session.Client.Node.CallAsync(vault, new MarginVault.IdleOfCall(number, wanted.Index), cancellationToken: cancellationToken);
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output,
                parsed.GetValue(json),
                ("account", $"{number}"),
                ("engaged", AmountText.Format(Receipts.EngagedRaw(receipt, session.Deployment), wanted)),
                ("idle", AmountText.Format(left, wanted)),
                ("gas", $"{receipt.GasUsed}"));
            return 0;
        });
        return command;
    }

    /// <summary>Why nothing of it counts: while a market is halted a cap has no room either.</summary>
    internal static string Refusal(string symbol, bool isHalted) => isHalted
        ? $"The market of {symbol} is halted, and nothing more of it counts meanwhile: try again when it is open, or take yours out with `omargin withdraw --idle`."
        : $"There is no room below the cap of {symbol} now: try again when the cap has risen or others have taken theirs out, or take yours out with `omargin withdraw --idle`.";
}
