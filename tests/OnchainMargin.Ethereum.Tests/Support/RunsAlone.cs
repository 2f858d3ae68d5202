namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>Tests that measure the whole process and so run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunsAlone
{
    public const string Name = "alone";
}
