namespace OnchainMargin.Ethereum.TypedData;

/// <summary>A member of a struct in a typed-data document.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type's name as it goes into the encoded type.</param>
internal sealed record TypedDataMember(string Name, string Type);
