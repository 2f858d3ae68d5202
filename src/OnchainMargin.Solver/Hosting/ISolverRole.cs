namespace OnchainMargin.Solver.Hosting;

/// <summary>One duty of the solver: a plain class that does one round at a time.</summary>
internal interface ISolverRole
{
    /// <summary>The name by which options choose the role.</summary>
    string Name { get; }

    /// <summary>Does what there is to do now and returns.</summary>
    Task RunOnceAsync(CancellationToken cancellationToken);

    /// <summary>Waits until there may be something to do again.</summary>
    Task WaitAsync(CancellationToken cancellationToken);
}
