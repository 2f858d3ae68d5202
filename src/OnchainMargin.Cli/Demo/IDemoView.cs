namespace OnchainMargin.Cli.Demo;

/// <summary>Shows a demo while it runs.</summary>
internal interface IDemoView
{
    /// <summary>Runs the part of the demo that is watched.</summary>
    Task RunAsync(Func<Task> body);

    /// <summary>Something happened.</summary>
    void Tell(string line);

    /// <summary>The demo went on.</summary>
    void Show(DemoStatus status);
}
