using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin withdraw</c>: pays tokens out of an account that stays healthy, shown by the cheapest proof that there is.</summary>
internal static class WithdrawCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<ulong> account = new("account") { Description = "The account's number." };
        Argument<string> token = new("token") { Description = "The token's symbol or address." };
        Argument<string> amount = new("amount") { Description = "How much, like 1250.75." };
        Option<string?> receiver = new("--to") { Description = "Who receives it. Without it: the key's address.", HelpName = "address" };
        Option<bool> idle = new("--idle") { Description = "Pay out what lies idle above the token's cap. It backs nothing, so nothing has to be shown." };
        Option<bool> accepts = WriteDown.Accepts();
        Option<bool> borrows = Loan.Accepts();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("withdraw", "Pay tokens out of an account of the key that stays above its initial margin: attesters' word shows it where that is cheaper, the chain computes it otherwise.") { account, token, amount, receiver, idle, accepts, borrows, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        ProofSource proofs = ProofSource.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            Address to = parsed.GetValue(receiver) is { } named ? Address.Parse(named) : key.Address;
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            DeployedToken wanted = session.Token(parsed.GetRequiredValue(token));
            UInt128 amountRaw = AmountText.ParseRaw(parsed.GetRequiredValue(amount), wanted.Decimals, "amount");
            BookAccount from = await session.OwnAccountAsync(parsed.GetValue(account), key, cancellationToken);
            if (parsed.GetValue(idle))
            {
                await Tokens.RequireIdleAsync(session, from.Id, wanted, amountRaw, cancellationToken);
                TransactionReceipt paidOut = await session.Client.SendAsync(session.Client.Calls.WithdrawIdle(from.Id, wanted.Index, amountRaw, to), cancellationToken);
                Reply.WriteResult(
                    parsed.InvocationConfiguration.Output, parsed.GetValue(json), ("account", $"{from.Id}"), ("withdrawn", AmountText.Format(amountRaw, wanted)), ("to", to.ToString()), ("gas", $"{paidOut.GasUsed}"));
                return 0;
            }

            if (!parsed.GetValue(borrows))
            {
                await Loan.RequireNoneAsync(session, from, wanted, amountRaw, cancellationToken);
            }

            if (!parsed.GetValue(accepts))
            {
                await WriteDown.RequireNoneOfWithdrawalAsync(session, from, wanted, amountRaw, cancellationToken);
            }

            OfferedProof offered = await ProofSource.OfWithdrawalAsync(proofs.Solver(parsed), session.Client, from.Id, wanted.Index, amountRaw, key, cancellationToken);
            (IReadOnlyList<OfferedProof> used, TransactionReceipt receipt) = await ProofSource.SendAsync(
                [offered], proof => session.Client.WithdrawAsync(from.Id, wanted.Index, amountRaw, to, proof[0].Proof, cancellationToken));
            UInt128 paidRaw = Receipts.PaidRaw(receipt, session.Deployment);
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output,
                parsed.GetValue(json),
                ("account", $"{from.Id}"),
                ("withdrawn", AmountText.Format(amountRaw, wanted)),
                ("paid", AmountText.Format(paidRaw, wanted)),
                ("writtenDown", AmountText.Format(amountRaw - paidRaw, wanted)),
                ("to", to.ToString()),
                ("proof", used[0].Sentence),
                ("creditFee", used[0].CreditFee),
                ("gas", $"{receipt.GasUsed}"));
            return 0;
        });
        return command;
    }
}
