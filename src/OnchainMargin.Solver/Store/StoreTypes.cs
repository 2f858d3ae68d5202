namespace OnchainMargin.Solver.Store;

/// <summary>How a database spells the types of columns.</summary>
/// <param name="Integer">A number of 64 bits.</param>
/// <param name="Bytes">Bytes of any length.</param>
/// <param name="Counter">A primary key that the database counts up.</param>
/// <param name="Clustered">What stands behind a table whose rows lie in the order of their key.</param>
internal sealed record StoreTypes(string Integer, string Bytes, string Counter, string Clustered);
