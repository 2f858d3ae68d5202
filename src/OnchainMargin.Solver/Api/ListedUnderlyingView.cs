namespace OnchainMargin.Solver.Api;

/// <summary>An underlying that is listed.</summary>
/// <param name="Underlying">Its number.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Feed">Its price feed.</param>
internal sealed record ListedUnderlyingView(
    string Underlying, string Name, string Feed);
