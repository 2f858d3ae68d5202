using System.CommandLine;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Margin;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Commands;

/// <summary><c>omargin wind-down</c>: settles a market whose sources died (CLR-027).</summary>
internal static class WindDownCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> name = new("underlying") { Description = "The underlying, such as ETH." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("wind-down", "Wind down a market whose sources have agreed on nothing for seven days: all that is open in it settles at its last price. Anyone may.") { name, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            DeployedUnderlying underlying = session.Deployment.Underlyings.FirstOrDefault(listed => string.Equals(listed.Name, parsed.GetValue(name), StringComparison.OrdinalIgnoreCase))
                ?? throw new CliException($"The deployment has no underlying '{parsed.GetValue(name)}': give one of {string.Join(", ", session.Deployment.Underlyings.Select(static listed => listed.Name))}.");
            TransactionReceipt receipt = await session.Client.SendAsync(session.Client.Calls.WindDown(underlying.Number), cancellationToken);
            Clearinghouse.MarketWoundDownEvent closed = receipt.Logs.Select(static log => Clearinghouse.MarketWoundDownEvent.TryDecode(log, out Clearinghouse.MarketWoundDownEvent found) ? found : (Clearinghouse.MarketWoundDownEvent?)null).OfType<Clearinghouse.MarketWoundDownEvent>().First();
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output, parsed.GetValue(json), ("underlying", underlying.Name), ("price", MoneyText.E8(closed.PriceE8)), ("gas", $"{receipt.GasUsed}"));
            return 0;
        });
        return command;
    }
}
