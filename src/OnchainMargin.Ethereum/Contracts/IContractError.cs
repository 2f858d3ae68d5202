namespace OnchainMargin.Ethereum.Contracts;

/// <summary>A decoded custom error of a contract.</summary>
public interface IContractError
{
    /// <summary>The error's name in the contract.</summary>
    string ErrorName { get; }

    /// <summary>Its values by their names in the contract, in their order.</summary>
    IReadOnlyList<(string Name, object Value)> Arguments { get; }
}
