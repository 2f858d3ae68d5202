using System.Net;
using System.Text;

namespace OnchainMargin.Ethereum.Tests.Rpc;

/// <summary>Answers each HTTP request from a script and keeps what was asked.</summary>
internal sealed class ScriptedHandler(params Func<string, HttpResponseMessage>[] script) : HttpMessageHandler
{
    public List<string> Requests { get; } = [];

    public static Func<string, HttpResponseMessage> Body(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        _ => new HttpResponseMessage(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    public static Func<string, HttpResponseMessage> Fails() => _ => throw new HttpRequestException("connection refused");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = await request.Content!.ReadAsStringAsync(cancellationToken);
        Requests.Add(body);
        return script[Math.Min(Requests.Count, script.Length) - 1](body);
    }
}
