using System.CommandLine;
using System.Numerics;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin cover</c>: has fees pay losses that nothing has paid, and those that withdrawers took.</summary>
internal static class CoverCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<bool> json = CommonOptions.Json();
        var command = new Command("cover", "Have the fees that are there pay losses: those that stand, and those that withdrawals took, in proportion. Anyone may.") { json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            if ((await session.Client.GetLedgerAsync(cancellationToken)).FeesE8 == 0)
            {
                throw new CliException("There are no fees that could pay losses: wait for trades, or have the insurance fund filled (`InsuranceFund.fund`), which pays losses that stand first.");
            }

            TransactionReceipt receipt = await session.Client.SendAsync(session.Client.Calls.CoverLosses(), cancellationToken);
            (UInt128 paidE8, UInt128 backE8) = Receipts.RecoveredE8(receipt, session.Deployment);
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output,
                parsed.GetValue(json),
                ("paid", FixedPointText.Format((BigInteger)paidE8, FixedPointText.E8)),
                ("givenBack", FixedPointText.Format((BigInteger)backE8, FixedPointText.E8)),
                ("deficit", FixedPointText.Format((BigInteger)(await session.Client.GetLedgerAsync(cancellationToken)).DeficitE8, FixedPointText.E8)),
                ("gas", $"{receipt.GasUsed}"));
            return 0;
        });
        return command;
    }
}
