using System.Diagnostics;

namespace OnchainMargin.Solver.Keeping;

/// <summary>Times the stages of a look, one after another, for <c>omargin.keeper.stage</c>.</summary>
internal struct StageClock()
{
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Ends the stage that ran since the last call, or since the clock was made, and records it.</summary>
    /// <param name="stage">Its name.</param>
    public void End(string stage)
    {
        long now = Stopwatch.GetTimestamp();
        SolverTelemetry.KeeperStages.Record(Stopwatch.GetElapsedTime(_since, now).TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
        _since = now;
    }
}
