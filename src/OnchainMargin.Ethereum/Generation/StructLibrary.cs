using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>The structs that occur in more than one contract, written once so that what one contract gives can be handed to another.</summary>
public sealed class StructLibrary
{
    private StructLibrary(string source, IReadOnlyDictionary<string, string> fullNames)
    {
        Source = source;
        FullNames = fullNames;
    }

    /// <summary>A whole C# file: one static class with a record for every shared struct.</summary>
    public string Source { get; }

    internal IReadOnlyDictionary<string, string> FullNames { get; }

    /// <summary>Writes the library of the contracts that will be generated with it.</summary>
    /// <param name="className">The name of the class that holds the structs.</param>
    /// <param name="abis">The contracts' ABIs.</param>
    /// <param name="namespace">The namespace of the class.</param>
    public static StructLibrary Create(string className, IReadOnlyList<ContractAbi> abis, string @namespace)
    {
        ArgumentNullException.ThrowIfNull(abis);
        var types = new TypeMap(className);
        IEnumerable<IGrouping<string, AbiType>> occurrences = abis
            .SelectMany(static abi => AbiTypes.Tuples(abi).Where(static tuple => tuple.StructName is not null).DistinctBy(TypeMap.Key, StringComparer.Ordinal))
            .GroupBy(TypeMap.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, AbiType> shared in occurrences.Where(static group => group.Count() > 1).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            types.Collect([new AbiParameter("", shared.First())]);
        }

        var source = new SourceWriter();
        ContractGenerator.EmitHeader(source, "the structs that several ABIs share", @namespace);
        source.Summary("The structs that several contracts share.");
        source.Open($"public static class {className}");
        var structs = new StructEmitter(types, new MemberEmitter(types));
        types.Structs.ForEach(entry => structs.Emit(source, entry.Name, entry.Type));
        var arrays = new ArrayEmitter(types);
        types.Arrays.ForEach(entry => arrays.Emit(source, entry.Stem, entry.Type));
        source.Close();
        return new StructLibrary(source.ToString(), types.Names.ToDictionary(static pair => pair.Key, pair => $"global::{@namespace}.{className}.{pair.Value}", StringComparer.Ordinal));
    }
}
