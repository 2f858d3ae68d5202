namespace OnchainMargin.Cli.Demo;

/// <summary>Something that the demo claims.</summary>
/// <param name="Claim">What is claimed.</param>
/// <param name="Holds">Whether it held.</param>
/// <param name="Detail">The numbers.</param>
internal readonly record struct Check(string Claim, bool Holds, string Detail);
