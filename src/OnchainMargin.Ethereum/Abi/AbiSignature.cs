namespace OnchainMargin.Ethereum.Abi;

/// <summary>The canonical signature that selectors and topics are hashed from.</summary>
internal static class AbiSignature
{
    public static string Of(string name, IReadOnlyList<AbiParameter> inputs) =>
        $"{name}({string.Join(',', inputs.Select(static input => input.Type.Canonical))})";
}
