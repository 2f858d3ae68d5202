using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Tests.Checkpoints;

public sealed class SurfaceHistoryTests
{
    private const int Publications = 8;

    /// <summary>The delayed surface of ORC-010 against the vectors that the Solidity reads, too (spec/attested).</summary>
    [Fact]
    public void Delayed_IsThatOfTheVectors()
    {
        JsonElement vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "spec", "attested", "ORC-010.json"))).RootElement;
        ulong[] published = Column("published");
        ulong[] now = Column("now");
        ulong[] delayed = Column("delayed");
        Assert.True(now.Length > 30);
        for (int i = 0; i < now.Length; i++)
        {
            SurfaceHistory? history = null;
            foreach (ulong time in published.AsSpan(i * Publications, Publications))
            {
                history = SurfaceHistory.After(history, new VolSurfaces.SurfacePublishedEvent(1, 1_900_000_800, time, 1, 1, default(Hash32)), time);
            }

            Assert.Equal(delayed[i], history!.Delayed(now[i]).Time);
        }

        ulong[] Column(string name) => [.. vectors.GetProperty(name).EnumerateArray().Select(static one => ulong.Parse(one.GetString()!, System.Globalization.CultureInfo.InvariantCulture))];
    }
}
