using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin deposit</c>: pays tokens in for an account.</summary>
internal static class DepositCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<ulong> account = new("account") { Description = "The account's number." };
        Argument<string> token = new("token") { Description = "The token's symbol or address." };
        Argument<string> amount = new("amount") { Description = "How much, like 1250.75." };
        Option<string?> owner = new("--owner") { Description = "Who owns the account, where that is not the key: he alone can take it out.", HelpName = "address" };
        Option<bool> mint = new("--mint") { Description = "Make the tokens first: mock tokens of local chains let anyone." };
        Option<bool> accepts = WriteDown.Accepts();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("deposit", "Pay tokens of the key in for an account. What is above the token's cap lies idle: it counts for nothing, and `omargin withdraw --idle` pays it out at any time.") { account, token, amount, owner, mint, accepts, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            DeployedToken wanted = session.Token(parsed.GetRequiredValue(token));
            UInt128 amountRaw = AmountText.ParseRaw(parsed.GetRequiredValue(amount), wanted.Decimals, "amount");
            ulong number = parsed.GetValue(account);
            BookAccount into = await session.Client.GetAccountAsync(number, cancellationToken);
            if (into.Owner != (parsed.GetValue(owner) is { } named ? Address.Parse(named) : key.Address))
            {
                throw new CliException($"Account {number} belongs to {into.Owner}, who alone could take it out: give your own account's number, or --owner {into.Owner} if it is meant for him.");
            }

            if (parsed.GetValue(mint))
            {
                await session.Client.SendAsync(Tokens.Mint(wanted, key.Address, amountRaw), cancellationToken);
            }

            await Tokens.RequireHeldAsync(session, wanted, key.Address, amountRaw, cancellationToken);
            if (!parsed.GetValue(accepts))
            {
                await WriteDown.RequireNoneOfDepositAsync(session, into, wanted, amountRaw, cancellationToken);
            }

            TransactionReceipt receipt = await session.Client.DepositAsync(number, into.Owner, wanted.Index, amountRaw, cancellationToken);
            UInt128 idleRaw = Receipts.IdledRaw(receipt, session.Deployment);
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output,
                parsed.GetValue(json),
                ("account", $"{number}"),
                ("deposited", AmountText.Format(amountRaw, wanted)),
                ("counted", AmountText.Format(amountRaw - idleRaw, wanted)),
                ("idle", AmountText.Format(idleRaw, wanted)));
            return 0;
        });
        return command;
    }
}
