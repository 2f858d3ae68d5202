using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Tests.Shared;
using Balance = OnchainMargin.Margin.Balance;

namespace OnchainMargin.Protocol.Tests.Attested;

/// <summary>What is left of lots, and leaves of attestations, against the vectors that the Solidity reads, too (spec/attested, written by spec/generate-lots.js and spec/generate-attested.js).</summary>
public sealed class ProtocolVectorTests
{
    private static readonly ImmutableArray<Balance> Held = [new Balance(1, 7)];

    [Fact]
    public void Rest_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-043");
        Assert.Equal(80, v.Count("cash"));
        for (int i = 0; i < v.Count("cash"); i++)
        {
            var lot = new BookLot
            {
                Id = 1,
                Account = 7,
                Keeper = default,
                LotHash = default,
                State = v.Words("state", i),
                Balances = [],
                EquityE8 = 0,
                MaintenanceE8 = 0,
                ForSaleE8 = LotParts.WholeE8,
                SoldE8 = (ulong)v.Long("sold", i),
                ProceedsE8 = (UInt128)v.Large("proceeds", i),
                BiddingFromSeconds = 0,
                StartSeconds = 0,
                StartedInBlock = 1,
            };
            var account = new BookAccount { Id = 7, Owner = default, StateBytes = [], StateHash = default, State = new AccountState(), Balances = Held, ChangedInBlock = 1 };
            var indices = new CheckpointHeader(1, 0, 0, (ulong)v.Long("debt", i), (ulong)v.Long("credit", i));
            (AccountState left, ImmutableArray<Balance> balances) = LotParts.Rest(lot, account, indices, SettlementPrices.Empty);
            Assert.Equal(v.Large("cash", i), left.CashE8);
            Assert.Equal(v.Words("rest", i), left.Pack()[64..]);
            Assert.Equal(Held, balances);
        }
    }

    [Fact]
    public void Leaves_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("CLR-055");
        Assert.Equal(60, v.Count("leaf"));
        for (int i = 0; i < v.Count("leaf"); i++)
        {
            var attestation = new RiskRegistry.RiskAttestation(
                (ulong)v.Large("account", i),
                new Hash32(v.Word("positionsHash", i)),
                new Hash32(v.Word("collateralHash", i)),
                v.Large("leastCash", i),
                v.Long("initialMargin", i),
                v.Long("maintenanceMargin", i),
                (ulong)v.Large("checkpoint", i),
                new Hash32(v.Word("modelHash", i)),
                (ulong)v.Long("validUntil", i));
            Assert.Equal(new Hash32(v.Word("leaf", i)), AttestedBook.LeafOf(attestation));
            Assert.Equal(new Hash32(v.Word("attestationHash", i)), AttestedBook.HashOf(attestation));
        }
    }
}
