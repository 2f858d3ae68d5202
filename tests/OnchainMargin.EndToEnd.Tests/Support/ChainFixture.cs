namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>One node for a collection of tests; each test deploys for itself.</summary>
public sealed class ChainFixture : IAsyncLifetime
{
    public HardhatNode Chain { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Repository.Artifacts();
        Chain = await HardhatNode.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (Chain is not null)
        {
            await Chain.DisposeAsync();
        }
    }
}
