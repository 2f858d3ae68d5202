namespace OnchainMargin.Solver.Options;

/// <summary>How the HTTP API is served.</summary>
public sealed record ApiOptions
{
    /// <summary>The address to listen on; port 0 for any free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8600";

    /// <summary>The folder of the wallet page; empty for none.</summary>
    public string WebFolder { get; init; } = "";

    /// <summary>Origins that browsers may call from, beside the page that is served here.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("api");
        errors.Require(Uri.TryCreate(Url, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https", "url", $"is '{Url}'; write it like http://127.0.0.1:8600");
        errors.Require(WebFolder.Length == 0 || Directory.Exists(WebFolder), "webFolder", $"names '{WebFolder}', which is no folder; name the folder of the wallet page or leave it empty");
        return errors.Sentences;
    }
}
