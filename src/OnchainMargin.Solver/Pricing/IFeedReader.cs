namespace OnchainMargin.Solver.Pricing;

/// <summary>Reads prices through one endpoint.</summary>
internal interface IFeedReader
{
    /// <summary>What operators call the endpoint: its address without secrets.</summary>
    string Name { get; }

    /// <summary>Reads every price.</summary>
    /// <exception cref="OnchainMargin.Ethereum.EthereumException">The endpoint does not answer, or not with what was asked.</exception>
    Task<FeedReading> ReadAsync(CancellationToken cancellationToken);
}
