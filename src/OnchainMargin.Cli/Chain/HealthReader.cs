using System.Numerics;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Chain;

/// <summary>Computes accounts at the live prices of a block: by the engine here, and by the referee on chain.</summary>
internal static class HealthReader
{
    /// <summary>The figures of accounts, in their order.</summary>
    /// <param name="client">Node and deployment.</param>
    /// <param name="accounts">The accounts as they are at the block.</param>
    /// <param name="inputs">Prices.</param>
    /// <param name="block">The block that the referee is asked at.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<IReadOnlyList<AccountHealth>> ComputeAsync(
        ProtocolClient client, IReadOnlyList<BookAccount> accounts, CheckpointInputs inputs, BlockTag block, CancellationToken cancellationToken)
    {
        CallRequest[] calls = [.. accounts.Select(account => new CallRequest(client.Deployment.Contracts.Referee, Question(account, inputs).Encode()))];
        byte[][] answers = await client.Node.CallManyAsync(calls, block, cancellationToken);
        return [.. accounts.Select((account, i) => new AccountHealth(account.Id, ProtocolClient.Compute(account, inputs), Answer(account, inputs, answers[i])))];
    }

    private static Referee.HealthCall Question(BookAccount account, CheckpointInputs inputs) => new(
        account.StateBytes, Balances.Pack(account.Balances), inputs.Head, inputs.RecordsFor(account.State, account.Balances), (byte)SurfaceChoice.Present);

    private static AccountFigures Answer(BookAccount account, CheckpointInputs inputs, byte[] data)
    {
        Referee.Figures figures = Question(account, inputs).DecodeResult(data);
        return new AccountFigures(
            Narrow(figures.EquityE8), Narrow(figures.MaintenanceE8), Narrow(figures.InitialE8), Narrow(figures.FloorE8), Narrow(figures.FloorEquityE8), Narrow(figures.LeastCashE8));
    }

    private static Int128 Narrow(Int256 value) => (Int128)(BigInteger)value;

    private static Int128 Narrow(UInt256 value) => (Int128)(BigInteger)value;
}
