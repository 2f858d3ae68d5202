namespace OnchainMargin.Models.Policy;

/// <summary>One line of the log: what was known, what was in force, what is proposed and why. Everything that is needed to make the decision again.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Inputs">What was known.</param>
/// <param name="Before">What was in force.</param>
/// <param name="Target">What the inputs ask for, before steps and corridor.</param>
/// <param name="After">What is proposed.</param>
/// <param name="Reason">In words.</param>
public sealed record PolicyDecision(
    string Underlying, string Policy, PolicyInputs Inputs, PolicyParameters Before, PolicyParameters Target, PolicyParameters After, string Reason);
