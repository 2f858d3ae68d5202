using System.CommandLine;
using System.Numerics;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.Cli.Chain;

/// <summary>What of a withdrawal of the settlement token is more than the account's cash, and so a loan at interest against its collateral: told before anything is sent, since no contract asks.</summary>
internal static class Loan
{
    private const ulong OneE12 = 1_000_000_000_000;

    /// <summary>The option by which a user takes it.</summary>
    public static Option<bool> Accepts() => new("--borrow") { Description = "Borrow, at interest against collateral, what of the amount is more than the account's cash." };

    /// <summary>Checks that a withdrawal borrows nothing.</summary>
    /// <exception cref="CliException">It does.</exception>
    public static async Task RequireNoneAsync(ProtocolSession session, BookAccount account, DeployedToken token, UInt128 amountRaw, CancellationToken cancellationToken)
    {
        if (token.Index != 0)
        {
            return;
        }

        BookAccount due = await DueAccount.ReadAsync(session, account, cancellationToken);
        Int128 cashE8 = due.State.CashE8 + AccountTouch.SweptE8(account.Balances, token.Decimals);
        Int128 loanE8 = OfE8(cashE8, (Int128)(amountRaw * AccountTouch.UnitE8(token.Decimals)));
        if (loanE8 > 0)
        {
            throw new CliException(Sentence(amountRaw, loanE8, cashE8, await RateE12Async(session, account, loanE8, cancellationToken), token));
        }
    }

    /// <summary>By how much a debt grows when an amount goes out of cash.</summary>
    internal static Int128 OfE8(Int128 cashE8, Int128 amountE8) => Int128.Max(0, amountE8 - Int128.Max(0, cashE8));

    internal static string Sentence(UInt128 amountRaw, Int128 loanE8, Int128 cashE8, long rateE12, DeployedToken token)
    {
        UInt128 mostRaw = (UInt128)Int128.Max(0, cashE8) / AccountTouch.UnitE8(token.Decimals);
        string other = mostRaw == 0 ? string.Empty : $", or withdraw at most {AmountText.Format(mostRaw, token)}";
        return $"Of {AmountText.Format(amountRaw, token)} the account would borrow {FixedPointText.Short((BigInteger)loanE8, FixedPointText.E8, 2)} dollars against its collateral, at about {FixedPointText.Short(rateE12, 10, 2)} % a year as it stands: take that loan with --borrow{other}.";
    }

    /// <summary>What debts cost a year once this one is among them.</summary>
    private static async Task<long> RateE12Async(ProtocolSession session, BookAccount account, Int128 loanE8, CancellationToken cancellationToken)
    {
        DeployedContracts contracts = session.Deployment.Contracts;
        RiskParameters.InterestParameters curve = await session.Client.Node.CallAsync(contracts.RiskParameters, new RiskParameters.InterestCall(), cancellationToken: cancellationToken);
        Clearinghouse.CashBasesResult bases = await session.Client.Node.CallAsync(contracts.Clearinghouse, new Clearinghouse.CashBasesCall(), cancellationToken: cancellationToken);
        PriceHub.IndicesResult indices = await session.Client.Node.CallAsync(contracts.PriceHub, new PriceHub.IndicesCall(), cancellationToken: cancellationToken);
        Int128 debtE8 = ((Int128)bases.DebtBaseE8 * (Int128)indices.DebtIndexE12 / (Int128)OneE12) + loanE8;
        Int128 creditE8 = (Int128)Losses.CreditE8(bases.CreditBaseE8, indices.CreditIndexE12) - Int128.Max(0, account.State.CashE8);
        return InterestRates.Rate(
            new InterestParameters((long)curve.BaseRateE12, (long)curve.KinkUtilisationE8, (long)curve.KinkRateE12, (long)curve.MaxRateE12, (long)curve.ReserveE8), InterestRates.Utilisation(debtE8, creditE8));
    }
}
