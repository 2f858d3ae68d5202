using Microsoft.Extensions.Logging;
using OnchainMargin.Solver.Keeping;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>What a keeper said.</summary>
internal sealed class KeeperLines : ILogger<KeeperRole>
{
    public List<string> Said { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add(formatter(state, exception));
}
