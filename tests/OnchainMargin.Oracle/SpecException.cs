namespace OnchainMargin.Oracle;

/// <summary>An error of spec/errors.json, by its name.</summary>
public sealed class SpecException(string name) : Exception(name)
{
    /// <summary>The name in spec/errors.json.</summary>
    public string Name { get; } = name;
}
