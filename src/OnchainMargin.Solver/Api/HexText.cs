using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Api;

/// <summary>Hexadecimal digits as people hand them in.</summary>
internal static class HexText
{
    /// <summary>The bytes; null when the text is none.</summary>
    public static byte[]? Bytes(string? text)
    {
        try
        {
            return text is null ? null : HexData.Decode(text);
        }
        catch (EthereumFormatException)
        {
            return null;
        }
    }
}
