using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Chain;

/// <summary>What deposits need to know of a token, and the mint of the mocks.</summary>
internal static class Tokens
{
    private static readonly AbiFunction MintFunction = ContractAbi.FromSignatures("function mint(address to,uint256 amount)").Functions[0];

    /// <summary>Checks that a sender holds what it wants to pay in.</summary>
    /// <exception cref="CliException">It holds less.</exception>
    public static async Task RequireHeldAsync(ProtocolSession session, DeployedToken token, Address holder, UInt128 amountRaw, CancellationToken cancellationToken)
    {
        UInt256 held = await session.Client.Node.CallAsync(token.Address, new Erc20.BalanceOfCall(holder), cancellationToken: cancellationToken);
        if (held < amountRaw)
        {
            throw new CliException($"{holder} holds {FixedPointText.Format(held, token.Decimals)} {token.Symbol}, less than the deposit: deposit less, or get more first.");
        }
    }

    /// <summary>Checks that an account has so much of a token idle above its cap.</summary>
    /// <exception cref="CliException">It has less.</exception>
    public static async Task RequireIdleAsync(ProtocolSession session, ulong account, DeployedToken token, UInt128 amountRaw, CancellationToken cancellationToken)
    {
        UInt128 idle = await session.Client.Node.CallAsync(session.Deployment.Contracts.MarginVault, new MarginVault.IdleOfCall(account, token.Index), cancellationToken: cancellationToken);
        if (idle < amountRaw)
        {
            throw new CliException($"Account {account} has {AmountText.Format(idle, token)} idle, less than {AmountText.Format(amountRaw, token)}: give less, or see `omargin account show {account}`.");
        }
    }

    /// <summary>Makes tokens of a mock.</summary>
    public static TransactionRequest Mint(DeployedToken token, Address to, UInt128 amountRaw) => new(token.Address, MintFunction.EncodeCall(to, (UInt256)amountRaw));
}
