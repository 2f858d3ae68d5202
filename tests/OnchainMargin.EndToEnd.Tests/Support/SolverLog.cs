using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>What a solver of this process has logged, by the numbers of its messages: a test waits until something was refused before it says that nothing came of it.</summary>
internal sealed class SolverLog : ILoggerProvider, ILogger
{
    /// <summary>Refuses to sign another's proposal.</summary>
    public const int ProposalRefused = 5021;

    private readonly ConcurrentQueue<(int Event, string Line)> _lines = [];

    public void Listen(WebApplicationBuilder builder) => builder.Logging.AddProvider(this);

    public bool Has(int number, string words = "") => _lines.Any(line => line.Event == number && line.Line.Contains(words, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue((eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
        // Nothing is held.
    }
}
