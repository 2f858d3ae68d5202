namespace OnchainMargin.Ethereum.Contracts;

/// <summary><c>Error(string)</c>: a <c>require</c> with a text.</summary>
/// <param name="Data">The revert data as it came.</param>
/// <param name="Message">The text.</param>
public sealed record MessageReason(byte[] Data, string Message) : RevertReason(Data)
{
    /// <inheritdoc/>
    public override string ToString() => $"\"{HexData.Quote(Message)}\"";
}
