using System.IO.Compression;
using System.Text.Json;

namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>Reads the official vectors.</summary>
internal static class Vectors
{
    public static JsonElement Load(string name)
    {
        string path = TestFiles.SharedData("reference/eth/" + name);
        using Stream file = File.OpenRead(path);
        using Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using JsonDocument document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 2048 });
        return document.RootElement.Clone();
    }

    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;

    public static byte[] Bytes(this JsonElement element, string member) => Hex(element.Text(member));

    public static byte[] Hex(string text) => Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text);
}
