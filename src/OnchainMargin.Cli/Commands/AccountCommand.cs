using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin account</c>: open, list, show, export, appoint, revoke.</summary>
internal static class AccountCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("account", "Open accounts, look at them, and say who else may act for them.") { Open(), List(), Show(), Export(), DelegateCommands.Appoint(), DelegateCommands.Revoke() };

    private static Command Open()
    {
        Option<string?> owner = new("--owner") { Description = "Who owns it. Without it: the key's address.", HelpName = "address" };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("open", "Open an account.") { owner, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            Address holder = parsed.GetValue(owner) is { } named ? Address.Parse(named) : key.Address;
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            ulong number = await session.Client.OpenAccountAsync(holder, cancellationToken);
            TextWriter output = parsed.InvocationConfiguration.Output;
            Reply.WriteResult(output, parsed.GetValue(json), ("account", $"{number}"), ("owner", holder.ToString()));
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        Option<bool> json = CommonOptions.Json();
        var command = new Command("list", "List all accounts.") { json };
        SessionOptions options = SessionOptions.AddTo(command, signs: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ProtocolSession session = await options.OpenAsync(parsed, cancellationToken);
            ProtocolBook book = await session.Client.ReplayAsync(cancellationToken);
            List<AccountView> views = [.. book.Accounts.Values.Select(account => AccountView.Of(DueAccount.Of(account, book, book.LatestCheckpoint?.Checkpoint.Header), book.Tokens, session.Deployment))];
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                Reply.WriteJson(output, new { block = book.BlockNumber, accounts = views });
            }
            else
            {
                Reply.WriteTable(output, ["account", "owner", "cash", "collateral", "idle", "positions", "lot"], [.. views.Select(view => view.Row())]);
            }

            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        Argument<ulong> number = new("account") { Description = "The account's number." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("show", "Show one account.") { number, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ProtocolSession session = await options.OpenAsync(parsed, cancellationToken);
            BookAccount account = await DueAccount.ReadAsync(session, await session.Client.GetAccountAsync(parsed.GetValue(number), cancellationToken), cancellationToken);
            account = account with { Idle = await session.Client.GetIdleAsync(account.Id, cancellationToken), Delegates = await session.Client.GetDelegatesAsync(account.Id, cancellationToken) };
            var view = AccountView.Of(account, await session.Client.GetTokensAsync(cancellationToken), session.Deployment);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                Reply.WriteJson(output, view);
            }
            else
            {
                view.Write(output);
            }

            return 0;
        });
        return command;
    }

    private static Command Export()
    {
        Argument<ulong> number = new("account") { Description = "The account's number." };
        Option<string?> target = new("--out") { Description = "Where to write it. Without it: the terminal.", HelpName = "file" };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("export", "Write an account's state as JSON with what verifies it: the hash that the clearinghouse stores.") { number, target, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ProtocolSession session = await options.OpenAsync(parsed, cancellationToken);
            BookAccount account = await session.Client.GetAccountAsync(parsed.GetValue(number), cancellationToken);
            var text = new StringWriter();
            Reply.WriteJson(text, new
            {
                chainId = session.Deployment.ChainId,
                clearinghouse = session.Deployment.Contracts.Clearinghouse.ToString(),
                block = account.ChangedInBlock,
                account = account.Id,
                state = HexData.Encode(account.StateBytes),
                balances = HexData.Encode(Balances.Pack(account.Balances)),
                stateHash = account.StateHash.ToString(),
            });
            if (parsed.GetValue(target) is { } path)
            {
                FileText.Write(path, text.ToString(), "export");
                Reply.WriteResult(parsed.InvocationConfiguration.Output, parsed.GetValue(json), ("export", path), ("account", $"{account.Id}"));
            }
            else
            {
                parsed.InvocationConfiguration.Output.Write(text.ToString());
            }

            return 0;
        });
        return command;
    }
}
