using System.Text.Json;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>The table of the normal distribution as the code of a contract (MRG-025): a STOP byte, then the table. The referee refuses any other code.</summary>
public static class CdfTable
{
    private const string Resource = "OnchainMargin.Protocol.Deployment.cdf.json";

    /// <summary>Returns everything behind itself as the contract's code; its last byte is the STOP that comes before the table.</summary>
    private static readonly byte[] CreationPrefix = [0x61, 0x53, 0x89, 0x80, 0x60, 0x0a, 0x5f, 0x39, 0x5f, 0xf3, 0x00];

    /// <summary>The code that creates the contract.</summary>
    public static byte[] CreationCode()
    {
        using Stream stream = typeof(CdfTable).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not part of this build.");
        using var json = JsonDocument.Parse(stream);
        return [.. CreationPrefix, .. HexData.Decode(json.RootElement.GetProperty("table").GetString()!)];
    }
}
