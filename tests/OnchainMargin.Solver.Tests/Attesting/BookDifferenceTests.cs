using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;

namespace OnchainMargin.Solver.Tests.Attesting;

public sealed class BookDifferenceTests
{
    [Fact]
    public void Between_BooksThatDiffer_NamesAccountAndTermWithBothValues()
    {
        AttestedBook own = Book(Attestation(1, 100), Attestation(2, 200), Attestation(3, 300));
        AttestedBook theirs = Book(Attestation(1, 100), Attestation(2, 199) with { MaintenanceMarginE8 = 7 }, Attestation(4, 1));

        BookDifference[] found = [.. BookDifference.Between(own, theirs)];

        Assert.Equal(
            [new(2, "leastCashE8", "200", "199"), new(2, "maintenanceMarginE8", "5", "7"), new(3, "account", "there", ""), new(4, "account", "", "there")],
            found);
        Assert.Empty(BookDifference.Between(own, own));
    }

    [Fact]
    public async Task View_OfABook_ReadsBackToItsRootAndRefusesWhatIsNone()
    {
        AttestedBookView view = AttestedBookView.Of(Book(Attestation(1, 100), Attestation(2, -200)));
        Assert.Equal(Book(Attestation(1, 100), Attestation(2, -200)).Root, (await ReadAsync(view)).Root);
        await Assert.ThrowsAsync<JsonException>(() => ReadAsync(view with { Checkpoint = view.Checkpoint + 1 }));
        await Assert.ThrowsAsync<JsonException>(() => ReadAsync(view with { Attestations = ["0x12"] }));
        await Assert.ThrowsAsync<JsonException>(() => ReadAsync(view with { Attestations = ["nonsense"] }));
        await Assert.ThrowsAsync<JsonException>(() => ReadAsync(view with { Attestations = [.. view.Attestations, .. view.Attestations] }));

        Task<AttestedBook> ReadAsync(AttestedBookView sent) =>
            AttestedBookReader.ReadAsync(new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(sent, JsonSerializerOptions.Web)), view.Checkpoint, 5, CancellationToken.None);
    }

    [Fact]
    public async Task Others_OfAnExchange_AreTheEpochsThatOthersSignedInstead()
    {
        var exchange = new LocalSignatureExchange();
        RiskRegistry.RiskEpoch epoch = Book(Attestation(1, 100)).ToEpoch(1);
        RiskRegistry.RiskEpoch other = Book(Attestation(1, 101)).ToEpoch(1);
        Hash32 digest = Keccak256.HashUtf8("own");
        await exchange.PublishAsync(epoch, digest, new RiskRegistry.AttesterSignature(default, [1]), CancellationToken.None);
        await exchange.PublishAsync(other, Keccak256.HashUtf8("other"), new RiskRegistry.AttesterSignature(default, [2]), CancellationToken.None);

        Assert.Equal([(other, default(Address))], exchange.Others(1, digest));
        Assert.Equal([1], Assert.Single(await exchange.CollectAsync(1, digest, CancellationToken.None)).Signature);
    }

    [Fact]
    public async Task Publish_OfAFloodFromOne_LeavesWhatOthersSignedAndAFewOfHisOwn()
    {
        var exchange = new LocalSignatureExchange();
        RiskRegistry.RiskEpoch epoch = Book(Attestation(1, 100)).ToEpoch(1);
        Hash32 digest = Keccak256.HashUtf8("honest");
        await exchange.PublishAsync(epoch, digest, new RiskRegistry.AttesterSignature(default, [1]), CancellationToken.None);
        var liar = Address.Parse("0x00000000000000000000000000000000000000aa");
        for (int i = 0; i < 1000; i++)
        {
            await exchange.PublishAsync(epoch, Keccak256.HashUtf8($"root {i}"), new RiskRegistry.AttesterSignature(liar, [2]), CancellationToken.None);
        }

        Assert.Single(await exchange.CollectAsync(1, digest, CancellationToken.None));
        Assert.Equal(16, exchange.Others(1, digest).Count);
        Assert.Single(await exchange.CollectAsync(1, Keccak256.HashUtf8("root 999"), CancellationToken.None));
    }

    private static AttestedBook Book(params RiskRegistry.RiskAttestation[] attestations) => new(9, attestations);

    private static RiskRegistry.RiskAttestation Attestation(ulong account, Int128 leastCash) => new(account, default, default, leastCash, 6, 5, 9, default, 1_770_000_600);
}
