namespace OnchainMargin.Ethereum.Contracts;

/// <summary>A custom error of the contract.</summary>
/// <param name="Data">The revert data as it came.</param>
/// <param name="Error">The decoded error with its values.</param>
public sealed record CustomErrorReason(byte[] Data, IContractError Error) : RevertReason(Data)
{
    /// <inheritdoc/>
    public override string ToString() => Error.ToString() ?? Error.ErrorName;
}
