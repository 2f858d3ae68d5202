using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Keeping;
using BookLot = OnchainMargin.Protocol.Book.BookLot;
using ProtocolBook = OnchainMargin.Protocol.Book.ProtocolBook;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin finish</c>: ends a lot that has nothing left to do.</summary>
internal static class FinishCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<ulong> number = new("lot") { Description = "The lot's number, as `omargin account list` shows it." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("finish", "End a lot whose account is healthy again, or of which everything is sold, so that the account trades and withdraws again. Anyone may.") { number, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            ProtocolBook book = await session.Client.ReplayAsync(cancellationToken);
            BookLot lot = book.Lots.TryGetValue(parsed.GetValue(number), out BookLot? found) && found.IsOpen
                ? found
                : throw new CliException($"The lot {parsed.GetValue(number)} is not open: give one that `omargin account list` shows an account in.");
            CheckpointInputs live = await session.Client.GetLiveInputsAsync(BlockTag.Number(book.BlockNumber), cancellationToken);
            RequireEnd(lot, book, live);
            TransactionReceipt receipt = await session.Client.FinishLotAsync(lot, cancellationToken);
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output,
                parsed.GetValue(json),
                ("lot", $"{lot.Id}"),
                ("account", $"{lot.Account}"),
                ("sold", MoneyText.E8(lot.SoldE8)),
                ("proceeds", MoneyText.E8((Int128)lot.ProceedsE8)),
                ("gas", $"{receipt.GasUsed}"));
            return 0;
        });
        return command;
    }

    /// <summary>Says what is lacking before any gas is paid; the chain asks the same.</summary>
    private static void RequireEnd(BookLot lot, ProtocolBook book, CheckpointInputs live)
    {
        (AccountState rest, var balances) = LotParts.Rest(lot, book.Accounts[lot.Account], live.Checkpoint.Header, book.Settlements);
        if (lot.SoldE8 != LotParts.WholeE8 && Liquidations.Figures(rest, balances, live) is { } left && left.EquityE8 < left.MaintenanceE8)
        {
            throw new CliException($"The lot {lot.Id} cannot end yet, as account {lot.Account} has an equity of {MoneyText.E8(left.EquityE8)} and needs {MoneyText.E8(left.MaintenanceE8)}: deposit to it with `omargin deposit {lot.Account} TOKEN AMOUNT`, or wait until more is sold.");
        }
    }
}
