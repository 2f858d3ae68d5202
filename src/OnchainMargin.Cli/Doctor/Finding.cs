namespace OnchainMargin.Cli.Doctor;

/// <summary>What one check found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="State">How it is.</param>
/// <param name="Text">What was found, and for what is not well the remedy.</param>
internal sealed record Finding(string Check, FindingState State, string Text);
