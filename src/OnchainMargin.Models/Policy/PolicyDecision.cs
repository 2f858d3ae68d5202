namespace OnchainMargin.Models.Policy;

/// <summary>One line of the log: what was known, what was in force, what is proposed and why. Everything that is needed to make the decision again.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Inputs">What was known.</param>
/// <param name="DayFirst">What was in force when the day began, by which the day's steps are measured; null where somebody else measures them, as the contract does.</param>
/// <param name="Before">What was in force.</param>
/// <param name="Target">What the inputs ask for, before steps and corridor.</param>
/// <param name="After">What is proposed.</param>
/// <param name="Reason">In words: of every parameter that moves or is held, which model asks for it and what holds it.</param>
public sealed record PolicyDecision(
    string Underlying, string Policy, PolicyInputs Inputs, PolicyParameters? DayFirst, PolicyParameters Before, PolicyParameters Target, PolicyParameters After, string Reason);
