namespace OnchainMargin.Cli.Demo;

/// <summary>How the demo runs.</summary>
/// <param name="Once">Ends after the summary instead of staying up.</param>
/// <param name="Directory">Where the deployment, the store and the logs go.</param>
/// <param name="NodePort">The port of the Hardhat node.</param>
/// <param name="ApiPort">The port of the solver's API.</param>
/// <param name="Steps">Steps of the replay from one snapshot to the next.</param>
/// <param name="Plain">Plain lines even on a terminal.</param>
internal sealed record DemoOptions(bool Once, string Directory, int NodePort, int ApiPort, int Steps, bool Plain);
