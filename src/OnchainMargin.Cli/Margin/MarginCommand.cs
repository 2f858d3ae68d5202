using System.CommandLine;

namespace OnchainMargin.Cli.Margin;

/// <summary><c>omargin margin</c>: the margin of every account of a book file, with no chain at all.</summary>
internal static class MarginCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var book = new Option<string>("--book") { Description = "The book file: time, underlyings, collateral, parameters, accounts.", Required = true };
        var json = new Option<bool>("--json") { Description = "Reply as JSON." };
        var whatIf = new Option<string[]>("--what-if")
        {
            Description = "Fills to try, ACCOUNT:INSTRUMENT:SIZE@PRICE, for example 1:ETH-PERP:-5@150; shows before and after.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        var verify = new Option<bool>("--verify") { Description = "Also run the Solidity referee on a local node, and fail unless every integer agrees." };
        var details = new Option<bool>("--details") { Description = "Also what each margin is made of, and the Greeks; JSON always has them." };
        var root = new Option<string?>("--root") { Description = "The repository, for --verify; found from this folder when left out." };
        var command = new Command("margin", "Compute the margin of every account of a book file.") { book, json, details, whatIf, verify, root };
        command.SetAction(async (parsed, cancellation) =>
        {
            Book read = BookFile.Read(parsed.GetValue(book)!);
            AccountReport[] reports = AccountReport.OfAll(read, cancellation);
            IReadOnlyList<WhatIfOutcome> outcomes = WhatIfOutcome.Of(read, reports, parsed.GetValue(whatIf)!);
            long? compared = parsed.GetValue(verify) ? await RefereeCheck.RunAsync(read, reports, parsed.GetValue(root), cancellation) : null;
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                MarginJson.Write(output, read, reports, outcomes, compared);
            }
            else
            {
                MarginTable.Write(output, read, reports, outcomes, parsed.GetValue(details));
                if (compared is { } count)
                {
                    await output.WriteLineAsync($"Verified: the Solidity referee on a local node gives the same {count} integers for {reports.Length} accounts.");
                }
            }

            return 0;
        });
        return command;
    }
}
