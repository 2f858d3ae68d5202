using System.CommandLine;
using System.Numerics;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Chain;

/// <summary>What settlement token bears that goes in or out while losses stand that nothing has paid (CLR-023): told before anything is sent, since no contract asks.</summary>
internal static class WriteDown
{
    private const string Remedy = "take that with --accept-loss (fees give it back in time, which `omargin claim` pays), or first have the fees that are there pay losses with `omargin cover`";

    /// <summary>A deposit may share losses by this part of it at most without a word: in a crash dust of a deficit must not keep a rescue out.</summary>
    private const int DustParts = 10_000;

    /// <summary>The option by which a user takes it.</summary>
    public static Option<bool> Accepts() => new("--accept-loss") { Description = "Go on although losses stand that nothing has paid, of which the amount bears a share." };

    /// <summary>Checks that a withdrawal is paid whole.</summary>
    /// <exception cref="CliException">It is not.</exception>
    public static async Task RequireNoneOfWithdrawalAsync(ProtocolSession session, BookAccount account, DeployedToken token, UInt128 amountRaw, CancellationToken cancellationToken)
    {
        Int128 cashE8 = CashE8(account, token);
        (UInt128 unpaidRaw, string deficit) = await UnpaidAsync(session, account, token, cashE8, amountRaw, cancellationToken);
        if (unpaidRaw > 0)
        {
            throw new CliException($"About {AmountText.Format(unpaidRaw, token)} of {AmountText.Format(amountRaw, token)} would be written down now, as losses of {deficit} dollars are not paid yet: {Remedy}.");
        }
    }

    /// <summary>Checks that what a deposit adds to an account's credit shares no loss, or next to none; what pays off a debt shares none.</summary>
    /// <exception cref="CliException">It does.</exception>
    public static async Task RequireNoneOfDepositAsync(ProtocolSession session, BookAccount account, DeployedToken token, UInt128 amountRaw, CancellationToken cancellationToken)
    {
        Int128 cashE8 = CashE8(account, token);
        Int128 afterE8 = cashE8 + (Int128)(amountRaw * AccountTouch.UnitE8(token.Decimals));
        UInt128 addedRaw = (CreditE8(afterE8) - CreditE8(cashE8)) / AccountTouch.UnitE8(token.Decimals);
        (UInt128 unpaidRaw, string deficit) = await UnpaidAsync(session, account, token, afterE8, addedRaw, cancellationToken);
        if (IsWorthAWord(unpaidRaw, amountRaw))
        {
            throw new CliException($"Losses of {deficit} dollars are not paid yet and the deposit would share them, so that about {AmountText.Format(unpaidRaw, token)} of {AmountText.Format(amountRaw, token)} would be written down if you took it out again now: {Remedy}.");
        }
    }

    /// <summary>Whether so much of a deposit is more than dust of it.</summary>
    internal static bool IsWorthAWord(UInt128 unpaidRaw, UInt128 amountRaw) => unpaidRaw > amountRaw / DustParts;

    /// <summary>As a withdrawal would find it; interest until then, and who withdraws before, move it a little.</summary>
    /// <param name="session">Node and deployment.</param>
    /// <param name="account">The account.</param>
    /// <param name="token">What goes in or out; only the settlement token bears losses.</param>
    /// <param name="cashE8">The account's cash once all of its settlement token is swept.</param>
    /// <param name="amountRaw">The amount.</param>
    /// <param name="cancellationToken">Stops.</param>
    private static async Task<(UInt128 UnpaidRaw, string Deficit)> UnpaidAsync(ProtocolSession session, BookAccount account, DeployedToken token, Int128 cashE8, UInt128 amountRaw, CancellationToken cancellationToken)
    {
        UInt128 deficitE8 = token.Index == 0 ? (await session.Client.GetLedgerAsync(cancellationToken)).DeficitE8 : 0;
        if (deficitE8 == 0)
        {
            return (0, string.Empty);
        }

        // What lies unswept in the account's own balance becomes credit before it is paid out.
        UInt128 creditE8 = await session.Client.GetCreditE8Async(cancellationToken) - CreditE8(account.State.CashE8) + CreditE8(cashE8);
        return (Losses.UnpaidRaw(amountRaw, creditE8, deficitE8, AccountTouch.UnitE8(token.Decimals)), FixedPointText.Short((BigInteger)deficitE8, FixedPointText.E8, 2));
    }

    private static Int128 CashE8(BookAccount account, DeployedToken token) => account.State.CashE8 + AccountTouch.SweptE8(account.Balances, token.Decimals);

    private static UInt128 CreditE8(Int128 cashE8) => (UInt128)Int128.Max(0, cashE8);
}
