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

/// <summary><c>omargin attester</c>: what attesters are paid for credit on their word (CLR-054), from the clearinghouse to their own hands, and what is paid to who proved one wrong (CLR-052).</summary>
internal static class AttesterCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("attester", "Fees on credit: what is there for attesters, and how they are paid; rewards for proving one wrong.") { Fees(), Pay(), Claim(), Reward() };

    private static Command Fees()
    {
        Argument<string?> who = new("address") { Description = "An attester. Without it: all who sit.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("fees", "Show what is held for attesters, and what each of them can claim.") { who, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ProtocolSession session = await options.OpenAsync(parsed, cancellationToken);
            DeployedToken token = Settlement(session);
            IReadOnlyList<Address> asked = parsed.GetValue(who) is { } named ? [Address.Parse(named)] : [.. (await session.Client.ReplayAsync(cancellationToken)).Attesters];
            string held = Money(await HeldAsync(session, cancellationToken), FixedPointText.E8);
            var owed = new List<(string Attester, string Owed)>();
            foreach (Address attester in asked)
            {
                UInt256 raw = await session.Client.Node.CallAsync(session.Deployment.Contracts.AttesterBonds, new AttesterBonds.OwedToCall(attester), cancellationToken: cancellationToken);
                owed.Add((attester.ToString(), Money(raw, token.Decimals)));
            }

            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                Reply.WriteJson(output, new { token = token.Symbol, held, attesters = owed.Select(static one => new { one.Attester, one.Owed }) });
                return 0;
            }

            Reply.WriteFacts(output, ($"held for all, {token.Symbol}", held));
            Reply.WriteTable(output, ["attester", $"owed, {token.Symbol}"], [.. owed.Select(static one => (IReadOnlyList<string>)[one.Attester, one.Owed])]);
            return 0;
        });
        return command;
    }

    private static Command Pay()
    {
        Option<bool> json = CommonOptions.Json();
        var command = new Command("pay", "Bring what is held for attesters to their bonds and divide it among those who sit. Anyone may.") { json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            DeployedToken token = Settlement(session);

            // Anybody may have brought it there already; what is less than a unit of the token stays held.
            if (await HeldAsync(session, cancellationToken) >= (UInt256)AccountTouch.UnitE8(token.Decimals))
            {
                await session.Client.SendAsync(session.Client.Calls.PayAttesters(), cancellationToken);
            }

            TransactionReceipt shared = await session.Client.SendAsync(session.Client.Calls.ShareFees(), cancellationToken);
            AttesterBonds.SharedEvent divided = shared.Logs.Select(static log => AttesterBonds.SharedEvent.TryDecode(log, out AttesterBonds.SharedEvent found) ? found : (AttesterBonds.SharedEvent?)null).OfType<AttesterBonds.SharedEvent>().First();
            Reply.WriteResult(
                parsed.InvocationConfiguration.Output, parsed.GetValue(json), ("shared", $"{Money(divided.AmountRaw, token.Decimals)} {token.Symbol}"), ("attesters", $"{divided.Attesters}"));
            return 0;
        });
        return command;
    }

    private static Command Claim()
    {
        Option<bool> json = CommonOptions.Json();
        var command = new Command("claim", "Pay an attester's shares to its key.") { json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            DeployedToken token = Settlement(session);
            TransactionReceipt receipt = await session.Client.SendAsync(session.Client.Calls.ClaimShares(), cancellationToken);
            AttesterBonds.ClaimedEvent claimed = receipt.Logs.Select(static log => AttesterBonds.ClaimedEvent.TryDecode(log, out AttesterBonds.ClaimedEvent found) ? found : (AttesterBonds.ClaimedEvent?)null).OfType<AttesterBonds.ClaimedEvent>().First();
            Reply.WriteResult(parsed.InvocationConfiguration.Output, parsed.GetValue(json), ("claimed", $"{Money(claimed.AmountRaw, token.Decimals)} {token.Symbol}"), ("to", key.Address.ToString()));
            return 0;
        });
        return command;
    }

    private static Command Reward()
    {
        Argument<string> who = new("address") { Description = "The attester that lost its bond." };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("reward", "Pay out the bond that an attester lost: a tenth to who proved it wrong, the rest to the insurance fund. Anyone may.") { who, json };
        SessionOptions options = SessionOptions.AddTo(command, signs: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var attester = Address.Parse(parsed.GetRequiredValue(who));
            using PrivateKey key = options.Key(parsed);
            using ProtocolSession session = await options.OpenAsync(parsed, key, cancellationToken);
            DeployedToken token = Settlement(session);
            Address bonds = session.Deployment.Contracts.AttesterBonds;
            AttesterBonds.RewardOfResult owed = await session.Client.Node.CallAsync(bonds, new AttesterBonds.RewardOfCall(attester), cancellationToken: cancellationToken);
            UInt256 insurance = await session.Client.Node.CallAsync(bonds, new AttesterBonds.InsuranceDueOfCall(attester), cancellationToken: cancellationToken);
            if (owed.AmountRaw == UInt256.Zero && insurance == UInt256.Zero)
            {
                throw new CliException($"Nothing is owed of a bond of {attester}: it was never proved wrong, or all was paid.");
            }

            // The fund's part first: a prover to whom the token cannot be paid holds up nobody else.
            if (insurance != UInt256.Zero)
            {
                await session.Client.SendAsync(session.Client.Calls.PayInsurance(attester), cancellationToken);
            }

            if (owed.AmountRaw != UInt256.Zero)
            {
                await session.Client.SendAsync(session.Client.Calls.PayReward(attester), cancellationToken);
            }

            Reply.WriteResult(
                parsed.InvocationConfiguration.Output,
                parsed.GetValue(json),
                ("attester", attester.ToString()),
                ("paid", $"{Money(owed.AmountRaw, token.Decimals)} {token.Symbol}"),
                ("to", owed.Prover.ToString()),
                ("insurance", $"{Money(insurance, token.Decimals)} {token.Symbol}"));
            return 0;
        });
        return command;
    }

    private static Task<UInt256> HeldAsync(ProtocolSession session, CancellationToken cancellationToken) => session.Client.Node.CallAsync(
        session.Deployment.Contracts.Clearinghouse, new Clearinghouse.HeldForCall(session.Deployment.Contracts.AttesterBonds), cancellationToken: cancellationToken);

    private static DeployedToken Settlement(ProtocolSession session) => session.Deployment.Tokens.First(static token => token.Index == 0);

    private static string Money(UInt256 value, int decimals) => FixedPointText.Format(value, decimals);
}
