using OnchainMargin.Cli.Chain;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Tests.Chain;

/// <summary>What became of a transaction, read from logs that are made by the events' declarations and not by the bindings.</summary>
public sealed class ReceiptsTests
{
    private const string Withdrawn = "event Withdrawn(uint64 indexed account, uint16 indexed token, address indexed to, uint128 amountRaw, uint128 paidRaw)";
    private const string Idled = "event Idled(uint64 indexed account, uint16 indexed token, address indexed payer, uint128 amountRaw)";

    private readonly DeploymentRecord _deployment = Samples.Deployment();

    [Fact]
    public void PaidRaw_IsTheChainsWord()
    {
        TransactionReceipt receipt = Receipt(Log(_deployment.Contracts.Clearinghouse, Withdrawn, (UInt256)100, (UInt256)75));

        Assert.Equal((UInt128)75, Receipts.PaidRaw(receipt, _deployment));
        Assert.Equal((UInt128)0, Receipts.IdledRaw(receipt, _deployment));
    }

    [Fact]
    public void IdledRaw_OfTheVaultAlone_IsSummed()
    {
        TransactionReceipt receipt = Receipt(
            Log(_deployment.Contracts.MarginVault, Idled, (UInt256)2), Log(_deployment.Contracts.MarginVault, Idled, (UInt256)3), Log(_deployment.Tokens[0].Address, Idled, (UInt256)900));

        Assert.Equal((UInt128)5, Receipts.IdledRaw(receipt, _deployment));
    }

    private static LogEntry Log(Address contract, string declaration, params object[] values)
    {
        AbiEvent declared = ContractAbi.FromSignatures(declaration).Events[0];
        AbiParameter[] plain = [.. declared.Inputs.Where(static input => !input.IsIndexed).Select(static input => new AbiParameter("", input.Type))];
        return new LogEntry { Address = contract, Topics = [declared.Topic, Hash32.Zero, Hash32.Zero, Hash32.Zero], Data = AbiCodec.Encode(plain, values) };
    }

    private static TransactionReceipt Receipt(params LogEntry[] logs) => new()
    {
        TransactionHash = Hash32.Zero,
        BlockNumber = 1,
        BlockHash = Hash32.Zero,
        From = default,
        To = null,
        ContractAddress = null,
        GasUsed = 1,
        EffectiveGasPriceWei = UInt256.Zero,
        IsSuccess = true,
        Logs = logs,
    };
}
