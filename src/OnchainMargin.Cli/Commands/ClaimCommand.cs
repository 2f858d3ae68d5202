using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin claim</c>: pays what the clearinghouse holds for the key.</summary>
internal static class ClaimCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> receiver = new("--to") { Description = "Who receives it. Without it: the key's address.", HelpName = "address" };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("claim", "Pay out what is held for the key: what fees gave back of losses that its withdrawals took, and rewards of lots that it started.") { receiver, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            Address to = parsed.GetValue(receiver) is { } named ? Address.Parse(named) : key.Address;
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            DeployedToken token = session.Deployment.Tokens.First(static token => token.Index == 0);
            Address clearinghouse = session.Deployment.Contracts.Clearinghouse;
            UInt256 heldE8 = await session.Client.Node.CallAsync(clearinghouse, new Clearinghouse.HeldForCall(key.Address), cancellationToken: cancellationToken);
            UInt256 lostE8 = await session.Client.Node.CallAsync(clearinghouse, new Clearinghouse.LossOfCall(key.Address), cancellationToken: cancellationToken);
            string left = FixedPointText.Format(lostE8, FixedPointText.E8);
            if (heldE8 < (UInt256)AccountTouch.UnitE8(token.Decimals))
            {
                throw new CliException(lostE8 == UInt256.Zero
                    ? $"Nothing is held for {key.Address}: what was claimed is paid, and its withdrawals were paid whole or have it all back."
                    : $"Nothing is held for {key.Address} now: {left} dollars of its losses wait for fees, and those that are there already pay with `omargin cover`.");
            }

            UInt128 claimedRaw = Receipts.ClaimedE8(await session.Client.SendAsync(session.Client.Calls.Claim(to), cancellationToken), session.Deployment) / AccountTouch.UnitE8(token.Decimals);
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output, parsed.GetValue(json), ("claimed", AmountText.Format(claimedRaw, token)), ("to", to.ToString()), ("stillToComeBack", left));
            return 0;
        });
        return command;
    }
}
