using Microsoft.Extensions.Logging;

namespace OnchainMargin.Solver.Tests;

/// <summary>What something said to its log.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    public List<string> Said { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add(formatter(state, exception));
}
