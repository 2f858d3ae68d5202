using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OnchainMargin.Solver.Telemetry;

/// <summary>Sends metrics and traces to an OTLP collector when one is named.</summary>
internal static class TelemetryExport
{
    /// <summary>What the solver calls itself to a collector.</summary>
    public const string ServiceName = "omargin-solver";

    public static void AddServices(IServiceCollection services, TelemetryOptions options)
    {
        services.AddSingleton<SolverGauges>();
        if (options.OtlpUrl.Length == 0)
        {
            return;
        }

        void Aim(OtlpExporterOptions exporter) => exporter.Endpoint = new Uri(options.OtlpUrl);
        services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder().ConfigureResource(static resource => resource.AddService(ServiceName))
            .AddMeter(SolverGauges.Name, EthereumTelemetry.Name, "Microsoft.AspNetCore.Hosting", "System.Runtime").AddOtlpExporter(Aim).Build());
        services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder().ConfigureResource(static resource => resource.AddService(ServiceName))
            .AddSource(SolverGauges.Name, EthereumTelemetry.Name, "Microsoft.AspNetCore").AddOtlpExporter(Aim).Build());
    }

    /// <summary>Makes the gauges and who tells of them, which live until the host ends, and has counters begin. The gauges come first, so that they go last and what is sent at the end still has them.</summary>
    public static void Start(IServiceProvider services)
    {
        _ = services.GetRequiredService<SolverGauges>();
        _ = services.GetService<MeterProvider>();
        _ = services.GetService<TracerProvider>();

        // Only the API tells /metrics.
        _ = services.GetService<PrometheusText>();
        SolverTelemetry.Begin(services.GetRequiredService<SolverOptions>());
    }
}
