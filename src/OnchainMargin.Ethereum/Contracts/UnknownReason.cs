namespace OnchainMargin.Ethereum.Contracts;

/// <summary>Revert data that no known error explains; empty for a bare <c>revert()</c>, exhausted gas or a missing function.</summary>
/// <param name="Data">The revert data as it came.</param>
public sealed record UnknownReason(byte[] Data) : RevertReason(Data)
{
    /// <inheritdoc/>
    public override string ToString() => Data.Length == 0
        ? "no reason given"
        : $"an error that no known contract declares ({HexData.Quote(HexData.Encode(Data))})";
}
