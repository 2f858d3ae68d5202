using System.Buffers.Binary;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Attested;

/// <summary>What equity loses at averaged prices where they are linear against the vectors that the Solidity reads, too (spec/attested, written by spec/generate-oracle.js).</summary>
public sealed class WithdrawalVectorTests
{
    [Fact]
    public void AsideE8_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-021");
        Assert.Equal(100, v.Count("drop_computed"));
        for (int i = 0; i < v.Count("drop_computed"); i++)
        {
            CheckpointInputs inputs = CheckpointInputs.Read(v.Words("drop_checkpoint", i), v.Words("drop_records", i));
            Assert.Equal(MarginError.None, AccountState.Unpack(v.Words("drop_state", i), out AccountState? state));
            Balance[] held = [.. v.Words("drop_balances", i).Chunk(32).Select(static word => new Balance(BinaryPrimitives.ReadUInt16BigEndian(word), BinaryPrimitives.ReadUInt128BigEndian(word.AsSpan(16))))];
            var holding = new Holding(state!, [.. held]);
            Assert.Equal(v.Large("drop_computed", i), Withdrawable.AsideE8(holding.RestingOn(inputs.Checkpoint, MarketState.Normal), 0, ProtocolBook.Empty, inputs));
            Assert.Equal(v.Large("drop_attested", i), Withdrawable.AsideE8(holding, 0, ProtocolBook.Empty, inputs));
        }
    }
}
