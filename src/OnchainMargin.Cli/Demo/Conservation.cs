using System.Numerics;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Demo;

/// <summary>Nothing is lost and nothing comes from nowhere (P5): tokens, cash, and the sizes of every instrument.</summary>
internal static class Conservation
{
    /// <summary>Checks a book without open lots against the chain.</summary>
    public static async Task<IReadOnlyList<Check>> CheckAsync(ProtocolClient client, ProtocolBook book, CancellationToken cancellationToken)
    {
        var checks = new List<Check>();
        foreach (DeployedToken token in client.Deployment.Tokens)
        {
            (UInt256 held, UInt256 owed) = await client.GetConservationAsync(token.Index, cancellationToken);
            checks.Add(new Check($"the vault holds the {token.Symbol} that it owes", held >= owed, $"{FixedPointText.Format(held, token.Decimals)} held, {FixedPointText.Format(owed, token.Decimals)} owed"));
        }

        checks.Add(Cash(book, await client.GetLedgerAsync(cancellationToken)));
        checks.Add(Sizes(book));
        return checks;
    }

    private static Check Cash(ProtocolBook book, Clearinghouse.CashLedger ledger)
    {
        BigInteger cash = Sum(book.Accounts.Values.Select(account => account.State.CashE8));
        BigInteger cost = Sum(book.Accounts.Values.SelectMany(account => account.State.Positions).Select(position => position.CostE8));
        BigInteger accounted = cash - cost + (BigInteger)ledger.FeesE8 + (BigInteger)ledger.InsuranceE8 + (BigInteger)ledger.ProceedsE8
            + (BigInteger)ledger.InterestE8 + (BigInteger)ledger.RoundingE8 + (BigInteger)ledger.OneSidedE8 + (BigInteger)book.HeldE8 - (BigInteger)ledger.DeficitE8;
        return new Check("every cent of cash is accounted for", accounted == (BigInteger)ledger.SweptE8, $"{FixedPointText.Format(accounted, FixedPointText.E8)} accounted for, {FixedPointText.Format(ledger.SweptE8, FixedPointText.E8)} paid in");
    }

    private static Check Sizes(ProtocolBook book)
    {
        List<Instrument> open = [.. book.Accounts.Values
            .SelectMany(account => account.State.Positions)
            .Where(position => book.Settlements.PriceE8(position.Instrument) == 0)
            .GroupBy(position => position.Instrument, position => (BigInteger)position.SizeE8)
            .Where(group => group.Aggregate((BigInteger)book.Needs.GetValueOrDefault(group.Key), BigInteger.Add) != BigInteger.Zero)
            .Select(group => group.Key)];
        return new Check("longs equal shorts in every instrument", open.Count == 0, $"{open.Count} instruments out of balance");
    }

    private static BigInteger Sum(IEnumerable<Int128> values) => values.Aggregate(BigInteger.Zero, (sum, value) => sum + (BigInteger)value);
}
