using System.Net;
using System.Text;
using System.Text.Json;
using OnchainMargin.Cli.Doctor;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Cli.Tests;

public sealed class CheckupTests
{
    private const string Zero = "0x0000000000000000000000000000000000000000000000000000000000000000";
    private const string Block = $$"""{"number":"0x1","hash":"{{Zero}}","parentHash":"{{Zero}}","timestamp":"0x1","gasLimit":"0x1","gasUsed":"0x0"}""";

    /// <summary>A node that answers once and then no more is a finding, and the rest is looked at.</summary>
    [Fact]
    public async Task Run_ANodeThatTellsItsBlockAndNotItsChain_IsAFindingAmongOthers()
    {
        using var node = new HttpListener();
        string url = FreePort.Url();
        node.Prefixes.Add(url + "/");
        node.Start();
        _ = ServeAsync(node);

        IReadOnlyList<Finding> findings = await new Checkup(url, "none.json", keyFile: null, storeFile: "none.db", storeServer: null, api: null, TimeProvider.System).RunAsync(CancellationToken.None);

        Finding failed = Assert.Single(findings, static finding => finding.Check == "node");
        Assert.Equal(FindingState.Failed, failed.State);
        Assert.Contains("out of order", failed.Text, StringComparison.Ordinal);
        Assert.Equal(FindingState.Failed, Assert.Single(findings, static finding => finding.Check == "store").State);
    }

    private static async Task ServeAsync(HttpListener node)
    {
        while (node.IsListening)
        {
            HttpListenerContext context = await node.GetContextAsync();
            using JsonDocument request = await JsonDocument.ParseAsync(context.Request.InputStream);
            string id = request.RootElement.GetProperty("id").GetRawText();
            bool isBlock = request.RootElement.GetProperty("method").GetString() == "eth_getBlockByNumber";
            string what = isBlock ? $"\"result\":{Block}" : "\"error\":{\"code\":-32000,\"message\":\"out of order\"}";
            string answer = $$"""{"jsonrpc":"2.0","id":{{id}},{{what}}}""";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            context.Response.Close();
        }
    }
}
