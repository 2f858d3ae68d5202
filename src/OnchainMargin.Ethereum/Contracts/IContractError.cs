namespace OnchainMargin.Ethereum.Contracts;

/// <summary>A decoded custom error of a contract.</summary>
public interface IContractError
{
    /// <summary>The error's name in the contract.</summary>
    string ErrorName { get; }
}
