namespace OnchainMargin.Margin;

/// <summary>Names the rule of <c>spec/</c> that a member implements; a test holds the rules, both languages and the vectors against each other.</summary>
/// <param name="rule">The identifier, for example <c>MRG-013</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Enum, AllowMultiple = true)]
public sealed class SpecRuleAttribute(string rule) : Attribute
{
    /// <summary>The rule's identifier.</summary>
    public string Rule { get; } = rule;
}
