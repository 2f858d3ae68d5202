namespace OnchainMargin.Ethereum.Contracts;

/// <summary>A decoded event of a contract.</summary>
public interface IContractEvent
{
    /// <summary>The event's name in the contract.</summary>
    string EventName { get; }
}
