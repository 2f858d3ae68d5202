namespace OnchainMargin.Solver.Options;

/// <summary>Where metrics and traces go. <c>/metrics</c> of the API has the metrics in any case.</summary>
public sealed record TelemetryOptions
{
    /// <summary>The OTLP collector, like http://127.0.0.1:4317; empty to send nothing.</summary>
    public string OtlpUrl { get; init; } = "";

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("telemetry");
        if (OtlpUrl.Length > 0)
        {
            errors.Url(OtlpUrl, "http://127.0.0.1:4317 or leave it empty");
        }

        return errors.Sentences;
    }
}
